/* The formats of traces that a link replays: what is read, and what is said of mistakes. */
#include "sim/link/replay.h"

#include "tests/check.h"

static struct arena arena;
static struct replay_trace trace;
static struct why why;

static enum status read_as(enum replay_format format, const char *carrier, const char *text)
{
    struct replay_source from = {.path = "t", .format = format, .carrier = carrier};
    FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
    CHECK(file != NULL);
    enum status st = replay_read(file, &from, &arena, &trace, &why);
    (void)fclose(file);
    return st;
}

/* It is refused, with these words. */
static void refused(enum replay_format format, const char *text, const char *words)
{
    CHECK(read_as(format, "att", text) != ST_OK);
    check_true(!strcmp(why.text, words), why.text, __FILE__, __LINE__);
    if (strcmp(why.text, words) != 0)
        (void)fprintf(stderr, "    want: %s\n", words);
}

static void monami_has_units_in_its_columns(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(REPLAY_MONAMI, NULL,
                     "# made by hand\n"
                     "t_ms, rate_down_kbps, rate_up_mbps, delay_ms, loss_percent, state\n"
                     "0,1500,0.25,12.3456789,0.1,up\n\n"
                     "1.5e3, ,,,, down\n"),
             ST_OK);
    CHECK_EQ(trace.points, 2);
    CHECK_EQ(trace.length, 1500 * SIM_MS);
    CHECK_EQ(trace.point[0].rate_down, 1500000);
    CHECK_EQ(trace.point[0].rate_up, 250000);
    CHECK_EQ(trace.point[0].delay, 12345679); /* to the nearest ns */
    CHECK_EQ(trace.point[0].loss, SHARE_ONE / 1000);
    CHECK_EQ(trace.point[0].blocked, 0);
    CHECK_EQ(trace.point[1].rate_down, REPLAY_SAME);
    CHECK_EQ(trace.point[1].loss, REPLAY_SAME);
    CHECK_EQ(trace.point[1].blocked, 1);
    CHECK_EQ(read_as(REPLAY_MONAMI, NULL, "t_s,rate_bps,loss\n0,64000,0.25\n"), ST_OK);
    CHECK_EQ(trace.point[0].rate_up, 64000);
    CHECK_EQ(trace.point[0].loss, SHARE_ONE / 4);
    arena_release(&arena);
}

static void monami_says_what_is_wrong(void)
{
    arena = (struct arena){0};
    refused(REPLAY_MONAMI, "\n", "t: is empty: no line names the columns");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n", "t: has no row");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,5\n2,7\n1,6\n",
            "t:4: time goes back, from 2.000000 s to 1.000000 s");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,5,3\n", "t:2: 3 columns, the head has 2");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,fast\n",
            "t:2:3: rate_mbps: 'fast' is not a rate from 0 to 1 Tbit/s");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,0x10\n",
            "t:2:3: rate_mbps: '0x10' is not a rate from 0 to 1 Tbit/s");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,inf\n",
            "t:2:3: rate_mbps: 'inf' is not a rate from 0 to 1 Tbit/s");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,nan\n",
            "t:2:3: rate_mbps: 'nan' is not a rate from 0 to 1 Tbit/s");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,-1\n",
            "t:2:3: rate_mbps: '-1' is not a rate from 0 to 1 Tbit/s");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,1e300\n",
            "t:2:3: rate_mbps: '1e300' is too large; allowed is a rate from 0 to 1 Tbit/s");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n1700000000,5\n",
            "t:2:1: t_s: '1700000000' is too large; allowed is a time from 0 to 1000000 s");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n,5\n", "t:2:1: t_s: is empty");
    refused(REPLAY_MONAMI, "t_s,loss\n0,1.01\n",
            "t:2:3: loss: '1.01' is too large; allowed is a share from 0 to 1");
    refused(REPLAY_MONAMI, "t_s,state\n0,on\n", "t:2:3: state: 'on' is neither 'up' nor 'down'");
    refused(REPLAY_MONAMI, "t_s,rate_mbit\n0,1\n",
            "t:1:5: unknown column 'rate_mbit'; did you mean 'rate_mbps'?");
    refused(REPLAY_MONAMI, "t_s,velocity\n0,1\n",
            "t:1:5: unknown column 'velocity'; known are t_s t_ms rate_mbps rate_down_mbps "
            "rate_up_mbps (also _kbps _bps) delay_ms loss loss_percent state");
    refused(REPLAY_MONAMI, "t_s,rate_mbps,rate_up_mbps\n0,1,1\n",
            "t:1:15: column 'rate_up_mbps' says what another column says");
    refused(REPLAY_MONAMI, "t_s,t_s\n0,1\n", "t:1:5: a second column 't_s'");
    refused(REPLAY_MONAMI, "rate_mbps\n0\n", "t:1: no column t_s or t_ms");
    refused(REPLAY_MONAMI, "t_s\n0\n", "t:1: no column beside the time");
    refused(REPLAY_MONAMI, "t_s,rate_mbps\n0,\x01\n", "t:2:3: byte 0x01: this is no text file");
    struct replay_source nowhere = {.path = "/no such file"};
    CHECK_EQ(replay_load(&nowhere, &arena, &trace, &why), ST_IO);
    CHECK(!strcmp(why.text, "/no such file: No such file or directory"));
    arena_release(&arena);
}

static void pam2025_has_two_operators(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(REPLAY_PAM2025, "att",
                     "t_s,operator,event,technology,rate_mbps,handover_ms\n"
                     "0.0,att,rate,LTE,4.5,\n0.2,verizon,rate,LTE,9,\n"
                     "1.0,att,handover,LTE,,100\n1.05,att,handover,LTE,,100\n"
                     "0.5e1,att,rate,LTE,0,\n"),
             ST_OK);
    CHECK_EQ(trace.length, 5 * SIM_S);
    CHECK_EQ(trace.point[0].rate_down, 4500000);
    CHECK_EQ(trace.point[1].blocked, 1);
    CHECK_EQ(trace.point[1].t, SIM_S);
    CHECK_EQ(trace.point[trace.points - 2].blocked, 0); /* overlapping hand-overs are one */
    CHECK_EQ(trace.point[trace.points - 2].t, 1150 * SIM_MS);
    CHECK_EQ(trace.point[trace.points - 1].rate_down, 0);
    const char *two = "t_s,operator,event,rate_mbps,handover_ms\n0,tele,rate,1,\n1,vz,rate,1,\n";
    CHECK_EQ(read_as(REPLAY_PAM2025, "att", two), ST_MISSING);
    CHECK(!strcmp(why.text, "t: has no row of operator 'att'; it has: tele, vz"));
    CHECK_EQ(read_as(REPLAY_PAM2025, NULL, two), ST_MISSING);
    CHECK(!strcmp(why.text, "t: a pam2025 file needs to know the operator; it has: tele, vz"));
    refused(REPLAY_PAM2025, "t_s,operator,event,rate_mbps\n",
            "t:1: no column 'handover_ms': a pam2025 file has t_s operator event technology "
            "rate_mbps handover_ms");
    refused(REPLAY_PAM2025, "t_s,operator,event,rate_mbps,handover_ms\n0,att,stall,1,\n",
            "t:2:7: event: 'stall' is neither 'rate' nor 'handover'");
    arena_release(&arena);
}

static void mahimahi_lines_are_opportunities(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(REPLAY_MAHIMAHI, NULL, "0\n5\n5\n12\n"), ST_OK);
    CHECK(trace.grants);
    CHECK_EQ(trace.points, 3);
    CHECK_EQ(trace.length, 12 * SIM_MS);
    CHECK_EQ(trace.point[0].grant, 1504);
    CHECK_EQ(trace.point[1].grant, 3008);
    CHECK_EQ(trace.point[1].t, 5 * SIM_MS);
    refused(REPLAY_MAHIMAHI, "5\n4\n", "t:2: time goes back, from 0.005000 s to 0.004000 s");
    refused(REPLAY_MAHIMAHI, "5\n\n6\n", "t:2: an empty line; mahimahi allows none");
    refused(REPLAY_MAHIMAHI, "1.5\n",
            "t:1: '1.5' is not a whole number of milliseconds, as each line of a mahimahi trace "
            "is");
    refused(REPLAY_MAHIMAHI, "99999999999999999999\n",
            "t:1: '99999999999999999999' is later than 1000000 s");
    refused(REPLAY_MAHIMAHI, "0\n0\n", "t: lasts 0 ms, and would begin anew for ever");
    arena_release(&arena);
}

static void ping_halves_a_round_trip_and_loses_what_got_no_answer(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(REPLAY_PING, NULL,
                     "PING ha (2001:db8::1) 56 data bytes\n"
                     "64 bytes from 2001:db8::1: icmp_seq=2 ttl=56 time=11.6 ms\n"
                     "64 bytes from 2001:db8::1: icmp_seq=5 ttl=56 time=20 ms\n"
                     "64 bytes from 2001:db8::1: icmp_seq=4 ttl=56 time=1030 ms\n"
                     "64 bytes from 2001:db8::1: icmp_seq=4 ttl=56 time=1031 ms (DUP!)\n"
                     "\n--- ha ping statistics ---\n"
                     "6 packets transmitted, 3 received, +1 duplicates, 50% packet loss\n"
                     "rtt min/avg/max/mdev = 11.6/1/1/1 ms\n"),
             ST_OK);
    static const sim_time delay[] = {REPLAY_SAME,  5800 * SIM_US, REPLAY_SAME,
                                     515 * SIM_MS, 10 * SIM_MS,   REPLAY_SAME};
    CHECK_EQ(trace.points, 7);
    for (int k = 0; k < 6; k++) {
        CHECK_EQ(trace.point[k].t, k * SIM_S);
        CHECK_EQ(trace.point[k].delay, delay[k]);
        CHECK_EQ(trace.point[k].loss, delay[k] == REPLAY_SAME ? SHARE_ONE : 0);
    }
    CHECK_EQ(trace.length, 6 * SIM_S); /* the last one holds a second, too */
    arena_release(&arena);
}

/* icmp_seq has 16 bits: what is behind 65535 is 0, also for who has only a part of the log. */
static void ping_numbers_begin_anew_behind_65535(void)
{
    static const char *const end[] = {"", "3 packets transmitted, 3 received, 0% packet loss\n"};
    arena = (struct arena){0};
    for (int k = 0; k < 2; k++) {
        char text[400];
        (void)snprintf(text, sizeof text,
                       "PING h (::1) 56 data bytes\n"
                       "64 bytes from ::1: icmp_seq=65535 ttl=1 time=10 ms\n"
                       "64 bytes from ::1: icmp_seq=0 ttl=1 time=20 ms\n"
                       "64 bytes from ::1: icmp_seq=1 ttl=1 time=30 ms\n%s",
                       end[k]);
        CHECK_EQ(read_as(REPLAY_PING, NULL, text), ST_OK);
        CHECK_EQ(trace.points, 4);
        CHECK_EQ(trace.length, 3 * SIM_S);
        for (int i = 0; i < 3; i++) {
            CHECK_EQ(trace.point[i].loss, 0);
            CHECK_EQ(trace.point[i].delay, (5 + 5 * i) * SIM_MS);
        }
    }
    CHECK_EQ(read_as(REPLAY_PING, NULL, /* all of it: the first 65534 were lost */
                     "PING h (::1) 56 data bytes\n"
                     "64 bytes from ::1: icmp_seq=65535 ttl=1 time=10 ms\n"
                     "65535 packets transmitted, 1 received, 99% packet loss\n"),
             ST_OK);
    CHECK_EQ(trace.points, 65536);
    arena_release(&arena);
}

static void ping_stamps_tell_when_a_probe_left(void)
{
    arena = (struct arena){0};
    CHECK_EQ(read_as(REPLAY_PING, NULL,
                     "[1600000000.100000] 64 bytes from h: icmp_seq=65535 ttl=1 time=100 ms\n"
                     "[1600000000.230000] 64 bytes from h: icmp_seq=0 ttl=1 time=30.0 ms\n"
                     "[1600000000.410000] no answer yet for icmp_seq=1\n"
                     "[1600000000.650000] 64 bytes from h: icmp_seq=2 ttl=1 time=50 ms\n"),
             ST_OK);
    CHECK_EQ(trace.points, 5);
    CHECK_EQ(trace.point[1].t, 200 * SIM_MS);
    CHECK_EQ(trace.point[2].t, 400 * SIM_MS);
    CHECK_EQ(trace.point[2].loss, SHARE_ONE);
    CHECK_EQ(trace.point[3].t, 600 * SIM_MS);
    CHECK_EQ(trace.point[3].delay, 25 * SIM_MS);
    CHECK_EQ(trace.length, 800 * SIM_MS);
    refused(REPLAY_PING, "PING h\n", "t: has no answer to a probe");
    refused(REPLAY_PING, "Reply from 10.0.0.1: bytes=32 time=5ms TTL=64\n",
            "t:1:1: 'Reply from 10.0.0.1: bytes=32 time=5ms T' is no line of ping");
    refused(REPLAY_PING, "64 bytes from h: ttl=1 time=100 ms\n",
            "t:1:1: an answer without icmp_seq");
    refused(REPLAY_PING, "64 bytes from h: icmp_seq=1 time=1 s\n",
            "t:1:34: an answer without time=... ms");
    refused(REPLAY_PING, "[x] 64 bytes from h: icmp_seq=1 time=1 ms\n",
            "t:1:1: no time stamp of ping -D");
    refused(REPLAY_PING,
            "[10.0] 64 bytes from h: icmp_seq=1 time=1 ms\n64 bytes from h: icmp_seq=2 time=1 ms\n",
            "t:2: no time stamp, and the answers before have one");
    refused(REPLAY_PING,
            "[10.0] 64 bytes from h: icmp_seq=1 time=1 ms\n"
            "[9.5] 64 bytes from h: icmp_seq=2 time=1 ms\n",
            "t:2: time goes back: probe 2 was sent 0.500000 s before the one before it");
    arena_release(&arena);
}

CHECK_MAIN(CASE(monami_has_units_in_its_columns), CASE(monami_says_what_is_wrong),
           CASE(pam2025_has_two_operators), CASE(mahimahi_lines_are_opportunities),
           CASE(ping_halves_a_round_trip_and_loses_what_got_no_answer),
           CASE(ping_numbers_begin_anew_behind_65535), CASE(ping_stamps_tell_when_a_probe_left))
