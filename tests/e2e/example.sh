#!/bin/sh
# example.sh MONAMI SCENARIOS SCRATCH: the program carries the library: every file comes out as it
# is, the first one runs in an empty folder, and one that reads a trace brings it along.
set -eu
monami=$(realpath "$1")
scenarios=$(realpath "$2")
rm -rf "$3/example"
mkdir -p "$3/example"
cp "$monami" "$3/example/monami" # no tree beside it
cd "$3/example"
./monami example >my.yaml 2>words
[ ! -s words ]
./monami run my.yaml 2>/dev/null
[ -s my/results.sqlite ]
mkdir all
n=0
for file in "$scenarios"/*.yaml "$scenarios"/ike/*.yaml "$scenarios"/ietf68/*.yaml "$scenarios"/attacks/*.yaml \
    "$scenarios"/comparisons/*.yaml; do
    name=${file#"$scenarios"/}
    name=${name%.yaml}
    ./monami example "$name" 2>words | cmp - "$file"
    title=$(sed -n 's/^title: //p' "$file")
    ./monami example --list | grep -qxF "$(printf '%-24s %s' "$name" "$title")" || { echo "$name is not in the list"; exit 1; }
    ./monami example "$name" -o "all/$(echo "$name" | tr / -)" 2>/dev/null
    ./monami check -q "all/$(echo "$name" | tr / -)/$name.yaml"
    n=$((n + 1))
done
[ "$(./monami example --list | grep -c '^[^:]* ')" = "$n" ]
for folder in ike ietf68 attacks comparisons; do # each is one group, with a head
    [ "$(./monami example --list | grep -c "^$folder: ")" = 1 ]
    ./monami example --list | awk -v of="$folder/" 'index($0, of) == 1 {n += NR - before > 1; before = NR} END {exit n != 1}'
done
cmp all/ike-call/protected-call.yaml "$scenarios/protected-call.yaml" # what it changes comes along
cmp all/attacks-clear/ietf68/three-paths.yaml "$scenarios/ietf68/three-paths.yaml"
cmp all/comparisons-operators/traces/drive-6.optimum.csv "$scenarios/traces/drive-6.optimum.csv"
cmp all/ike-certificates/certs/ha.pem "$scenarios/certs/ha.pem"
cmp all/two-operators/traces/two-operators.csv "$scenarios/traces/two-operators.csv"
code=0
./monami example minimal -o all/minimal 2>words || code=$?
[ $code = 2 ] && grep -q 'exists already; --force replaces it' words # nothing is written over
echo changed >all/minimal/minimal.yaml
./monami example minimal -o all/minimal --force 2>/dev/null
cmp all/minimal/minimal.yaml "$scenarios/minimal.yaml"
code=0
./monami example minimal -o all/minimal/minimal.yaml/below 2>words || code=$?
[ $code = 1 ] && grep -q 'Not a directory' words
code=0
./monami example minimul 2>words || code=$?
[ $code = 2 ] && grep -q "did you mean 'minimal'" words
echo "$n scenarios come out of the program"
