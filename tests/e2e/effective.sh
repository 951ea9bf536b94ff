#!/bin/sh
# effective.sh MONAMI SCENARIOS SCRATCH: effective.yaml, with every default written out, is the same
# run: the same digest, and the same text again.
set -eu
n=0
for file in "$2"/*.yaml; do
    "$1" run "$file" -q -f -o "$3/effective-1" --pcap none
    "$1" run "$3/effective-1/effective.yaml" -q -f -o "$3/effective-2" --pcap none
    for k in 1 2; do
        sed -n 's/.*"digest": "\(.*\)".*/\1/p' "$3/effective-$k/manifest.json" >"$3/effective-$k.digest"
    done
    cmp "$3/effective-1.digest" "$3/effective-2.digest" || { echo "$file: another digest"; exit 1; }
    n=$((n + 1))
done
echo "$n scenarios, written out, are the same runs"
