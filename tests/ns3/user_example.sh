#!/bin/sh
# user_example.sh CMAKE BUILD SCRATCH CXX: what an ns-3 user does. The build is installed, the example copied
# to a clean folder, compiled in one line with pkg-config and again with CMake, and run: the car is reached in
# both cells, by both. Exit code 77: the build is without ns-3.
set -eu
cmake=$1 build=$2 scratch=$3/user_example cxx=$4
[ -f "$build/monami-ns3.pc" ] || { echo "SKIPPED: the build is without ns-3: cmake -DNS3=ON, with libns3-dev"; exit 77; }
command -v pkg-config >/dev/null || { echo "SKIPPED: there is no pkg-config"; exit 77; }
rm -rf "$scratch"
mkdir -p "$scratch/line" "$scratch/project"
"$cmake" --install "$build" --prefix "$scratch/prefix" >"$scratch/install.log"
PKG_CONFIG_PATH=$(dirname "$(find "$scratch/prefix" -name monami-ns3.pc)")
export PKG_CONFIG_PATH
example=$(find "$scratch/prefix" -name wifi-walk.cc)

# Both cells, the call, and nothing on the error output.
look() {
    "$1" >out.txt 2>err.txt
    grep -q 'car is reached at 2001:db8:1:' out.txt
    grep -q 'car is reached at 2001:db8:2:' out.txt
    grep -q '^call: 1500 packets to the car' out.txt
    [ ! -s err.txt ]
}

cd "$scratch/line"
cp "$example" .
# shellcheck disable=SC2046
"$cxx" -std=c++17 -Wall -Wextra wifi-walk.cc $(pkg-config --cflags --libs monami-ns3) -o wifi-walk
look ./wifi-walk

cd "$scratch/project"
cp "$example" .
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(mine CXX)
find_package(monami 0.1 REQUIRED COMPONENTS ns3)
add_executable(wifi-walk wifi-walk.cc)
target_link_libraries(wifi-walk PRIVATE monami::ns3)
END
"$cmake" -S . -B build -DCMAKE_PREFIX_PATH="$scratch/prefix" -DCMAKE_CXX_COMPILER="$cxx" >cmake.log
"$cmake" --build build >>cmake.log
look build/wifi-walk
cmp out.txt "$scratch/line/out.txt" # the same run each time
cat out.txt
rm -rf "$scratch"
