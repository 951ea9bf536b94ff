/* What stands between a world and ns-3 (sim/ns3/engine.c, access.c), with a small simulator behind
 * the plain C faces in the place of ns-3: a medium that loses, pads, repeats and forgets frames. */
#include "sim/link/outside.h"
#include "sim/ns3/attribute.h"
#include "sim/ns3/csma.h"
#include "sim/ns3/engine.h"
#include "sim/ns3/lte.h"
#include "sim/ns3/p2p.h"
#include "sim/ns3/wifi.h"

#include "tests/check.h"
#include "tests/foreign_engine.h"

enum { ROOM = 64, PADDED = 100 };

static const sim_time on_air = 300 * SIM_US;
static const sim_time association = 120 * SIM_MS;
static const sim_time connection = 268 * SIM_MS;
static const sim_time handover = 20 * SIM_MS;

struct ns3_csma {
    int number;
};

struct ns3_lte {
    size_t cells;
    bool measured;
    double x[2];
    int joined;
};

struct ns3_device {
    struct ns3_device_events events;
    int medium;
    bool access_point; /* or the router's end of a bearer */
    bool wifi;         /* or LTE: nobody says when a frame is gone */
    bool lte;
    unsigned cell;
    bool on;        /* of CSMA; of Wi-Fi: associated */
    uint64_t asked; /* to associate: what was planned before counts no more */
};

struct ns3_direction {
    struct ns3_p2p_taker taker;
    struct ns3_p2p_config how;
    sim_time busy;
};

/* A frame on its way to one device. */
struct passage {
    struct ns3_device *to;
    struct ns3_device *from;
    struct ns3_direction *direction;
    uint64_t uid;
    size_t n;
    uint8_t byte[CARRIER_FRAME_MAX];
};

static struct fe fe;
static struct ns3_device device[ROOM];
static int devices;
static struct ns3_csma medium;
static struct ns3_lte lte;
static uint64_t uid;
static const char *doing;
static const char *refused; /* an attribute that is */
static int defaults;        /* attributes that are in force */
/* Every so many frames, 0: never. */
static struct {
    uint64_t full;
    uint64_t air;
    uint64_t silent;
    uint64_t twice;
} each;

/* ---- the faces ------------------------------------------------------------------------------- */

void ns3_clock_begin(uint32_t seed, uint64_t run)
{
    CHECK(seed > 0 && seed < 4294944443u && run == 0);
}

void ns3_clock_doing(const char *what)
{
    doing = what;
}

int64_t ns3_clock_now(void)
{
    return fe.now;
}

static void (*wake_fn)(void *owner, uint64_t number);

static void wake(struct fe *f, void *owner, uint64_t number)
{
    (void)f;
    wake_fn(owner, number);
}

bool ns3_clock_wake(int64_t delay, void (*fn)(void *owner, uint64_t number), void *owner,
                    uint64_t number, struct ns3_why *why)
{
    (void)why;
    CHECK(delay >= 0);
    wake_fn = fn;
    fe_plan(&fe, delay, wake, owner, number);
    return true;
}

bool ns3_clock_run(struct ns3_why *why)
{
    (void)why;
    fe_run(&fe);
    return true;
}

void ns3_clock_halt(void)
{
    fe_halt(&fe);
}

static void pass(struct fe *f, void *owner, uint64_t number);

void ns3_clock_end(void)
{
    while (fe.len) {
        struct fe_event e = fe_next(&fe);
        if (e.fn == pass)
            free(e.owner);
    }
    free(fe.heap);
    fe = (struct fe){.len = 0};
}

bool ns3_attribute_default(const char *name, const char *value, struct ns3_why *why)
{
    CHECK(doing && strstr(doing, name) && *value);
    defaults++;
    (void)snprintf(why->text, sizeof why->text, "is refused");
    return !refused || strcmp(name, refused) != 0;
}

bool ns3_attribute_restore(const char *name, struct ns3_why *why)
{
    (void)why;
    CHECK(doing && strstr(doing, name));
    defaults--;
    return true;
}

/* ---- what moves ------------------------------------------------------------------------------ */

static void gone(struct fe *f, void *owner, uint64_t number)
{
    struct ns3_device *d = owner;
    (void)f;
    d->events.gone(d->events.owner, number);
}

static void pass(struct fe *f, void *owner, uint64_t number)
{
    struct passage *p = owner;
    (void)number;
    if (p->direction) {
        p->direction->taker.arrived(p->direction->taker.owner, p->byte, p->n);
    } else if (p->to && (p->to->on || p->to->access_point)) {
        p->to->events.received(p->to->events.owner, p->uid, p->byte, p->n);
    } else if (p->from && !p->from->wifi) {
        fe_plan(f, 0, gone, p->from, p->uid);
    }
    free(p);
}

static void plan_passage(struct ns3_device *from, struct ns3_device *to, const uint8_t *body,
                         size_t n, sim_time delay)
{
    struct passage *p = calloc(1, sizeof *p);
    if (!p || n + PADDED > sizeof p->byte)
        abort();
    p->from = from;
    p->to = to;
    p->uid = uid;
    p->n = n < PADDED ? PADDED : n;
    if (n)
        memcpy(p->byte, body, n);
    fe_plan(&fe, delay, pass, p, 0);
}

static bool is_each(uint64_t every)
{
    return every && uid % every == 0;
}

bool ns3_device_send(struct ns3_device *d, const struct ns3_frame *f, struct ns3_why *why)
{
    (void)why;
    uid++;
    d->events.named(d->events.owner, uid);
    CHECK_EQ(f->type, 0x86dd);
    if (is_each(each.full)) {
        d->events.lost(d->events.owner, uid, NS3_LOST_FULL);
    } else if (!d->on && !d->access_point) {
        d->events.lost(d->events.owner, uid, NS3_LOST_AWAY);
    } else if (is_each(each.air)) {
        d->events.lost(d->events.owner, uid, NS3_LOST_AIR);
    } else if (!is_each(each.silent)) {
        for (int k = 0; k < devices; k++) {
            bool reaches = device[k].medium == d->medium && &device[k] != d;
            for (int copy = 0; reaches && (!f->to || f->to == &device[k]) && copy < 2; copy++) {
                if (!copy || is_each(each.twice))
                    plan_passage(d, &device[k], f->body, f->n, on_air + copy * SIM_MS);
            }
        }
        if (!d->wifi)
            plan_passage(d, NULL, NULL, 0, on_air);
    }
    return true;
}

static void associate(struct fe *f, void *owner, uint64_t number)
{
    struct ns3_device *d = owner;
    (void)f;
    if (number != d->asked)
        return;
    d->on = true;
    d->events.link(d->events.owner, true);
}

static void look_for_access_point(struct ns3_device *d)
{
    fe_plan(&fe, association, associate, d, ++d->asked);
}

bool ns3_device_attach(struct ns3_device *d, bool on, struct ns3_why *why)
{
    (void)why;
    if (!d->wifi) {
        d->on = on;
    } else if (on && !d->lte) {
        d->on = false;
        d->events.link(d->events.owner, false);
        look_for_access_point(d);
    }
    return true;
}

static struct ns3_device *add(int on_medium, bool wifi, bool access_point,
                              const struct ns3_device_events *events)
{
    struct ns3_device *d = &device[devices++];
    *d = (struct ns3_device){.events = *events,
                             .medium = on_medium,
                             .access_point = access_point,
                             .wifi = wifi,
                             .on = !wifi};
    if (wifi && !access_point)
        look_for_access_point(d);
    return d;
}

struct ns3_csma *ns3_csma_new(uint64_t rate, uint64_t delay, struct ns3_why *why)
{
    (void)why;
    CHECK(rate > 0 && delay > 0);
    return &medium;
}

struct ns3_device *ns3_csma_join(struct ns3_csma *net, uint32_t queue, int64_t streams,
                                 const struct ns3_device_events *events, struct ns3_why *why)
{
    (void)why;
    CHECK(net == &medium && queue > 0 && streams >= 0 && streams % 16 == 0);
    return add(1, false, false, events);
}

struct ns3_device *ns3_wifi_join(const struct ns3_wifi_config *how,
                                 const struct ns3_wifi_member *member,
                                 const struct ns3_device_events *events, struct ns3_why *why)
{
    (void)why;
    CHECK(how->channel == 40 && how->standard == NS3_WIFI_AC && !strcmp(how->ssid, "wlan"));
    CHECK(member->places == 1 && member->streams >= 0);
    CHECK_NEAR(member->place[0].x, 10, 1e-9);
    CHECK_NEAR(member->place[0].y, member->access_point ? 0 : 1, 1e-9);
    CHECK_EQ(defaults, 1);
    return add(2, true, member->access_point, events);
}

struct ns3_lte *ns3_lte_new(const struct ns3_lte_config *how, struct ns3_why *why)
{
    (void)why;
    CHECK(how->cells == 2 && how->streams >= 0);
    lte = (struct ns3_lte){how->cells, how->measured, {how->cell[0].x, how->cell[1].x}, 0};
    return &lte;
}

static void connect(struct fe *f, void *owner, uint64_t number)
{
    struct ns3_device *d = owner;
    (void)f;
    (void)number;
    d->cell = 1;
    d->on = true;
    d->events.cell(d->events.owner, d->cell, NS3_CELL_ATTACHED);
    d->events.link(d->events.owner, true);
}

/* For a while it has no radio link. */
static void fail_link(struct ns3_device *d)
{
    d->on = false;
    d->events.cell(d->events.owner, d->cell, NS3_CELL_RADIO_LINK_FAILED);
    d->events.link(d->events.owner, false);
    fe_plan(&fe, connection, connect, d, 0);
}

bool ns3_lte_join(struct ns3_lte *net, const struct ns3_lte_member *member,
                  const struct ns3_device_events events[2], struct ns3_device *both[2],
                  struct ns3_why *why)
{
    (void)why;
    CHECK(net == &lte && member->places == 1 && member->streams >= 0);
    CHECK(events[0].owner != events[1].owner);
    for (int k = 0; k < 2; k++) {
        both[k] = add(10 + lte.joined, true, true, &events[k]);
        both[k]->lte = true;
    }
    both[0]->access_point = false;
    both[0]->on = false;
    lte.joined++;
    fe_plan(&fe, connection, connect, both[0], 0);
    return true;
}

static void go_over(struct fe *f, void *owner, uint64_t number)
{
    struct ns3_device *d = owner;
    (void)f;
    d->cell = (unsigned)number;
    d->events.cell(d->events.owner, d->cell, NS3_CELL_HANDED_OVER);
}

bool ns3_lte_hand_over(struct ns3_device *ue, unsigned cell, struct ns3_why *why)
{
    (void)why;
    CHECK(ue->lte && !ue->access_point && cell <= lte.cells);
    if (ue->on && ue->cell != cell)
        fe_plan(&fe, handover, go_over, ue, cell);
    return true;
}

bool ns3_p2p_join(const struct ns3_p2p_config *how, const struct ns3_p2p_taker taker[2],
                  struct ns3_direction *direction[2], struct ns3_why *why)
{
    static struct ns3_direction all[ROOM];
    static int used;
    (void)why;
    for (int k = 0; k < 2; k++) {
        direction[k] = &all[used++ % ROOM];
        *direction[k] = (struct ns3_direction){taker[k], *how, 0};
    }
    return true;
}

bool ns3_p2p_send(struct ns3_direction *d, const uint8_t *frame, size_t n, struct ns3_why *why)
{
    struct passage *p = calloc(1, sizeof *p);
    (void)why;
    if (!p)
        abort();
    p->direction = d;
    p->n = n;
    memcpy(p->byte, frame, n);
    d->busy = (d->busy > fe.now ? d->busy : fe.now) + fe_time_of(8 * (n + 2), d->how.rate);
    fe_plan(&fe, d->busy - fe.now + (sim_time)d->how.delay, pass, p, 0);
    return true;
}

/* ---- worlds ---------------------------------------------------------------------------------- */

static struct world w;
static struct scenario scenario;
static struct arena arena;
static uint64_t lost_by[TAP_NODE_REASONS];
static uint64_t taken;
static uint64_t ups;
static sim_time first_up;
static const char *watched; /* how the names of the interfaces begin */
static char cells[400];     /* l2.cell, in order */

static void see_frame(void *self, const struct tap_frame *f)
{
    (void)self;
    bool ours = strstr(w.links.port[f->port]->name, watched) != NULL;
    if (ours && (f->what == TAP_LOST || f->what == TAP_DROPPED) && f->reason < TAP_NODE_REASONS)
        lost_by[f->reason]++;
}

static void see_packet(void *self, const struct tap_packet *p)
{
    (void)self;
    taken += p->step == TAP_TAKEN;
}

static void see_event(void *self, const struct tap_event *e)
{
    (void)self;
    bool ours = e->name == EV_L2_UP && !strncmp(e->field[0].text, watched, strlen(watched));
    if (ours && !ups++)
        first_up = e->t;
    if (e->name == EV_L2_CELL) {
        size_t n = strlen(cells);
        (void)snprintf(cells + n, sizeof cells - n, "%s %lld %s at %lld ms; ", e->field[0].text,
                       (long long)e->field[1].i, e->field[2].text, (long long)(e->t / SIM_MS));
    }
}

static struct tap observer = {.frame = see_frame, .packet = see_packet, .event = see_event};

static void begin_with(const char *network, const char *ns3, const char *events)
{
    char net[256];
    char what[256];
    char jitter[64];
    const char *set[] = {net, what, "expect=[]", jitter, "general.engine=ns3"};
    struct complaints *c = calloc(1, sizeof *c);
    struct yaml_node *root;
    if (!c)
        abort();
    (void)snprintf(net, sizeof net, "networks.%s.ns3=%s", network, ns3);
    (void)snprintf(jitter, sizeof jitter, "networks.%s.jitter=0 ms", network);
    (void)snprintf(what, sizeof what, "events=%s", events);
    arena = (struct arena){0};
    devices = 0;
    uid = taken = ups = 0;
    cells[0] = '\0';
    memset(lost_by, 0, sizeof lost_by);
    bool good =
        scenario_load(SCENARIOS "/wifi-lte-voice.yaml", set, 5, &arena, &scenario, &root, c);
    complaints_print(c, stderr);
    free(c);
    if (!good)
        abort();
    world_build_foreign(&w, &scenario, &arena, 1, 0, ns3_engine());
    sim_add_tap(w.sim, &observer);
    world_start(&w);
}

static void begin(const char *ns3, const char *events)
{
    watched = "wlan";
    begin_with("wlan", ns3, events);
}

static const struct outside_count *run_to(sim_time t)
{
    (void)foreign_run(w.foreign, t);
    CHECK_EQ(w.foreign->st, ST_OK);
    if (w.foreign->st)
        (void)fprintf(stderr, "    %s\n", w.foreign->why.text);
    return &world_network(&w, w.outside[0].network)->access->outside->count;
}

static void end(void)
{
    for (const struct carrier *r = w.links.carriers->first; r; r = r->next)
        CHECK(r->count.handed == r->channel->count.packets && !r->count.lost);
    ns3_engine()->end(ns3_engine()->self);
    world_free(&w); /* every packet is somewhere */
    arena_release(&arena);
    memset(&each, 0, sizeof each);
    CHECK(defaults == 0 && !doing);
}

#define WIFI                                                                  \
    "{device: wifi, standard: ac, channel: 40, position: {x: 10 m, y: 0 m}, " \
    "attributes: {ns3::A::B: 16}}"
#define LEAVES "[{at: 30 s, detach: car.wlan0}, {at: 40 s, attach: car.wlan0}]"

static void a_call_over_csma(void)
{
    begin("csma", "[]");
    const struct outside_count *c = run_to(70 * SIM_S);
    CHECK(taken > 5790 && ups == 1 && first_up == 550 * SIM_MS);
    CHECK(c->sent > 5000 && lost_by[DROP_LINK_LOSS] == 0 && lost_by[DROP_QUEUE_FULL] == 0);
    CHECK(world_network(&w, "wlan")->access->outside->out < 10); /* each is told to be gone */
    CHECK_EQ(devices, 2);
    end();
}

static void an_association_is_of_ns3(void)
{
    begin(WIFI, LEAVES);
    (void)run_to(35 * SIM_S);
    CHECK(ups == 1 && first_up == association);
    (void)run_to(40 * SIM_S + association - 1);
    CHECK_EQ(ups, 1);
    (void)run_to(70 * SIM_S);
    CHECK_EQ(ups, 2);
    CHECK(taken > 5700);
    end();
}

static void what_leaves_takes_its_frames_along(void)
{
    each.silent = 1; /* all are still in flight */
    begin(WIFI, LEAVES);
    const struct outside_count *c = run_to(29 * SIM_S);
    uint64_t before = c->lost;
    (void)run_to(30 * SIM_S);
    CHECK(c->lost > before && lost_by[DROP_LINK_DOWN] > 0);
    end();
}

static void what_ns3_loses_is_lost_for_its_reason(void)
{
    each.full = 50;
    each.air = 70;
    begin(WIFI, "[]");
    const struct outside_count *c = run_to(70 * SIM_S);
    CHECK(c->sent > 5000);
    CHECK(lost_by[DROP_QUEUE_FULL] >= c->sent / 50 - 2 && lost_by[DROP_QUEUE_FULL] <= c->sent / 50);
    CHECK(lost_by[DROP_LINK_LOSS] >= c->sent / 90 && lost_by[DROP_LINK_LOSS] <= c->sent / 70);
    end();
}

static void a_frame_without_a_word_is_lost_after_ten_seconds(void)
{
    each.silent = 40;
    begin(WIFI, "[]");
    const struct outside_count *c = run_to(70 * SIM_S);
    uint64_t silent = uid / 40;
    CHECK(lost_by[DROP_LINK_LOSS] > silent / 2 && lost_by[DROP_LINK_LOSS] < silent);
    CHECK(c->lost >= lost_by[DROP_LINK_LOSS]);
    CHECK(world_network(&w, "wlan")->access->outside->out < silent / 2);
    end();
}

static void what_comes_twice_counts_once(void)
{
    begin(WIFI, "[]");
    (void)run_to(70 * SIM_S);
    uint64_t once = taken;
    end();
    each.twice = 3;
    begin(WIFI, "[]");
    (void)run_to(70 * SIM_S);
    CHECK_EQ(taken, once);
    end();
}

#define LTE                                                                                     \
    "{device: lte, cells: [{x: 0 m, y: 0 m}, {x: 600 m, y: 0 m}], handover: told, attributes: " \
    "{ns3::A::B: 16}}"

static void begin_lte(const char *events)
{
    watched = "cell";
    begin_with("lte", LTE, events);
}

static void a_call_over_lte(void)
{
    begin_lte("[{at: 10 s, detach: car.wlan0}]");
    const struct outside_count *c = run_to(70 * SIM_S);
    CHECK(lte.cells == 2 && !lte.measured && lte.joined == 1 && devices == 2);
    CHECK(lte.x[0] < 1 && lte.x[1] > 599);
    CHECK(ups == 1 && first_up == connection);
    CHECK(taken > 5700 && c->sent > 5000 && lost_by[DROP_LINK_LOSS] == 0);
    CHECK(world_network(&w, "lte")->access->outside->out < 10); /* each ends as it arrives */
    CHECK(!strcmp(cells, "cell0 1 attached at 268 ms; "));
    end();
}

static void cells_change_as_they_are_told(void)
{
    begin_lte(
        "[{at: 30 s, hand_over: car.cell0, cell: 2}, {at: 31 s, hand_over: car.cell0, cell: 2},"
        " {at: 40 s, detach: car.cell0}, {at: 41 s, hand_over: car.cell0, cell: 1},"
        " {at: 42 s, attach: car.cell0}]");
    (void)run_to(70 * SIM_S);
    CHECK(!strcmp(cells, "cell0 1 attached at 268 ms; cell0 2 handed_over at 30020 ms; "));
    CHECK_EQ(ups, 2); /* at once: its radio was there all along */
    end();
}

static void a_radio_link_that_fails_takes_the_link_along(void)
{
    begin_lte("[{at: 10 s, detach: car.wlan0}]");
    (void)run_to(30 * SIM_S);
    fail_link(&device[0]);
    (void)run_to(30 * SIM_S + connection / 2);
    CHECK(lost_by[DROP_LINK_DOWN] > 0);
    uint64_t before = lost_by[DROP_LINK_DOWN];
    (void)run_to(70 * SIM_S);
    CHECK(ups == 2 && lost_by[DROP_LINK_DOWN] == before);
    CHECK(!strcmp(cells, "cell0 1 attached at 268 ms; cell0 1 radio_link_failure at 30000 ms; "
                         "cell0 1 attached at 30268 ms; "));
    end();
}

static void a_refused_attribute_says_where_it_stands(void)
{
    refused = "ns3::A::B";
    begin(WIFI, "[]");
    CHECK_EQ(w.foreign->st, ST_OUTSIDE);
    CHECK(!strcmp(w.foreign->why.text, "networks.wlan.ns3.attributes.ns3::A::B: is refused"));
    refused = NULL;
    defaults = 0; /* of one that is refused nothing is set back: the run is over */
    end();
}

CHECK_MAIN(CASE(a_call_over_csma), CASE(an_association_is_of_ns3),
           CASE(what_leaves_takes_its_frames_along), CASE(what_ns3_loses_is_lost_for_its_reason),
           CASE(a_frame_without_a_word_is_lost_after_ten_seconds),
           CASE(what_comes_twice_counts_once), CASE(a_call_over_lte),
           CASE(cells_change_as_they_are_told), CASE(a_radio_link_that_fails_takes_the_link_along),
           CASE(a_refused_attribute_says_where_it_stands))
