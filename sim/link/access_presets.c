/*
 * What common access networks are like, each value with its source.
 *
 * They are points to start from, not models of a product: a measured trace says more.  The rates of
 * Wi-Fi are computed from the standard for one station that sends packets of 1500 bytes, with
 * nobody else on the channel.  Delays of cellular and satellite networks were measured as round
 * trips to servers, so that part of the way through the Internet is in them.
 */
#include "sim/link/access.h"

const char *const access_preset_words[] = {"none",   "wifi-11g", "wifi-11n",      "lte",
                                           "5g-nsa", "starlink", "geo-satellite", NULL};

const struct key_preset access_presets[] = {
    {"wifi-11g",
     "{access: wifi, rate: 30 Mbit/s, delay: 1 ms, jitter: 135 us, attach_time: 300 ms, mtu: 1500 B}",
     "rate: IEEE 802.11-2016 clause 18 at 54 Mbit/s, computed: DIFS 28 us, mean back-off 67.5 us, "
     "frame 254 us, SIFS 10 us, ACK 34 us for 12000 bits; jitter: its back-off of 15 slots; "
     "delay: order of magnitude; attach_time: order of magnitude, of the 60 to 400 ms in Mishra, "
     "Shin, Arbaugh, ACM CCR 33(2), 2003"},
    {"wifi-11n",
     "{access: wifi, rate: 110 Mbit/s, delay: 1 ms, jitter: 135 us, attach_time: 300 ms, "
     "mtu: 1500 B}",
     "rate: IEEE 802.11-2016 clause 19 at 130 Mbit/s (20 MHz, two streams, MCS 15), computed: AIFS "
     "43 us, mean back-off 67.5 us, an A-MPDU of 16 packets 1564 us, SIFS 16 us, block ack 32 us; "
     "the rest as wifi-11g"},
    {"lte",
     "{access: cellular, dad: none, rate: {down: 13 Mbit/s, up: 6 Mbit/s}, delay: 28 ms, "
     "jitter: 15 ms, attach_time: 260 ms, mtu: 1358 B}",
     "rate, and order of magnitude of delay and attach_time: Huang et al., MobiSys 2012: medians of "
     "13 and 6 Mbit/s, round trips of about 70 ms, 260 ms from idle to connected; jitter as 5g-nsa; "
     "mtu: 3GPP TS 23.501 annex J; dad: a /64 for each host, RFC 6459 5.2"},
    {"5g-nsa",
     "{access: cellular, dad: none, rate: {down: 46 Mbit/s, up: 20 Mbit/s}, delay: 22 ms, "
     "jitter: 15 ms, attach_time: 260 ms, mtu: 1358 B}",
     "NUWiNS pam2025-multi-carrier-dataset, cars in the USA: rate: medians of samples on mid-band "
     "5G in 11 runs (1138 down, 931 up); delay: median of 6232 round trips about 60 ms; jitter: "
     "makes the 5 to 6 ms that successive ones differ by in the median; attach_time as lte, its "
     "anchor; mtu as lte"},
    {"starlink",
     "{access: wired, rate: {down: 240 Mbit/s, up: 16 Mbit/s}, delay: 25 ms, mtu: 1500 B}",
     "rate: medians of 1020 s on a motorway, sys-uos/Starlink-on-the-Autobahn (243 and 16.5 "
     "Mbit/s); delay: half of the median round trip of 50 ms to European anchors in Michel et al., "
     "A First Look at Starlink Performance, IMC 2022"},
    {"geo-satellite",
     "{access: wired, rate: {down: 100 Mbit/s, up: 10 Mbit/s}, delay: 260 ms, mtu: 1500 B}",
     "delay: between the 239.6 and 279.0 ms of propagation in RFC 2488 2; rate: order of magnitude, "
     "the subscription beside Starlink's in Michel et al., IMC 2022"},
    {.name = NULL},
};
