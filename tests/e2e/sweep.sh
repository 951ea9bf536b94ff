#!/bin/sh
# sweep.sh MONAMI SCENARIOS SCRATCH: the bytes of a study do not depend on the number of workers.
set -eu
for j in 1 2; do
    "$1" sweep run "$2/loss.yaml" -q -f -o "$3/sweep-$j" -j $j --set sweep.replicate.seeds=2 \
        --set general.stop='30 s'
done
cmp "$3/sweep-1/study.sqlite" "$3/sweep-2/study.sqlite"
n=$("$1" sweep plan "$2/loss.yaml" --set sweep.replicate.seeds=2 2>/dev/null | wc -l)
[ "$n" = 17 ] # a head and 4 x 2 x 2 runs
"$1" plot "$3/sweep-1" >/dev/null
for file in loss.svg loss.csv loss.gp mos.svg; do
    [ -s "$3/sweep-1/figures/$file" ]
done
echo "16 runs, equal bytes with one and two workers"
