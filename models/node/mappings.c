#include "models/node/mappings.h"

#include <assert.h>

void mappings_init(struct mappings *m, struct arena *a, sim_time life, enum mapping_filter filter,
                   uint16_t low, uint16_t high)
{
    assert(low && low <= high);
    *m = (struct mappings){.arena = a, .life = life, .filter = filter, .low = low, .high = high};
    for (unsigned k = 0; k < MAPPING_KINDS; k++)
        m->next[k] = low;
}

/* ---- what it is found by --------------------------------------------------------------------- */

static unsigned inside_bucket(enum mapping_kind kind, const struct addr *a, uint16_t port)
{
    uint64_t h = (addr_hash(a) ^ port ^ (uint64_t)kind << 16) * 0x9e3779b97f4a7c15u;
    return (unsigned)(h >> 32) % MAPPING_BUCKETS;
}

static unsigned outside_bucket(enum mapping_kind kind, uint16_t port)
{
    return (port + (unsigned)kind) % MAPPING_BUCKETS;
}

struct mapping *mappings_inside(const struct mappings *m, enum mapping_kind kind,
                                const struct addr *inside, uint16_t port)
{
    struct mapping *e = m->by_inside[inside_bucket(kind, inside, port)];
    while (e && (e->kind != kind || e->inside_port != port || !addr_eq(&e->inside, inside)))
        e = e->next_inside;
    return e;
}

struct mapping *mappings_outside(const struct mappings *m, enum mapping_kind kind, uint16_t port)
{
    struct mapping *e = m->by_outside[outside_bucket(kind, port)];
    while (e && (e->kind != kind || e->port != port))
        e = e->next_outside;
    return e;
}

/* ---- by use ---------------------------------------------------------------------------------- */

static void append(struct mappings *m, struct mapping *e)
{
    e->older = m->newest;
    e->newer = NULL;
    *(m->newest ? &m->newest->newer : &m->oldest) = e;
    m->newest = e;
}

static void unlink_use(struct mappings *m, struct mapping *e)
{
    *(e->older ? &e->older->newer : &m->oldest) = e->newer;
    *(e->newer ? &e->newer->older : &m->newest) = e->older;
}

/* ---- making and ending ------------------------------------------------------------------------
 */

static uint16_t after(const struct mappings *m, uint16_t port)
{
    return port == m->high ? m->low : (uint16_t)(port + 1);
}

/* 0: none is left. */
static uint16_t free_port(struct mappings *m, enum mapping_kind kind)
{
    if (m->count[kind] > (unsigned)(m->high - m->low))
        return 0;
    uint16_t port = m->next[kind];
    while (mappings_outside(m, kind, port))
        port = after(m, port);
    m->next[kind] = after(m, port);
    return port;
}

static struct mapping *make(struct mappings *m, enum mapping_kind kind, const struct addr *inside,
                            uint16_t inside_port)
{
    uint16_t port = free_port(m, kind);
    if (!port)
        return NULL;
    struct mapping *e = m->spare;
    if (e) {
        m->spare = e->next_inside;
    } else {
        e = arena_take(m->arena, sizeof *e);
    }
    *e =
        (struct mapping){.kind = kind, .inside = *inside, .inside_port = inside_port, .port = port};
    struct mapping **in = &m->by_inside[inside_bucket(kind, inside, inside_port)];
    struct mapping **out = &m->by_outside[outside_bucket(kind, port)];
    e->next_inside = *in;
    e->next_outside = *out;
    *in = *out = e;
    append(m, e);
    m->count[kind]++;
    return e;
}

static void note_peer(struct mapping *e, const struct addr *peer)
{
    for (unsigned k = 0; k < e->peers && k < MAPPING_PEERS; k++) {
        if (addr_eq(&e->peer[k], peer))
            return;
    }
    e->peer[e->peers++ % MAPPING_PEERS] = *peer;
}

struct mapping *mappings_out(struct mappings *m, enum mapping_kind kind, const struct addr *inside,
                             uint16_t port, const struct addr *peer, sim_time now, bool *made)
{
    struct mapping *e = mappings_inside(m, kind, inside, port);
    *made = !e;
    if (!e)
        e = make(m, kind, inside, port);
    if (!e)
        return NULL;
    note_peer(e, peer);
    e->used = now;
    if (m->newest != e) {
        unlink_use(m, e);
        append(m, e);
    }
    return e;
}

bool mappings_lets_in(const struct mappings *m, const struct mapping *to, const struct addr *peer)
{
    if (m->filter == MAPPING_FROM_ANYBODY)
        return true;
    for (unsigned k = 0; k < to->peers && k < MAPPING_PEERS; k++) {
        if (addr_eq(&to->peer[k], peer))
            return true;
    }
    return false;
}

static void forget(struct mappings *m, struct mapping *e)
{
    struct mapping **in = &m->by_inside[inside_bucket(e->kind, &e->inside, e->inside_port)];
    struct mapping **out = &m->by_outside[outside_bucket(e->kind, e->port)];
    while (*in != e)
        in = &(*in)->next_inside;
    while (*out != e)
        out = &(*out)->next_outside;
    *in = e->next_inside;
    *out = e->next_outside;
    unlink_use(m, e);
    m->count[e->kind]--;
    e->next_inside = m->spare;
    m->spare = e;
}

bool mappings_end(struct mappings *m, sim_time now, struct mapping *ended)
{
    struct mapping *e = m->oldest;
    if (!e || e->used + m->life > now)
        return false;
    *ended = *e;
    forget(m, e);
    return true;
}

sim_time mappings_next(const struct mappings *m)
{
    return m->oldest ? m->oldest->used + m->life : SIM_NEVER;
}
