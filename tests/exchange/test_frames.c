/* Every frame of every scenario of the library: what must hold of all of them. */
#include <dirent.h>

#include "tests/small_world.h"

static struct {
    uint64_t frames, mh, home_options, nd, tunnels, updates;
} seen;

static bool wrong_at(const struct seen_frame *f, const char *what, const char *file)
{
    (void)fprintf(stderr, "%s: %s at %.6f s on port %s\n", file, what, (double)f->t / 1e9,
                  world.links.port[f->port]->name);
    return false;
}

/* MIP6-HAO-1, IP6-FWD-1: Hop-by-Hop, Routing, Destination Options, Fragment, upper layer. */
static bool order_holds(const struct seen_frame *f)
{
    static const uint8_t order[] = {IP6_HOP_BY_HOP, IP6_ROUTING, IP6_DEST_OPTS, IP6_FRAGMENT};
    uint8_t next = f->ip[IP6_AT_NEXT];
    size_t at = IP6_HEADER;
    size_t stage = 0;
    while (at + 8 <= f->n && at < f->c.upper_at) {
        while (stage < 4 && order[stage] != next)
            stage++;
        if (stage == 4)
            return false;
        stage++;
        next = f->ip[at];
        at += 8 * ((size_t)f->ip[at + 1] + 1);
    }
    return true;
}

/* Where the options of a Mobility Header stand: MIP6-MH-14, natural boundaries from its start. */
static bool options_fit(const uint8_t *mh, size_t n)
{
    static const size_t first[] = {8, 16, 16, 24, 24, 12, 12, 24};
    for (size_t at = first[mh[2]]; at < n;) {
        if (mh[at] == 0) {
            at++;
            continue;
        }
        size_t length = mh[at + 1];
        bool fits = true;
        if (mh[at] == 3)
            fits = at % 8 == 6;
        if (mh[at] == 2 || (mh[at] == 35 && length == 4))
            fits = at % 2 == 0;
        if (mh[at] == 35 && length > 4)
            fits = at % 8 == 2;
        if (mh[at] == 5)
            fits = at % 8 == 2 && at + 14 == n;
        if (!fits)
            return false;
        at += 2 + length;
    }
    return true;
}

static bool mh_holds(const struct seen_frame *f, const char *file)
{
    const uint8_t *mh = f->ip + f->c.upper_at;
    size_t n = f->n - f->c.upper_at;
    struct mh m;
    if (n < 8 || mh[0] != IP6_NONE)
        return wrong_at(f, "payload proto", file);
    if (n % 8 || 8 * ((size_t)mh[1] + 1) != n)
        return wrong_at(f, "length of the Mobility Header", file);
    if (!mh_of(f, &m))
        return wrong_at(f, "checksum over the home address", file);
    if (f->c.has_home && m.type != MH_BU)
        return wrong_at(f, "a Home Address option in front of something else than a BU", file);
    if (f->c.has_rh2 && m.type != MH_BA)
        return wrong_at(f, "a routing header in front of something else than a BA", file);
    if (mh[3] || (m.type == MH_BU && mh[9] & 0x0f))
        return wrong_at(f, "reserved bits", file);
    if (!options_fit(mh, n))
        return wrong_at(f, "an option off its boundary", file);
    if (m.type == MH_BU && m.flags & MH_BU_OVERWRITE && !m.bids)
        return wrong_at(f, "O without a BID", file);
    if (m.type == MH_BU && m.bids && m.has_alternate)
        return wrong_at(f, "Alternate Care-of Address beside a BID", file);
    for (unsigned k = 0; k < m.bids; k++)
        if (m.type != MH_BU && m.bid[k].length != 4)
            return wrong_at(f, "a BID option with an address outside a BU", file);
    if (m.type == MH_BA && m.has_refresh && (m.status >= 128 || m.refresh >= m.lifetime))
        return wrong_at(f, "refresh advice", file);
    seen.mh++;
    seen.updates += m.type == MH_BU;
    return true;
}

static bool nd_holds(const struct seen_frame *f, const char *file)
{
    struct nd_message m;
    if (f->c.has_home || f->c.has_rh2)
        return wrong_at(f, "mobility headers on neighbour discovery", file);
    if (f->h.hop_limit != 255)
        return wrong_at(f, "hop limit", file);
    if (!nd_of(f, &m))
        return wrong_at(f, "neighbour discovery that must be discarded", file);
    if (m.type == ICMP6_RS && addr_unspecified(&f->h.src) && m.options.has_source)
        return wrong_at(f, "RS from :: with a link-layer address", file);
    seen.nd++;
    return true;
}

/* What goes to and from the home address itself: RFC 6275 5.2.5, 9.5.5, 11.6.1; and a Binding
 * Update from there, which takes back what a correspondent has, with its answer (9.5.1). */
static bool may_be_tunnelled(const uint8_t *mh)
{
    uint8_t type = mh[2];
    bool ends = !mh[10] && !mh[11]; /* lifetime 0, of both */
    return type == MH_BRR || type == MH_HOTI || type == MH_HOT ||
           ((type == MH_BU || type == MH_BA) && ends);
}

static bool frame_holds(const struct seen_frame *f, const char *file)
{
    seen.frames++;
    if (f->fault || !order_holds(f))
        return wrong_at(f, "chain of headers", file);
    seen.home_options += f->c.has_home;
    seen.tunnels += f->c.upper == IP6_IP6;
    if (f->c.has_home && (addr_link_local(&f->h.dst) || !addr_unicast_routable(&f->c.home)))
        return wrong_at(f, "Home Address option", file);
    if (f->c.upper == IP6_MH)
        return mh_holds(f, file);
    struct ip6_chain inner;
    if (f->c.upper == IP6_IP6 && !ip6_walk(f->ip + f->c.upper_at, f->n - f->c.upper_at, &inner) &&
        inner.upper == IP6_MH && !may_be_tunnelled(f->ip + f->c.upper_at + inner.upper_at))
        return wrong_at(f, "a Mobility Header in a tunnel", file); /* MIP6-MH-13 */
    uint8_t type = f->c.upper == IP6_ICMP6 && f->c.upper_at < f->n ? f->ip[f->c.upper_at] : 0;
    return type >= ICMP6_RS && type <= ICMP6_REDIRECT ? nd_holds(f, file) : true;
}

static bool has_fallen_back(const struct node *n, sim_time by)
{
    for (unsigned k = 0; k < events; k++)
        if (happened[k].name == EV_FALLBACK && happened[k].node == n->index && happened[k].t <= by)
            return true;
    return false;
}

/* MCOA-MN-1: one plain BU wipes every binding that has an identifier, so a node that asks for
 * several never registers without, as long as it has not fallen back (trap 3). */
static bool identifiers_stand_in(const struct seen_frame *f)
{
    struct mh m;
    if (f->fault || f->c.upper != IP6_MH || !f->c.has_home || !mh_of(f, &m) || m.type != MH_BU ||
        !m.lifetime || m.bids)
        return true;
    for (uint32_t k = 0; k < world.nodes; k++) {
        const struct node *n = world.node[k];
        if (!n->mobile || !mobile_owns_home(n->mobile, &f->c.home))
            continue;
        return !n->mobile->bul.how.mcoa || has_fallen_back(n, f->t);
    }
    return true;
}

/* MIP6-SEQ-4, -5: numbers to one home agent rise by one, none is used twice. */
static bool sequences_rise(const char *file)
{
    uint16_t last[64] = {0};
    bool any[64] = {false};
    for (unsigned k = 0; k < events; k++) {
        const struct tap_event *e = &happened[k];
        if (e->name == EV_RESTARTED && e->node < 64)
            any[e->node] = false;
        if (e->name != EV_BU_SENT || e->node >= 64)
            continue;
        uint16_t sequence = (uint16_t)field_of(e, "sequence")->i;
        uint16_t ahead = (uint16_t)(sequence - last[e->node]);
        if (any[e->node] && (ahead == 0 || ahead > 32767)) {
            (void)fprintf(stderr, "%s: sequence %u after %u\n", file, sequence, last[e->node]);
            return false;
        }
        any[e->node] = true;
        last[e->node] = sequence;
    }
    return true;
}

static void everything_holds_in(const char *file)
{
    static const char *const set[] = {"expect=[]"};
    begin_world(file, set, 1);
    run_to(scenario.general.stop < 100 * SIM_S ? scenario.general.stop : 100 * SIM_S);
    bool good = seen_frames > 100;
    for (unsigned k = 0; k < seen_frames && good; k++)
        good = frame_holds(&frames[k], file) &&
               (identifiers_stand_in(&frames[k]) || wrong_at(&frames[k], "a plain BU", file));
    CHECK(good);
    CHECK(sequences_rise(file));
    for (uint32_t k = 0; k < world.links.ports; k++) { /* the filters are those of the present */
        struct port *port = world.links.port[k];
        uint64_t groups = port->groups;
        struct iface *i = port->owner;
        if (i->nd)
            nd_filter(i);
        CHECK(port->groups == groups);
    }
    end_world();
}

static void every_frame_of_the_library(void)
{
    DIR *dir = opendir(SCENARIOS);
    if (!dir)
        abort();
    unsigned files = 0;
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        size_t n = strlen(e->d_name);
        if (n < 6 || strcmp(e->d_name + n - 5, ".yaml") != 0)
            continue;
        everything_holds_in(e->d_name);
        files++;
    }
    (void)closedir(dir);
    (void)printf("%u files: %llu frames, %llu Mobility Headers, %llu home address options, "
                 "%llu neighbour discovery, %llu tunnels, %llu updates\n",
                 files, (unsigned long long)seen.frames, (unsigned long long)seen.mh,
                 (unsigned long long)seen.home_options, (unsigned long long)seen.nd,
                 (unsigned long long)seen.tunnels, (unsigned long long)seen.updates);
    static const char *const rules[] = {
        "MIP6-MH-1",  "MIP6-MH-3",   "MIP6-MH-6",  "MIP6-MH-7",  "MIP6-MH-11", "MIP6-MH-12",
        "MIP6-MH-13", "MIP6-MH-14",  "MIP6-MH-15", "MIP6-HAO-1", "MIP6-HAO-2", "MIP6-HAO-9",
        "MIP6-RH2-5", "IP6-FWD-1",   "IP6-ND-1",   "MCOA-MN-1",  "MCOA-MN-3",  "MCOA-MN-6",
        "MCOA-HA-8",  "MIP6-LIFE-5", "MIP6-SEQ-4", "MIP6-SEQ-5"};
    for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++) {
        RULE(rules[k]);
        CHECK(check_failures == 0 && files > 10 && seen.mh > 200 && seen.home_options > 100 &&
              seen.nd > 500 && seen.tunnels > 10000 && seen.updates > 100);
    }
}

CHECK_MAIN(CASE(every_frame_of_the_library))
