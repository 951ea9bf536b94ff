#!/bin/sh
# library.sh CMAKE BUILD SCRATCH CC: what a newcomer does. The build is installed, its example copied to
# a clean folder, compiled in one line with pkg-config and again with CMake, and run; C++ takes the
# header, too.
set -eu
for tool in pkg-config c++; do
    command -v "$tool" >/dev/null || { echo "skipped: there is no $tool"; exit 77; }
done
cmake=$1 build=$2 scratch=$3/library cc=$4
expected=$(cd "$(dirname "$0")" && pwd)/handover.expected
rm -rf "$scratch"
mkdir -p "$scratch/line" "$scratch/project"
"$cmake" --install "$build" --prefix "$scratch/prefix" >"$scratch/install.log"
pc=$(find "$scratch/prefix" -name monami.pc)
PKG_CONFIG_PATH=$(dirname "$pc")
export PKG_CONFIG_PATH
example=$(find "$scratch/prefix" -name handover.c)
[ -x "$scratch/prefix/bin/monami" ]
[ -n "$(find "$scratch/prefix" -name library.md)" ]

cd "$scratch/line"
cp "$example" .
# shellcheck disable=SC2046
"$cc" -std=c17 -Wall -Wextra -Werror handover.c $(pkg-config --cflags --libs monami) -o handover
./handover >out.txt
diff "$expected" out.txt

cd "$scratch/project"
cp "$example" .
cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.20)
project(mine C)
find_package(monami 0.1 REQUIRED)
add_executable(handover handover.c)
target_link_libraries(handover PRIVATE monami::monami)
END
"$cmake" -S . -B build -DCMAKE_PREFIX_PATH="$scratch/prefix" -DCMAKE_C_COMPILER="$cc" >cmake.log
"$cmake" --build build >>cmake.log
build/handover >out.txt
diff "$expected" out.txt

echo '#include <monami.h>
int main() { struct monami *m = monami_new(); monami_free(m); return 0; }' >own.cc
c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror $(pkg-config --cflags monami) -fsyntax-only own.cc
"$scratch/prefix/bin/monami" version >/dev/null

# No name of ours is in the way of one of theirs.
if nm -g --defined-only "$(find "$scratch/prefix" -name libmonami.a)" | awk 'NF == 3 { print $3 }' | grep -v '^monami_'; then
    echo "these names of the archive are none of monami.h"
    exit 1
fi
echo "installed, compiled twice, and the hand-over is as written down"
rm -rf "$scratch"
