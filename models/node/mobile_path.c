#include "models/node/mobile_path.h"

#include <assert.h>

#include "models/node/key_exchange.h"
#include "models/node/optimise.h"
#include "models/node/path.h"

enum { PROBE_IDENTIFIER = 0x4d00 /* "M", and the BID below */ };

static void send_probe(struct sim *sim, void *owner);
static void come_back(struct sim *sim, void *owner);

void mobile_add_path(struct mobile *m, struct iface *i, uint16_t bid)
{
    assert(m->paths < MOBILE_PATHS && bid > 0);
    struct mobile_path *path = &m->path[m->paths++];
    *path = (struct mobile_path){.mobile = m, .iface = i, .bid = bid};
    sim_timer_init(&path->probing, send_probe, path);
    sim_timer_init(&path->back, come_back, path);
    if (m->bul.mcoa)
        bul_add(&m->bul, bid);
}

/* Packets get through, as far as it knows. */
static bool lives(const struct mobile_path *path)
{
    return path->has_coa && !path->shut && !path->probe_dead;
}

static bool has_agent(const struct mobile *m)
{
    return !addr_unspecified(&m->bul.how.agent);
}

static bool works(const struct mobile_path *path)
{
    /* With several care-of addresses an oracle steers packets and leaves the bindings alone. */
    return lives(path) && path->mobile->keyed && has_agent(path->mobile) &&
           !(path->oracle_dead && !path->mobile->bul.mcoa);
}

static struct mobile_path *path_of(struct mobile *m, const struct iface *i)
{
    for (unsigned k = 0; k < m->paths; k++) {
        if (m->path[k].iface == i)
            return &m->path[k];
    }
    return NULL;
}

uint16_t mobile_bid_of(const struct mobile *m, const struct addr *coa)
{
    for (unsigned k = 0; k < m->paths; k++) {
        if (m->path[k].has_coa && addr_eq(&m->path[k].coa, coa))
            return m->path[k].bid;
    }
    return 0;
}

bool mobile_is_bound(const struct mobile *m, const struct addr *coa)
{
    return bul_has(&m->bul, coa);
}

/* ---- what is wanted -------------------------------------------------------- */

static void tell_list(struct mobile *m, uint16_t bid, const struct mobile_path *path)
{
    struct bul_acts acts;
    acts.n = 0;
    sim_time now = sim_now(m->node->sim);
    if (path) {
        bul_want(&m->bul, bid, &path->coa, now, &acts);
    } else {
        bul_unwant(&m->bul, bid, now, &acts);
    }
    mobile_do(m, &acts);
}

/* One care-of address for all: the first interface that works (RFC 6275 11.5.4). */
static void plan_single(struct mobile *m)
{
    const struct mobile_path *best = NULL;
    for (unsigned k = 0; k < m->paths && !best; k++) {
        if (m->path[k].wanted)
            best = &m->path[k];
    }
    tell_list(m, 0, best);
}

void mobile_plan(struct mobile *m)
{
    if (m->client)
        return;
    if (!m->bul.mcoa) {
        plan_single(m);
        return;
    }
    m->bul.held = true; /* so that one BU names all */
    /* What works first: a deregistration needs a care-of address to be sent from. */
    for (unsigned k = 0; k < m->paths && m->bul.mcoa; k++) {
        if (m->path[k].wanted)
            tell_list(m, m->path[k].bid, &m->path[k]);
    }
    for (unsigned k = 0; k < m->paths && m->bul.mcoa; k++) {
        if (!m->path[k].wanted)
            tell_list(m, m->path[k].bid, NULL);
    }
    m->bul.held = false;
    struct bul_acts acts;
    acts.n = 0;
    bul_tick(&m->bul, sim_now(m->node->sim), &acts);
    mobile_do(m, &acts);
}

static void tell_one(struct mobile *m, const struct mobile_path *path)
{
    if (m->client)
        return;
    if (m->bul.mcoa) {
        tell_list(m, path->bid, path->wanted ? path : NULL);
    } else {
        plan_single(m);
    }
}

static bool another_wanted(const struct mobile *m, const struct mobile_path *but)
{
    for (unsigned k = 0; k < m->paths; k++) {
        if (&m->path[k] != but && m->path[k].wanted)
            return true;
    }
    return false;
}

/* Everybody who had to wait is wanted after all when nothing else is left. */
static void release_held(struct mobile *m)
{
    for (unsigned k = 0; k < m->paths; k++) {
        struct mobile_path *path = &m->path[k];
        if (!sim_armed(&path->back) || !works(path))
            continue;
        sim_stop(m->node->sim, &path->back);
        path->wanted = true;
        tell_one(m, path);
    }
}

static void review(struct mobile_path *path)
{
    struct mobile *m = path->mobile;
    struct sim *sim = m->node->sim;
    if (!works(path)) {
        optimise_lost(m, path->bid, &path->coa);
        path->failed_before |= path->wanted;
        path->wanted = false;
        sim_stop(sim, &path->back);
        if (!another_wanted(m, path))
            release_held(m);
    } else if (!path->wanted) {
        bool hold = path->failed_before && m->detection.back_after && another_wanted(m, path);
        if (hold && !sim_armed(&path->back))
            sim_arm_in(sim, &path->back, m->detection.back_after);
        path->wanted = !hold;
    }
    key_exchange_review(m->node); /* first: a Binding Update may have to wait for it */
    tell_one(m, path);
}

static void come_back(struct sim *sim, void *owner)
{
    struct mobile_path *path = owner;
    (void)sim;
    if (!works(path))
        return;
    path->wanted = true;
    key_exchange_review(path->mobile->node);
    tell_one(path->mobile, path);
}

void mobile_paths_anew(struct mobile *m)
{
    for (unsigned k = 0; k < m->paths; k++) {
        struct mobile_path *path = &m->path[k];
        path->probe_dead = false;
        probe_reset(&path->probe);
        sim_stop(m->node->sim, &path->back);
        path->wanted = works(path);
    }
}

/* ---- key management -------------------------------------------------------- */

void mobile_set_keyed(struct mobile *m)
{
    if (m->keyed)
        return;
    m->keyed = true;
    for (unsigned k = 0; k < m->paths; k++)
        m->path[k].wanted = works(&m->path[k]);
    mobile_plan(m);
}

void mobile_set_key_address(struct mobile *m, const struct addr *coa)
{
    if (m->bul.how.moves_keys) /* else it is none of the list's business */
        m->bul.key_coa = *coa;
}

void mobile_move_keys(struct mobile *m, const struct addr *from)
{
    struct bul_acts acts;
    acts.n = 0;
    bul_move_keys(&m->bul, from, sim_now(m->node->sim), &acts);
    mobile_do(m, &acts);
}

void mobile_hold_updates(struct mobile *m, bool on)
{
    struct bul_acts acts;
    acts.n = 0;
    m->bul.waits = on;
    if (!on)
        bul_tick(&m->bul, sim_now(m->node->sim), &acts);
    mobile_do(m, &acts);
}

bool mobile_key_choice(const struct mobile *m, uint16_t preferred, bool stays,
                       const struct addr *now, const struct addr *avoid, struct addr *coa)
{
    const struct mobile_path *best = NULL;
    if (m->home_iface && !mobile_simultaneous(m)) {
        *coa = m->bul.how.home;
        return true;
    }
    for (unsigned k = 0; k < m->paths; k++) {
        const struct mobile_path *path = &m->path[k];
        bool is_now = addr_eq(&path->coa, now);
        bool waits = !m->bul.mcoa && m->keyed && !path->wanted; /* it is none of its own */
        if (!lives(path) || path->oracle_dead || waits || (avoid && addr_eq(avoid, &path->coa)) ||
            (stays && preferred && path->bid != preferred) || (stays && !preferred && !is_now))
            continue;
        if (preferred && path->bid == preferred) {
            best = path;
            break;
        }
        if (!best || (is_now && m->bul.mcoa))
            best = path;
    }
    if (best)
        *coa = best->coa;
    return best != NULL;
}

unsigned mobile_others(const struct mobile *m, const struct addr *but, struct addr *list,
                       unsigned most)
{
    unsigned n = 0;
    for (unsigned k = 0; k < m->paths && n < most; k++) {
        const struct mobile_path *path = &m->path[k];
        if (lives(path) && !path->oracle_dead && !addr_eq(&path->coa, but))
            list[n++] = path->coa;
    }
    return n;
}

/* ---- addresses ------------------------------------------------------------- */

void mobile_address_changed(struct mobile *m, struct iface *i)
{
    struct mobile_path *path = path_of(m, i);
    if (!path)
        return;
    const struct nd_address *a = i->up ? address_global(i) : NULL;
    const struct nd_router *r = a ? solicit_router(i, &a->addr) : NULL;
    bool at_home = m->home_iface == i;
    bool has_coa = at_home ? mobile_simultaneous(m) : r != NULL;
    const struct addr *coa = at_home ? &m->bul.how.home : a ? &a->addr : &addr_any;
    if (has_coa == path->has_coa && (!has_coa || addr_eq(&path->coa, coa)))
        return;
    path->has_coa = has_coa;
    if (has_coa)
        path->coa = *coa;
    path->probe_dead = false;
    probe_reset(&path->probe);
    if (has_coa && !at_home && m->detection.probing.every) {
        sim_arm_in(m->node->sim, &path->probing, m->detection.probing.every);
    } else {
        sim_stop(m->node->sim, &path->probing);
    }
    review(path);
}

/* ---- shutting an interface --------------------------------------------------- */

void mobile_unbound(struct mobile *m, uint16_t bid)
{
    for (unsigned k = 0; k < m->paths; k++) {
        struct mobile_path *path = &m->path[k];
        if (!path->shut_done || (m->bul.mcoa && path->bid != bid))
            continue;
        void (*done)(void *owner) = path->shut_done;
        path->shut_done = NULL;
        done(path->shut_owner);
    }
}

/* The last care-of address deregisters from itself: it is still there. */
static void leave_from_itself(struct mobile *m, uint16_t bid)
{
    struct bul_acts acts;
    acts.n = 0;
    bul_release(&m->bul, bid, sim_now(m->node->sim), &acts);
    mobile_do(m, &acts);
}

void mobile_shut(struct mobile *m, struct iface *i, void *owner, void (*done)(void *owner))
{
    struct mobile_path *path = path_of(m, i);
    uint16_t bid = m->bul.mcoa && path ? path->bid : 0;
    const struct bul_entry *e = path ? bul_find(&m->bul, bid) : NULL;
    if (!e || e->state == BUL_UNBOUND || e->state == BUL_REFUSED || !m->bul.mcoa) {
        done(owner); /* one binding moves by itself when the address is gone */
        return;
    }
    path->shut = true;
    path->shut_owner = owner;
    path->shut_done = done;
    review(path);
    if (!another_wanted(m, path))
        leave_from_itself(m, bid);
}

void mobile_reattached(struct mobile *m, const struct iface *i)
{
    struct mobile_path *path = path_of(m, i);
    if (path)
        path->shut_done = NULL;
}

void mobile_opened(struct mobile *m, const struct iface *i)
{
    struct mobile_path *path = path_of(m, i);
    if (!path || !path->shut)
        return;
    path->shut = false;
    path->shut_done = NULL;
    review(path);
}

/* ---- probes ------------------------------------------------------------------ */

static void set_probe_dead(struct mobile_path *path, bool dead)
{
    struct node *n = path->mobile->node;
    if (path->probe_dead == dead)
        return;
    path->probe_dead = dead;
    NODE_EVENT(n, dead ? EV_PATH_DEAD : EV_PATH_ALIVE, field_text("interface", path->iface->name),
               field_text("how", "probe"));
    review(path);
    if (dead)
        mobile_discovery_probed(path->mobile);
}

/* An echo request from the care-of address to the home agent, outside every tunnel. */
static void send_probe(struct sim *sim, void *owner)
{
    struct mobile_path *path = owner;
    struct mobile *m = path->mobile;
    sim_arm_in(sim, &path->probing, m->detection.probing.every);
    if (!has_agent(m))
        return;
    if (path->probe.unanswered >= m->detection.probing.lost)
        set_probe_dead(path, true);
    path_out_plain(m->node,
                   probe_next(&path->probe, m->node->packets, &path->coa, &m->bul.how.agent,
                              (uint16_t)(PROBE_IDENTIFIER | (path->bid & 0xff)), sim_now(sim)));
}

bool mobile_probe_reply(struct mobile *m, const struct ip6 *h, const struct icmp6_echo *e)
{
    for (unsigned k = 0; k < m->paths; k++) {
        struct mobile_path *path = &m->path[k];
        if (!path->has_coa || !addr_eq(&h->dst, &path->coa) || !addr_eq(&h->src, &m->bul.how.agent))
            continue;
        if (e->identifier != (PROBE_IDENTIFIER | (path->bid & 0xff)))
            continue;
        const struct nd_router *r = solicit_router(path->iface, &path->coa);
        probe_answered(&path->probe, e->sequence, sim_now(m->node->sim));
        if (r)
            neighbour_confirm(path->iface, &r->addr);
        set_probe_dead(path, false);
        return true;
    }
    return false;
}

void mobile_measured(struct mobile *m, const struct addr *coa, sim_time length)
{
    for (unsigned k = 0; k < m->paths; k++) {
        struct mobile_path *path = &m->path[k];
        if (path->has_coa && addr_eq(&path->coa, coa))
            round_trip_measure(&path->probe.round_trip, length, sim_now(m->node->sim));
    }
}

/* ---- oracle ------------------------------------------------------------------ */

void mobile_oracle(struct mobile *m, struct iface *i, bool carries)
{
    struct mobile_path *path = path_of(m, i);
    if (!path || path->oracle_dead == !carries)
        return;
    path->oracle_dead = !carries;
    NODE_EVENT(m->node, carries ? EV_PATH_ALIVE : EV_PATH_DEAD, field_text("interface", i->name),
               field_text("how", "oracle"));
    review(path);
}
