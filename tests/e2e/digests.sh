#!/bin/sh
# digests.sh MONAMI SCENARIOS EXPECTED SCRATCH
# The digest of every scenario is the one that is written down, whatever compiler built MONAMI.
# A change of results is a change of EXPECTED, in the same commit, with a line in CHANGELOG.md.
set -eu
: >"$4/digests.txt"
for file in "$2"/*.yaml "$2"/ietf68/*.yaml "$2"/attacks/*.yaml "$2"/ike/*.yaml "$2"/comparisons/*.yaml "$2"/validation/*.yaml; do
    name=${file#"$2"/}
    name=${name%.yaml}
    "$1" run "$file" -f -o "$4/digest-run" --pcap none 2>"$4/digests.err"
    echo "$name $(sed -n 's/.*"digest": "\(.*\)".*/\1/p' "$4/digest-run/manifest.json")" >>"$4/digests.txt"
done
diff "$3" "$4/digests.txt" && echo "$(wc -l <"$3") digests are as written down"
