#!/bin/sh
# trace.sh MONAMI TRACES SCRATCH
# What `trace` tells of good files is written down; what it imports imports as itself; each bad file
# (FORMAT-what.ext) is refused with the words beside it, exit code 2 and nothing on stdout.
set -u
monami=$(realpath "$1")
scratch=$(realpath "$3")
failed=0
cd "$2/good" || exit 1
for file in *; do
    case $file in two.csv) more="--operator att" ;; *) more="" ;; esac
    # shellcheck disable=SC2086
    "$monami" trace show "$file" $more && "$monami" trace show "$file" --json $more
done >"$scratch/trace.out" 2>&1
diff ../show.expected "$scratch/trace.out" || failed=1
n=0
for file in *; do
    # shellcheck disable=SC2086
    case $file in two.csv) more="--operator att" ;; *) more="" ;; esac
    "$monami" trace import "$file" $more -f -o "$scratch/trace-1.csv" 2>/dev/null || failed=1
    "$monami" trace import "$scratch/trace-1.csv" -f -o "$scratch/trace-2.csv" || failed=1
    cmp "$scratch/trace-1.csv" "$scratch/trace-2.csv" || failed=1
    n=$((n + 1))
done
"$monami" trace import link.csv -o "$scratch/trace-1.csv" 2>"$scratch/trace.err"
[ $? = 2 ] && grep -q 'exists; --force replaces it' "$scratch/trace.err" || { echo "replaced a file"; failed=1; }
"$monami" trace import link.csv -o "$scratch/no such folder/x.csv" 2>/dev/null
[ $? = 1 ] || { echo "wrote nowhere"; failed=1; }
cd ../bad || exit 1
m=0
for file in *; do
    format=${file%%-*}
    case $format in pam2025) more="--operator att" ;; *) more="" ;; esac
    # shellcheck disable=SC2086
    "$monami" trace show "$file" -F "$format" $more >"$scratch/trace.out" 2>"$scratch/trace.err"
    [ $? = 2 ] || { echo "$file: another exit code"; failed=1; }
    [ -s "$scratch/trace.out" ] && { echo "$file: words on stdout"; failed=1; }
    printf '%s\n' "$file" | cat - "$scratch/trace.err"
    m=$((m + 1))
done >"$scratch/trace.all"
diff ../bad.expected "$scratch/trace.all" || failed=1
echo "$n good files, $m bad ones"
exit $failed
