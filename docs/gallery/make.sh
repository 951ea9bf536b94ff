#!/bin/sh
# make.sh MONAMI SCENARIOS FOLDER [SEEDS]: the figures of the documentation, and a page with them, into FOLDER; SEEDS:
# fewer runs of one study, and not the last two, which take ten minutes.
set -eu
monami=$1 scenarios=$2 folder=$3 seeds=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"
page="$folder/README.md"
cat >"$page" <<'PAGE'
# The gallery

Made by `docs/gallery/make.sh build/release/monami scenarios docs/gallery`. Under each figure: what it is, and what
draws it.
PAGE

# show NAME FILE TITLE [TEXT]: a figure that stands in $work; $how drew it; TEXT is what is seen.
show() {
    cp "$work/$2.png" "$folder/$1.png"
    printf '\n## %s\n\n![%s](%s.png)\n\n' "$3" "$3" "$1" >>"$page"
    [ $# -lt 4 ] || printf '%s\n\n' "$4" | fold -s -w 116 | sed 's/ *$//' >>"$page"
    [ ! -s "$work/$2.txt" ] || { cat "$work/$2.txt"; echo; } >>"$page"
    printf '`%s`\n' "$how" >>"$page"
}

study() { # study NAME FILE [words]
    name=$1 file=$2
    shift 2
    "$monami" sweep run "$scenarios/$file.yaml" "$@" -q -o "$work/$name"
    "$monami" plot "$work/$name" >/dev/null 2>&1
    how="monami sweep run scenarios/$file.yaml${*:+ $*} -o study && monami plot study"
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

study window replay-window --study window
show replay-window window/figures/window "One SA over three care-of addresses, and the anti-replay window" \
    "Three equal flows share one tunnel SA, each on a path of its own, with one-way delays of 10, 60 and 150 ms. Drawn \
is the share of the packets of the slowest path that the receiver refuses as too old; nothing else drops anything. \
There is a step and no slope: the SA, which carries three times the rate of a flow, either seals fewer packets in the \
140 ms between the slow path and the fast one than the window holds, and all live, or more, and all die. The rates \
from 80 on are chosen to make 34, 67, 130, ... packets in that time, 2 to 5 % above a window. At 40,000 a second \
(13,333 of each) it is 5,600, too many even for 4,096."
study sas replay-window --study sas
show replay-window-sas sas/figures/sas "The same with parallel SAs" \
    "Around the step of a window of 64, at 152 packets a second of each flow. Whether a number more or less lies between \
a packet and the newest before it depends on the flows' phases, which each seed draws anew: that is all the width \
that the step has. A pool of two SAs, numbered by the Binding Identifier modulo 2, moves it by a half, to 229, for the slowest and \
the fastest path meet on one SA again and only the third flow is gone. With an SA for each care-of address (RFC 6089 7) \
nothing is ever overtaken within an SA."
study bursts replay-window --study bursts
show replay-window-bursts bursts/figures/bursts "Bursts at the mean rates of steady flows" \
    "The window is 64. A source sends N packets over each path in turn, 50 us apart, and then none until the mean rate \
is kept. While the next burst begins after more than 140 ms the loss does not depend on the rate at all: it is a race \
within one burst, 3 (N - j) - 4 numbers behind for packet j of the slow path, 8 of 30 and 38 of 60 lost, at rates at \
which the steady flow loses nothing. Bursts of 10 (30 on the SA) fit into the window until several of them are under \
way at once."
study handover replay-window --study handover
show replay-window-handover handover/figures/handover "What one hand-over costs" \
    "All three flows move from the path of 150 ms to that of 10 ms, make before break, through one SA. No packet is lost \
on any link, and yet everything that is under way on the slow path when the first packet comes by \
the fast one is refused, if it is as much as the window: 140 ms of each flow, as in an outage of that length. With \
an SA for each care-of address nothing is lost (figure handover-sas of the same study)."

study ike ike/moving --study round-trip
show ike-moves ike/figures/disruption "How IKE follows a movement, and what a flow sees of it" \
    "At 20 s the car loses its only care-of address and goes on from another one that is as far from the home agent; \
tunnels end where IKE is. All lines begin at 50 ms, in which the link layer tells, and rise by the round trip of the \
Binding Update. MOBIKE adds one for the test of the new address, a new IKE SA whose predecessor is dropped two (before \
the Binding Update) or three (after it). The line of new-sa hides that of k-bit: where the old SAs serve on, nothing is \
added. These are the numbers of F10, to the packet."
study ike-loss ike/moving --study loss ${seeds:+--set studies.loss.sweep.replicate.seeds="$seeds"}
show ike-moves-loss ike-loss/figures/unreachable "The same over a path that loses packets: for how long IKE cannot be reached" \
    "From the loss of the old address until the home agent has an IKE SA with an address where the car is, cut at the end \
of the run, 10 s later. The K bit needs one Binding Update to arrive, which is sent again after 1, 2, ... s. MOBIKE needs its request too and \
an exchange, a new IKE SA needs two exchanges, each with both of its messages, sent again after 1, 2, ... s. The worst is where \
the home agent drops the old SAs with its acknowledgement: if that one message is lost, nobody there can open what the car says, \
and the car finds out by dpd, 17 s later, which is beyond the end: 14 of the 100 runs at 10 %. Their flow never comes \
back."

study end-points comparisons/tunnel-ends --study flows
show tunnel-ends end-points/figures/loss "Whose word says where a tunnel ends: one flow, three, and more" \
    "Three paths of 1 Mbit/s; the mobility layer puts each flow of 0.31 Mbit/s on the next of them, through one SA. Where the \
home agent's IPsec sends to the SA's own address all flows are on the one path of key management, which takes three: one \
flow never shows it. Where the care-of address goes with the packet or is put in afterwards, nine fit; so they do where \
there is an SA for each care-of address, of which each has the right address of its own. In the other studies of the \
file are delays, and the sizes that tell the first two apart."
study end-points-lost comparisons/tunnel-ends --study lost
show tunnel-ends-lost end-points-lost/figures/lost "The same three flows when the path of key management is lost" \
    "One of the three flows is on the path that is lost, and loses what is sent until the link layer tells, 60 ms in \
which the Binding Update travels and 10 ms that the dead path has under way. With the SA's own address all three flows \
lose that."

study source-move comparisons/source-checks --study move
show source-checks source-move/figures/move "What the check of the outer source costs a mobile node that moves" \
    "It goes from a slow path to one of 10 ms, and both stay up. The Binding Update overtakes what is under way on the slow \
path, and with one care-of address that comes from an unregistered address: exactly 500 packets a second times the difference of the delays are \
refused. The other two have no bars: with several care-of addresses the old one is still bound, and without the check nobody looks. \
Study attack of the same file has what the check is for: of ten authentic packets that somebody has given another source it takes none, and without it \
all ten are delivered."
study source-loss comparisons/source-checks --study loss ${seeds:+--set studies.loss.sweep.replicate.seeds="$seeds"}
show source-checks-loss source-loss/figures/loss "The same where the Binding Update may be lost" \
    "With one care-of address the car sends from the new one right after the Binding Update. If that is lost a second's \
packets are refused until the next, or three seconds'. With several it waits for the acknowledgement, and goes on with the old one."

study vpn-break comparisons/vpn --study break
show vpn vpn-break/figures/break "A VPN with MOBIKE against one and several care-of addresses: a path is lost" \
    "The link layer tells after 50 ms in all of them. The VPN's gateway tests the new address before it sends there: two \
round trips. Without that test it is one, as it is with the K bit and with several care-of addresses, which test nothing \
and have to tell the home agent all the same. A copy on each path loses nothing: the fifth bar has no height."
study vpn-overlap comparisons/vpn --study overlap
show vpn-overlap vpn-overlap/figures/overlap "The same if the better path comes 100 ms before the old one goes" \
    "What fits into the 100 ms costs nothing: up to 25 ms one way for the VPN, up to 50 ms for the others. Make before break needs \
an address that works for some time, and not several that are registered. The VPN's 1 ms at 25 ms is one packet."
study vpn-load comparisons/vpn --study load
show vpn-load vpn-load/figures/load "What a VPN cannot do: two paths at a time" \
    "Flows of 1 Mbit/s over two paths of 10 Mbit/s. A VPN, one care-of address and failover among several have one path at a time, \
spread has flows on both. Copies fill both with the same and lose a little less than one path does, where only one of the two was dropped."

[ -z "$seeds" ] || exit 0

study groups ike/mass-move --study groups
show mass-move groups/figures/groups "A home agent with one core, whose mobile nodes all move within one second" \
    "Each sets up a new IKE SA and drops the old one, and the core works as fast as the measured profile says: 9060 IKE \
SAs a second with x25519, 1337 with modp2048, 474 with ecp384, 257 with modp4096. Up to that all nodes are back after \
0.3 s. Above it the service is gone for longer than the work that is left, for a node waits in the queue four \
times, the queue makes bunches of those who wait, and Binding Updates that find it full come again after 1, 2, 4 \
and 8 s."
study cookies ike/mass-move --study cookies
show mass-move-cookies cookies/figures/cookies "When cookies are asked for, and what that costs" \
    "The same home agent with a thousand mobile nodes and x25519. A cookie is a round trip of 60 ms for \
everyone who is asked. From 100 half-open IKE SAs on, the default, nobody is asked if all move within one second or \
five, 800 of the thousand within 200 ms, and 900 within 50 ms, where the nodes wait for the core, too."
