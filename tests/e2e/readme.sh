#!/bin/sh
# readme.sh ROOT SCRATCH: the commands of the README, in a clean copy, as they are written; and its
# scenario is right. (`./check` is not run from inside itself.)
set -eu
rm -rf "$2/readme"
mkdir -p "$2/readme"
cd "$1"
tar cf - --exclude=./build --exclude=./.git --exclude='./*out' --exclude='./demo-study' . | (cd "$2/readme" && tar xf -)
cd "$2/readme"
awk '/^```sh/ { on = 1; next } /^```/ { on = 0 } on' README.md >commands.sh
grep -q '^./demo' commands.sh
sh -eux commands.sh
for file in demo-out/figures/delay-call.svg out/figures/delay-call.svg study/figures/mos.svg demo-study/report.html demo-study/figures/missed.svg; do
    [ -s "$file" ] || { echo "no $file"; exit 1; }
done
awk '/^```yaml/ { on = 1; next } /^```/ { on = 0 } on' README.md >example.yaml
build/release/monami run example.yaml -o example
[ "$(wc -l <README.md)" -le 110 ] || { echo "the README is longer than two screens"; exit 1; }
rm -rf "$2/readme"
