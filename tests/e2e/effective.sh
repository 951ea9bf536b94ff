#!/bin/sh
# effective.sh MONAMI SCENARIOS SCRATCH: effective.yaml, with every default written out, is the same
# run: the same digest, and the same text again, wherever the program was started. It stands where the
# scenario stood, since it names its files from there.
set -eu
monami=$(realpath "$1")
scratch=$(realpath "$3")
copy=$scratch/effective-folder
rm -rf "$copy"
mkdir "$copy"
cp -r "$2"/*.yaml "$2"/*/ "$copy"
cd "$copy"
n=0
for file in *.yaml; do
    "$monami" run "$file" -q -f -o "$scratch/effective-1" --pcap none
    cp "$scratch/effective-1/effective.yaml" written-out
    (cd / && "$monami" run "$copy/written-out" -q -f -o "$scratch/effective-2" --pcap none)
    for k in 1 2; do
        sed -n 's/.*"digest": "\(.*\)".*/\1/p' "$scratch/effective-$k/manifest.json" >"$scratch/effective-$k.digest"
    done
    cmp "$scratch/effective-1.digest" "$scratch/effective-2.digest" || { echo "$file: another digest"; exit 1; }
    cmp "$scratch/effective-1/effective.yaml" "$scratch/effective-2/effective.yaml" || { echo "$file: another text"; exit 1; }
    n=$((n + 1))
done
# The other folders: what is written out is taken, and says the same again.
m=0
rm -r decision-module # it needs what a compiler makes
for file in */*.yaml; do
    written=${file%/*}/written-out
    "$monami" check --effective "$file" >"$written"
    "$monami" check --effective "$written" >again || { echo "$file: written out, it is refused"; exit 1; }
    cmp "$written" again || { echo "$file: another text"; exit 1; }
    m=$((m + 1))
done
[ "$m" -gt 60 ] || { echo "only $m scenarios in folders"; exit 1; }
echo "$n scenarios, written out, are the same runs; $m more are taken, written out"
