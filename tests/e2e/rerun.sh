#!/bin/sh
# rerun.sh MONAMI SCENARIOS SCRATCH: a run is repeated from its folder, from wherever, byte for byte;
# what has changed since is named.
set -eu
monami=$(realpath "$1")
scenarios=$(realpath "$2")
rm -rf "$3/rerun"
mkdir -p "$3/rerun/work" "$3/rerun/tmp"
base=$(realpath "$3/rerun")
TMPDIR=$base/tmp
export TMPDIR
cd "$base/work"
"$monami" example two-operators -o here 2>/dev/null
"$monami" run here/two-operators.yaml -q -o out --pcap nodes --set title='it'\''s "another" title' --set general.seed=3
cd /

wants() { # exit code, what is said; arguments of rerun
    code=0
    want=$1
    words=$2
    shift 2
    "$monami" rerun "$@" >"$base/said" 2>&1 || code=$?
    if [ $code != "$want" ] || ! grep -q -- "$words" "$base/said"; then
        echo "rerun $*: exit code $code, not $want, or does not say '$words':"
        cat "$base/said"
        exit 1
    fi
    [ -z "$(ls "$TMPDIR")" ] || { echo "left something in $TMPDIR"; exit 1; }
}
changed() { # a copy of the folder to change
    rm -rf "$base/copy"
    cp -r "$base/work/out" "$base/copy"
}

n=$(find "$base/work/out" -type f ! -name manifest.json | wc -l)
[ "$n" -ge 9 ] # scenario, effective, results, events, flow, one capture a node
wants 0 "equal: all $n files" "$base/work/out"
wants 0 '"equal": true' --json "$base/work/out"
"$monami" plot "$base/work/out" >/dev/null 2>&1
wants 0 "equal: all $n files" "$base/work/out"

changed
printf x >>"$base/copy/events.sqlog"
wants 1 'events.sqlog: different' "$base/copy"
grep -q '^results.sqlite: equal' "$base/said"
changed
rm "$base/copy/flows/stream.csv"
touch "$base/copy/another"
wants 1 'flows/stream.csv: only now' "$base/copy"
grep -q '^another: only then' "$base/said"
changed
python3 -c "import sqlite3; d = sqlite3.connect('$base/copy/results.sqlite'); d.execute('UPDATE flow SET lost = lost + 1'); d.commit()" 2>/dev/null &&
    wants 1 '^\* flow stream.down lost: 1 | 0' "$base/copy"
changed
sed -i 's/"monami": ".*"/"monami": "0.0.1"/' "$base/copy/manifest.json"
wants 0 'was run by monami 0.0.1' "$base/copy"
changed
echo >>"$base/copy/scenario.yaml"
wants 2 'scenario.*has changed since' "$base/copy"
wants 0 'has changed since' --force "$base/copy"
changed
echo '{' >"$base/copy/manifest.json"
wants 2 'manifest.json' "$base/copy"
wants 2 'manifest.json' "$base"

trace=$base/work/here/traces/two-operators.csv
sed -i 's/,25\.[0-9]*,/,0.001,/' "$trace"
cmp -s "$trace" "$scenarios/traces/two-operators.csv" && exit 1
wants 2 'input:* here/traces/two-operators.csv has changed since' "$base/work/out"
wants 1 'results.sqlite: different' --force "$base/work/out"
rm "$trace"
wants 2 'input:* here/traces/two-operators.csv: ' "$base/work/out"
echo "$n files are repeated byte for byte; what has changed is named"
