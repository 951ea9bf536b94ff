#!/bin/sh
# make.sh MONAMI SCENARIOS FOLDER: the figures of the documentation, and a page with them, into FOLDER.
set -eu
monami=$1 scenarios=$2 folder=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"
page="$folder/README.md"
cat >"$page" <<'PAGE'
# The gallery

Made by `docs/gallery/make.sh build/release/monami scenarios docs/gallery`. Under each figure: what it is, and what
draws it.
PAGE

# show NAME FILE TITLE: a figure that stands in $work; $how drew it.
show() {
    cp "$work/$2.png" "$folder/$1.png"
    printf '\n## %s\n\n![%s](%s.png)\n\n' "$3" "$3" "$1" >>"$page"
    [ ! -s "$work/$2.txt" ] || { cat "$work/$2.txt"; echo; } >>"$page"
    printf '`%s`\n' "$how" >>"$page"
}

study() { # study NAME FILE [words]
    "$monami" sweep run "$scenarios/$2.yaml" -q -o "$work/$1"
    "$monami" plot "$work/$1" >/dev/null 2>&1
    how="monami sweep run scenarios/$2.yaml -o study && monami plot study"
}

"$monami" run "$scenarios/wifi-lte-voice.yaml" -q -o "$work/voice"
"$monami" plot "$work/voice" >/dev/null 2>&1
how="monami run scenarios/wifi-lte-voice.yaml -o out && monami plot out"
show wifi-lte-voice voice/figures/delay-call "Delay of each packet of a call that moves from Wi-Fi to LTE and back"

study drives drives-study
show missed drives/figures/missed "Packets missed on two operators, five ways, over drives"
show difference drives/figures/difference "The same as paired differences"
show gap drives/figures/gap "The longest silence of each drive"
show gap-distribution drives/figures/gap-distribution "Its distribution"
"$monami" plot "$work/drives" --kind box --metric flow.stream.down.delay_p99_ns --x nodes.car.profile --name p99 >/dev/null 2>&1
how="monami plot study --kind box --metric flow.stream.down.delay_p99_ns --x nodes.car.profile --name p99"
show p99 drives/figures/p99 "Any metric over any parameter"

study loss loss
show loss loss/figures/loss "Lines with intervals"
"$monami" plot "$work/loss" --kind heat --metric flow.call.down.mos_mean --x networks.wlan.loss --y flows.call.traffic.voice --name heat >/dev/null 2>&1
how="monami plot study --kind heat --metric flow.call.down.mos_mean --x networks.wlan.loss --y flows.call.traffic.voice --name heat"
show heat loss/figures/heat "A map over two parameters"
