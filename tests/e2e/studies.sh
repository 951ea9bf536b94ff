#!/bin/sh
# studies.sh MONAMI ROOT SCRATCH: the walk through docs/studies.md, as it is written, in a clean folder; and the gallery
# can be made. Without gnuplot there is nothing to draw.
set -eu
if ! command -v gnuplot >/dev/null; then
    echo "SKIPPED: gnuplot is not here"
    exit 0
fi
rm -rf "$3/studies"
mkdir -p "$3/studies/bin"
ln -s "$1" "$3/studies/bin/monami"
PATH="$3/studies/bin:$PATH"
cd "$3/studies"
awk '/^```sh/ { on = 1; n++; next } /^```/ { on = 0 } on { print > ("step-" n ".sh") }' "$2/docs/studies.md"
awk '/^```yaml/ { on = 1; next } /^```/ { on = 0 } on' "$2/docs/studies.md" >added.yaml
sh -eux step-1.sh
cat added.yaml >>mine.yaml
sh -eux step-2.sh
for file in study/figures/gap.svg study/figures/gap.pdf study/figures/gap.png study/figures/gap.txt study/report.html; do
    [ -s "$file" ] || { echo "no $file"; exit 1; }
done
sed -n 's/.*`\(monami plot study --metric [^`]*\)`.*/\1/p' "$2/docs/studies.md" >more.sh
[ "$(wc -l <more.sh)" = 1 ]
sh -eux more.sh
sh -eu "$2/docs/gallery/make.sh" "$1" "$2/scenarios" gallery 2
grep -o '([a-z0-9-]*\.png)' gallery/README.md | tr -d '()' | while read -r file; do
    [ -s "gallery/$file" ] && [ -s "$2/docs/gallery/$file" ] || { echo "no $file"; exit 1; }
done
[ "$(grep -c '^## ' gallery/README.md)" = 20 ]
echo "docs/studies.md does what it says; twenty figures of the gallery"
