#!/bin/sh
# make.sh MONAMI SCENARIOS FOLDER [SEEDS]: the figures of the documentation, and a page with them, into FOLDER; SEEDS:
# fewer runs of some studies, and not the last, which take ten minutes.
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

study operators comparisons/operators
show operators operators/figures/missed "One care-of address or several past two operators" \
    "Means over six drives. The better operator of each drive alone misses 81 of 4,600 packets, failover with probes half \
of that, and with one care-of address the very same packets as with several: both wait for the same probes, and for one \
Binding Update. Who knows at once (oracle) misses 7, hindsight 2, and so does a copy on each operator, which needs no \
knowledge and twice the load. The spans are wide, for drives differ: on two of the six the better operator alone misses \
fewer than failover does. On six measured drives (PAM 2025, AT&T and Verizon, n = 6, 95 % intervals) it is 56 [-36, 148] \
for the better operator alone, 38 [-1, 77] for failover with one or with several, 9 [-5, 23] for the oracle, and 0 in hindsight and \
with a copy on each: the same order, but no difference there that is significant after correction."

study routes comparisons/routes --study distance
show routes routes/figures/disruption "Route optimisation: the silence at a hand-over" \
    "Mobile node and correspondent are 10 ms apart, the home agent is farther and farther from both. The lines are \
F9 and F8 of docs/validation.md to the millisecond: 2 D through the tunnel, with ESP or without (the same line), 40 ms more past it, \
whether or not an acknowledgement is asked for (the same line), and three times as much where the home keygen token has run out, so \
that the test goes by the home agent. A second care-of address that the correspondent knows already makes it 20 ms, wherever \
the home agent is. The packets themselves take 2 D through the tunnel and 10 ms past it (figure delay of the same study)."
study routes-asked comparisons/routes --study asked
show routes-asked routes-asked/figures/asked "How long packets upwards still go by the home agent" \
    "The same move, seen from the mobile node. Nothing is lost upwards once it has a new address, but until the \
correspondent has the new binding packets go by the home agent: a packet a millisecond that is late. Not to ask for \
an acknowledgement saves one round trip to the correspondent, 20 ms. With two bound care-of addresses not one \
packet makes the detour. At 5 ms the home agent is on the way, and nothing is late."
study routes-bytes comparisons/routes --study bytes
show routes-bytes routes-bytes/figures/bytes "What route optimisation saves and costs in bytes" \
    "Ten minutes with four moves, beside the tunnel without ESP. A direct packet saves 16 bytes, and signalling costs 1,288: above \
80 packets, one in 7 s, it pays. Two bound care-of addresses have more than twice the signalling and need one packet in about 3 s. \
ESP costs 36 bytes a packet more than the tunnel, which a direct packet saves, too, with the protection."

study detectors comparisons/detectors --study kinds ${seeds:+--set studies.kinds.sweep.replicate.seeds="$seeds"}
show detectors detectors/figures/kinds "Who notices that a path is dead, and how soon" \
    "A path dies at 20 s in four ways; 7,500 missed means that nobody noticed. The link layer is the fastest by \
far of what it is told, and blind otherwise. Neighbour unreachability sees no farther than the router, and takes \
many seconds. A probe does not care what died: three or four intervals. An oracle that knows the access links is \
blind beyond them, and late where a path fades, for a slow link carries packets still, only none in time."
study detectors-eager comparisons/detectors --study eager ${seeds:+--set studies.eager.sweep.replicate.seeds="$seeds"}
show detectors-eager detectors-eager/figures/eager "How soon a probe notices" \
    "From the failure to the first packet on the other path: as many intervals as probes must be unanswered in a row, and on \
average a half more, for the failure falls anywhere between two probes. Five probes at 100 ms notice about as soon as two at 200 ms, \
and are wrong far less often where losses are independent: see the next figure."

[ -z "$seeds" ] || exit 0

study alarms comparisons/detectors --study false-alarms
show detectors-alarms alarms/figures/false-alarms "How often a probe is wrong" \
    "A path that loses packets and is not dead, probed every 200 ms for ten minutes. The lines are N (1 - q) q^n, q the chance that a \
probe or its answer is lost. One unanswered probe is a false alarm every ten seconds at 1 % of loss; three in a row are \
none in ten minutes up to 2 %, and 13 at 10 %, where the formula has 17. Points that are missing are 0."
show detectors-cost alarms/figures/cost "What false alarms cost" \
    "The same runs: the spare is too slow for the stream, so that every false alarm makes packets late until the next \
answer. Up to 5 % of loss two probes or more cost hardly more than the loss itself, 0.05 x 12,000. At 10 % one \
unanswered probe multiplies it nearly by three. With a spare of 20 ms, as good as the path but clean, it is the other way round: at 10 % one unanswered \
probe misses 853, five miss 1,197, and the price is 1,094 Binding Updates instead of 6."

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
