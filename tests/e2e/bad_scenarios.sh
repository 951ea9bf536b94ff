#!/bin/sh
# bad_scenarios.sh MONAMI FOLDER SCRATCH
# Every file of FOLDER has a mistake: `check` says the expected words and exits with 2; `run` says
# the same, exits with 2 and leaves nothing behind.
set -u
monami=$(realpath "$1")
scratch=$(realpath "$3")
cd "$2" || exit 1
failed=0
n=0
for file in *.yaml; do
    n=$((n + 1))
    "$monami" check "$file" >"$scratch/bad.out" 2>"$scratch/bad.err"
    code=$?
    [ "$code" = 2 ] || { echo "$file: check exits with $code"; failed=1; }
    cmp "${file%.yaml}.expected" "$scratch/bad.err" || { diff "${file%.yaml}.expected" "$scratch/bad.err"; failed=1; }
    "$monami" run "$file" -o "$scratch/bad-run" >/dev/null 2>"$scratch/bad.err"
    code=$?
    [ "$code" = 2 ] || { echo "$file: run exits with $code"; failed=1; }
    cmp "${file%.yaml}.expected" "$scratch/bad.err" || failed=1
    for left in "$scratch"/bad-run*; do
        [ -e "$left" ] && { echo "$file: left $left"; failed=1; rm -rf "$left"; }
    done
done
echo "$n files with mistakes"
[ "$n" -ge 20 ] || failed=1
# ipsec-esn-without-window: no extended sequence numbers are negotiated without anti-replay
[ "$failed" = 1 ] || [ -z "${MONAMI_RULES:-}" ] || echo IPS-ESP-7 >"$MONAMI_RULES"
exit $failed
