#!/bin/sh
# repeat.sh MONAMI SCENARIO SCRATCH: two runs leave the same bytes, but for the manifest.
set -eu
for k in 1 2; do
    "$1" run "$2" -q -f -o "$3/repeat-$k" --pcap nodes
done
for k in 1 2; do
    (cd "$3/repeat-$k" && find . -type f ! -name manifest.json | sort) >"$3/repeat-$k.list"
done
cmp "$3/repeat-1.list" "$3/repeat-2.list"
while read -r file; do
    cmp "$3/repeat-1/$file" "$3/repeat-2/$file"
done <"$3/repeat-1.list"
echo "$(wc -l <"$3/repeat-1.list") files are equal"
