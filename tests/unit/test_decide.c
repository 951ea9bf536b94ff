/* Decisions: lists, the least delay, what was written down, a module; and what measures delays. */
#include "models/node/choices.h"
#include "models/node/probe.h"

#include "tests/check.h"

static struct arena arena;
static const struct decide_path paths[] = {{"wlan0", 1}, {"red0", 2}, {"blue0", 3}};
static const struct decide_flow flows[] = {{"call", {.protocol = 17, .peer_port = 5000}},
                                           {"film", {.protocol = 17, .peer_port = 5001}}};

static struct decide_setup setup(const struct decide_config *how)
{
    return (struct decide_setup){
        .how = how, .node = "car", .path = paths, .paths = 3, .flow = flows, .flows = 2};
}

static void set_path(struct decider *d, unsigned k, bool usable, int64_t round_trip_ms)
{
    d->path[k].usable = usable;
    d->path[k].round_trip_ns = round_trip_ms < 0 ? -1 : round_trip_ms * SIM_MS;
}

static uint16_t first_of(struct decider *d, size_t rule, sim_time now)
{
    return decider_ask(d, &d->policy.rule[rule], 200, now)->bid[0];
}

static void lists_are_answered_as_they_stand(void)
{
    struct decide_config how = {.builtin = DECIDE_ROUND_ROBIN};
    struct decide_setup of = setup(&how);
    const struct decider *d = decider_new(&arena, &of, MONAMI_UP);
    CHECK_EQ(d->policy.rules, 3);
    CHECK(!decider_looks(d));
    for (size_t k = 0; k < 3; k++)
        CHECK(decider_ask(decider_new(&arena, &of, MONAMI_UP), &d->policy.rule[k], 1, 0) ==
              &d->policy.rule[k]);
    CHECK_EQ(d->policy.rule[0].bid[0], 1);
    CHECK_EQ(d->policy.rule[1].bid[0], 2);
    CHECK_EQ(d->policy.rule[1].bids, 3);
    CHECK(!strcmp(d->policy.rule[2].name, "any"));
    how.builtin = DECIDE_DUPLICATE;
    d = decider_new(&arena, &of, MONAMI_DOWN);
    CHECK_EQ(d->policy.rules, 1);
    CHECK(d->policy.rule[0].all);
    arena_release(&arena);
}

/* Another path is taken when it is better by more than the margin, or the present one is gone. */
static void the_least_delay_is_kept_within_the_margin(void)
{
    const struct decide_config how = {.builtin = DECIDE_LEAST_DELAY, .margin = 5 * SIM_MS};
    struct decide_setup of = setup(&how);
    struct decider *d = decider_new(&arena, &of, MONAMI_UP);
    CHECK(decider_looks(d));
    set_path(d, 0, true, -1);
    set_path(d, 1, true, -1);
    set_path(d, 2, true, -1);
    CHECK_EQ(first_of(d, 0, 0), 1); /* nothing is measured: the order of preference */
    set_path(d, 1, true, 60);
    CHECK_EQ(first_of(d, 0, 0), 2); /* what is measured comes first */
    set_path(d, 2, true, 55);
    CHECK_EQ(first_of(d, 0, 0), 2); /* 5 ms are not more than the margin */
    d->path[2].round_trip_ns -= 1;
    CHECK_EQ(first_of(d, 0, 0), 3);
    set_path(d, 1, true, 51);
    CHECK_EQ(first_of(d, 1, 0), 3); /* one decision for all flows */
    set_path(d, 2, false, 1);
    CHECK_EQ(first_of(d, 0, 0), 2); /* it cannot carry anything */
    d->path[0].home = 1;
    CHECK_EQ(first_of(d, 0, 0), 1); /* no way lies between */
    set_path(d, 0, false, -1);
    set_path(d, 1, false, 10);
    CHECK(decider_ask(d, &d->policy.rule[0], 1, 0) == &d->policy.rule[0]);
    arena_release(&arena);
}

static enum status read_choices(const char *text, struct choices *out, struct why *w)
{
    const struct choice_names names = {paths, 3, flows, 2};
    char copy[512];
    (void)snprintf(copy, sizeof copy, "%s", text);
    FILE *f = fmemopen(copy, strlen(copy), "r");
    enum status st = choices_read(f, "f.csv", &names, &arena, out, w);
    (void)fclose(f);
    return st;
}

static void choices_hold_until_the_next_of_their_flow(void)
{
    const struct decide_config how = {.builtin = DECIDE_FAILOVER};
    struct decide_setup of = setup(&how);
    struct choices choices;
    struct why w;
    CHECK_EQ(read_choices("t_s,flow,direction,interfaces\n"
                          "1,call,down,red0\n"
                          "2,*,up,blue0\n"
                          "2,film,both,blue0+red0\n"
                          "3.5,call,both,wlan0\n",
                          &choices, &w),
             ST_OK);
    of.choices = &choices;
    struct decider *up = decider_new(&arena, &of, MONAMI_UP);
    struct decider *down = decider_new(&arena, &of, MONAMI_DOWN);
    CHECK_EQ(first_of(down, 0, SIM_S - 1), 1); /* not yet: the order of preference */
    CHECK_EQ(first_of(down, 0, SIM_S), 2);
    CHECK_EQ(first_of(down, 1, SIM_S), 1);
    CHECK_EQ(first_of(up, 0, SIM_S), 1);
    CHECK_EQ(first_of(up, 0, 2 * SIM_S), 3);
    CHECK_EQ(first_of(up, 2, 2 * SIM_S), 3); /* and what belongs to no flow */
    const struct flow_rule *film = decider_ask(up, &up->policy.rule[1], 1, 2 * SIM_S);
    CHECK(film->all);
    CHECK_EQ(film->bids, 2);
    CHECK_EQ(film->bid[1], 2);
    CHECK_EQ(first_of(down, 0, 3 * SIM_S), 2);
    CHECK_EQ(first_of(down, 0, 3500 * SIM_MS), 1);
    CHECK_EQ(first_of(up, 1, 100 * SIM_S), 3);
    arena_release(&arena);
}

static void mistakes_in_choices_are_told_with_their_place(void)
{
    static const struct {
        const char *text;
        const char *says;
    } bad[] = {
        {"", "f.csv: is empty: no line names the columns"},
        {"t_s,flow,direction,interfaces\n", "f.csv: has no rows"},
        {"t_s,flow,direction\n0,*,up\n", "f.csv:1: no column interfaces"},
        {"flow,direction,interfaces\n*,up,red0\n",
         "f.csv:1: needs one of the columns t_s and t_ms"},
        {"t_s,flow,direktion,interfaces\n",
         "f.csv:1:10: unknown column 'direktion'; did you mean 'direction'?"},
        {"t_s,flow,direction,interfaces\n0,calls,up,red0\n",
         "f.csv:2:3: flow: the node has no flow 'calls'; did you mean 'call'?"},
        {"t_s,flow,direction,interfaces\n0,*,upp,red0\n",
         "f.csv:2:5: direction: 'upp' is none of up, down and both"},
        {"t_s,flow,direction,interfaces\n0,*,up,red0+\n",
         "f.csv:2:8: interfaces: the node has no interface ''"},
        {"t_s,flow,direction,interfaces\n0,*,up,red0+red0\n",
         "f.csv:2:8: interfaces: interface 'red0' stands there twice"},
        {"t_s,flow,direction,interfaces\n1,*,up,red0\n0.5,*,up,red0\n",
         "f.csv:3:1: t_s: time goes back, from 1.000000 s"},
        {"t_ms,flow,direction,interfaces\n-1,*,up,red0\n",
         "f.csv:2:1: t_ms: '-1' is not a time from 0 to 1000000000 ms"},
    };
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        struct choices choices;
        struct why w = {""};
        const struct choice_names names = {paths, 3, flows, 2};
        char copy[512];
        (void)snprintf(copy, sizeof copy, "%s", bad[k].text);
        FILE *f = *copy ? fmemopen(copy, strlen(copy), "r") : fopen("/dev/null", "r");
        CHECK(choices_read(f, "f.csv", &names, &arena, &choices, &w) != ST_OK);
        (void)fclose(f);
        bool right = !strcmp(w.text, bad[k].says);
        if (!right)
            (void)fprintf(stderr, "says: %s\n", w.text);
        CHECK(right);
    }
    arena_release(&arena);
}

/* ---- a module ------------------------------------------------------------------------------ */

static struct monami_view seen;
static uint16_t wants[MONAMI_BIDS];
static unsigned wanted;

static unsigned as_told(const struct monami_view *view, uint16_t bid[MONAMI_BIDS])
{
    seen = *view;
    memcpy(bid, wants, sizeof wants);
    return wanted;
}

static void a_module_is_told_and_obeyed(void)
{
    const struct decide_config how = {.builtin = DECIDE_FAILOVER};
    struct decide_setup of = setup(&how);
    of.module = as_told;
    struct decider *d = decider_new(&arena, &of, MONAMI_DOWN);
    const struct flow_rule *rule = &d->policy.rule[1];
    CHECK(decider_looks(d));
    wants[0] = 3;
    wants[1] = 1;
    wants[2] = 3; /* once is enough */
    wanted = 3;
    const struct flow_rule *answer = decider_ask(d, rule, 1234, 7 * SIM_S);
    CHECK_EQ(answer->bids, 2);
    CHECK(answer->all);
    CHECK_EQ(answer->bid[0], 3);
    CHECK_EQ(answer->bid[1], 1);
    CHECK(!d->refuses);
    CHECK_EQ(seen.now_ns, 7 * SIM_S);
    CHECK(!strcmp(seen.node, "car") && !strcmp(seen.flow, "film"));
    CHECK_EQ(seen.direction, MONAMI_DOWN);
    CHECK_EQ(seen.bytes, 1234);
    CHECK_EQ(seen.paths, 3);
    CHECK(!strcmp(seen.path[1].interface, "red0"));
    CHECK_EQ(((const uint8_t *)seen.memory)[MONAMI_MEMORY_BYTES - 1], 0);
    wanted = 0;
    CHECK(decider_ask(d, rule, 1, 8 * SIM_S) == rule); /* by the order of preference */
    arena_release(&arena);
}

static void what_a_module_makes_up_is_refused(void)
{
    const struct decide_config how = {.builtin = DECIDE_FAILOVER};
    struct decide_setup of = setup(&how);
    of.module = as_told;
    struct decider *d = decider_new(&arena, &of, MONAMI_UP);
    memset(wants, 0, sizeof wants);
    wants[0] = 2;
    wants[1] = 9;
    wanted = 2;
    CHECK_EQ(decider_ask(d, &d->policy.rule[0], 1, 0)->bids, 1);
    CHECK(d->refuses);
    CHECK_EQ(d->refused, 9);
    wanted = 1000; /* more than there is room for */
    CHECK_EQ(decider_ask(d, &d->policy.rule[0], 1, 0)->bids, 1);
    CHECK(d->refuses);
    wanted = 1;
    CHECK_EQ(decider_ask(d, &d->policy.rule[0], 1, 0)->bids, 1);
    CHECK(!d->refuses);
    arena_release(&arena);
}

/* ---- what measures -------------------------------------------------------------------------- */

/* RFC 6298 2.2 and 2.3 with the numbers worked out by hand. */
static void round_trips_are_smoothed_as_for_tcp(void)
{
    struct round_trip r = {.known = false};
    round_trip_measure(&r, 80 * SIM_MS, SIM_S);
    CHECK_EQ(r.smoothed, 80 * SIM_MS);
    CHECK_EQ(r.variation, 40 * SIM_MS);
    round_trip_measure(&r, 120 * SIM_MS, 2 * SIM_S);
    CHECK_EQ(r.variation, 40 * SIM_MS); /* 3/4 of 40 and 1/4 of 40 */
    CHECK_EQ(r.smoothed, 85 * SIM_MS);
    round_trip_measure(&r, 45 * SIM_MS, 3 * SIM_S);
    CHECK_EQ(r.smoothed, 80 * SIM_MS);
    CHECK_EQ(r.variation, 40 * SIM_MS);
    CHECK_EQ(r.measured, 3 * SIM_S);
}

static void send_probe(struct probe *p, struct pool *packets, sim_time now)
{
    static const struct addr a = {{0x20, 1, [15] = 1}};
    struct pkt *sent = probe_next(p, packets, &a, &a, 7, now);
    pkt_give(packets, sent);
}

static void probes_measure_by_their_numbers(void)
{
    struct pool packets = pool_of(&arena, sizeof(struct pkt));
    struct probe p = {.sequence = 65534};
    struct monami_path path;
    probe_reset(&p);
    send_probe(&p, &packets, 0);
    send_probe(&p, &packets, 100 * SIM_MS);
    send_probe(&p, &packets, 200 * SIM_MS);
    CHECK_EQ(p.unanswered, 3);
    probe_answered(&p, 0, 230 * SIM_MS); /* the second one, after 65535 */
    CHECK_EQ(p.unanswered, 0);
    probe_describe(&p, &path);
    CHECK_EQ(path.round_trip_ns, 130 * SIM_MS);
    probe_answered(&p, 0, 400 * SIM_MS);   /* a copy of the answer */
    probe_answered(&p, 900, 400 * SIM_MS); /* never asked */
    probe_describe(&p, &path);
    CHECK_EQ(path.round_trip_ns, 130 * SIM_MS);
    CHECK_EQ(path.measured_ns, 230 * SIM_MS);
    probe_reset(&p);
    probe_describe(&p, &path);
    CHECK_EQ(path.round_trip_ns, -1);
    CHECK_EQ(path.measured_ns, -1);
    probe_answered(&p, 1, 500 * SIM_MS); /* of the path before */
    probe_describe(&p, &path);
    CHECK_EQ(path.round_trip_ns, -1);
    arena_release(&arena);
}

CHECK_MAIN(CASE(lists_are_answered_as_they_stand), CASE(the_least_delay_is_kept_within_the_margin),
           CASE(choices_hold_until_the_next_of_their_flow),
           CASE(mistakes_in_choices_are_told_with_their_place), CASE(a_module_is_told_and_obeyed),
           CASE(what_a_module_makes_up_is_refused), CASE(round_trips_are_smoothed_as_for_tcp),
           CASE(probes_measure_by_their_numbers))
