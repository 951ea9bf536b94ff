#include "models/ipsec/ipsec.h"

#include <assert.h>
#include <string.h>

void ipsec_init(struct ipsec *s, struct arena *a, const struct addr *gateway, bool is_gateway,
                const struct spd *general)
{
    *s = (struct ipsec){.arena = a,
                        .gateway = *gateway,
                        .is_gateway = is_gateway,
                        .general = general,
                        .next = SIM_NEVER};
    sad_init(&s->sad, a);
    pad_init(&s->pad, a);
    s->last = &s->first;
}

/* ---- subjects ------------------------------------------------------------------------------ */

static struct spd_subject **place(const struct ipsec *s, const struct addr *address)
{
    return &s->bucket[addr_hash(address) & (s->buckets - 1)];
}

struct spd_subject *ipsec_subject(const struct ipsec *s, const struct addr *address)
{
    struct spd_subject *e = s->buckets ? *place(s, address) : NULL;
    while (e && !addr_eq(&e->address, address))
        e = e->next;
    return e;
}

static void grow(struct ipsec *s)
{
    s->buckets = s->buckets ? 2 * s->buckets : 8;
    s->bucket = arena_take(s->arena, s->buckets * sizeof(struct spd_subject *));
    for (struct spd_subject *e = s->first; e; e = e->newer) {
        struct spd_subject **at = place(s, &e->address);
        e->next = *at;
        *at = e;
    }
}

struct spd_subject *ipsec_add_subject(struct ipsec *s, const struct addr *address,
                                      const struct spd *policies)
{
    assert(!ipsec_subject(s, address));
    if (s->subjects == s->buckets)
        grow(s);
    struct spd_subject *e = arena_take(s->arena, sizeof *e);
    struct spd_subject **at = place(s, address);
    *e = (struct spd_subject){.address = *address, .policies = policies, .next = *at};
    e->pair = arena_take(s->arena, (policies->pairs + 1) * sizeof *e->pair);
    *at = e;
    *s->last = e;
    s->last = &e->newer;
    s->subjects++;
    return e;
}

/* ---- policies ------------------------------------------------------------------------------- */

struct traffic ipsec_traffic(const struct ipsec *s, const struct addr *src, const struct addr *dst,
                             bool outbound, bool named)
{
    bool sent = outbound != s->is_gateway;
    struct traffic t = {
        .local = sent ? *src : *dst, .remote = sent ? *dst : *src, .sent = sent, .named = named};
    t.subject = ipsec_subject(s, &t.local);
    t.gateway = addr_eq(&t.remote, &s->gateway);
    return t;
}

static bool is_on(const struct spd_entry *e, const struct traffic *t)
{
    return e->on == SPD_ON_ANY || (e->on == SPD_ON_TUNNEL) == t->tunnel;
}

static const struct spd_entry *first_match(const struct spd *list, const struct traffic *t)
{
    for (unsigned k = 0; k < list->entries; k++) {
        const struct spd_entry *e = &list->entry[k];
        if (is_on(e, t) && selector_matches(&e->selector, t))
            return e;
    }
    return NULL;
}

const struct spd_entry *ipsec_policy(const struct ipsec *s, const struct traffic *t)
{
    return first_match(t->subject ? t->subject->policies : s->general, t);
}

struct ipsec_answer ipsec_out(const struct ipsec *s, const struct traffic *t, unsigned number)
{
    struct ipsec_answer a = {.verdict = IPSEC_NO_POLICY, .entry = ipsec_policy(s, t)};
    if (!a.entry || a.entry->action == SPD_DISCARD)
        return a;
    if (a.entry->action == SPD_BYPASS) {
        a.verdict = IPSEC_BYPASS;
        return a;
    }
    const struct spd_pair *pair = t->subject ? &t->subject->pair[a.entry->pair] : NULL;
    a.sa = pair && pair->sas ? pair->out[number % pair->sas] : NULL;
    a.verdict = a.sa ? IPSEC_PROTECT : IPSEC_NO_SA;
    return a;
}

enum ipsec_verdict ipsec_clear(const struct ipsec *s, const struct traffic *t)
{
    const struct spd_entry *e = ipsec_policy(s, t);
    if (!e || e->action == SPD_DISCARD)
        return IPSEC_NO_POLICY;
    return e->action == SPD_BYPASS ? IPSEC_BYPASS : IPSEC_CLEAR;
}

struct sa *ipsec_find(const struct ipsec *s, uint32_t spi)
{
    return sad_find(&s->sad, spi);
}

/* By the first policy that matches: what an earlier one speaks of is none of a later one's SA, as
 * if the list were decorrelated (4.4.1). */
enum ipsec_verdict ipsec_opened(struct sa *sa, const struct traffic *t)
{
    if (t->subject == sa->subject && first_match(sa->subject->policies, t) == sa->entry)
        return IPSEC_PROTECT;
    sa->count.selector++;
    return IPSEC_SELECTOR;
}

/* ---- SAs ------------------------------------------------------------------------------------- */

static void note_limit(struct ipsec *s, const struct sa *sa)
{
    const struct sa_lifetime *l = &sa->lifetime;
    if (l->soft && !sa->soft_told && sa->made + l->soft < s->next)
        s->next = sa->made + l->soft;
    if (l->hard && sa->made + l->hard < s->next)
        s->next = sa->made + l->hard;
}

static const struct spd_entry *entry_of(const struct spd *list, const char *name)
{
    for (unsigned k = 0; k < list->entries; k++) {
        if (list->entry[k].action == SPD_PROTECT && !strcmp(list->entry[k].name, name))
            return &list->entry[k];
    }
    return NULL;
}

struct sa *ipsec_install(struct ipsec *s, struct ciphers *c, struct spd_subject *of,
                         const char *entry, unsigned number, const struct ipsec_keying *how,
                         sim_time now)
{
    const struct spd_entry *e = entry_of(of->policies, entry);
    struct sa *sa = e && number < SPD_PARALLEL ? sad_add(&s->sad, how->direction, how->spi) : NULL;
    if (!sa)
        return NULL;
    sa->mode = e->mode;
    sa->suite = how->suite;
    sa->keys = *how->keys;
    sa->cipher = cipher_new(c, how->suite, sa->keys.encryption, sa->keys.integrity);
    sa->esn = how->esn;
    sa->iv = how->iv;
    sa->local = how->local;
    sa->remote = how->remote;
    sa->encapsulated = how->encapsulated;
    sa->local_port = how->local_port;
    sa->remote_port = how->remote_port;
    sa->entry = e;
    sa->subject = of;
    sa->number = (uint16_t)number;
    sa->lifetime = how->lifetime;
    sa->key = how->key;
    sa->ike = how->ike;
    sa->tells_use = how->tells_use;
    sa->made = now;
    if (how->direction == SA_IN)
        anti_replay_init(&sa->replay, how->window, how->esn, s->arena);
    struct spd_pair *pair = &of->pair[e->pair];
    struct sa **at = how->direction == SA_IN ? &pair->in[number] : &pair->out[number];
    if (*at && !how->beside)
        ipsec_end(s, *at, now);
    *at = sa;
    pair->asked = false;
    if (pair->sas <= number)
        pair->sas = number + 1;
    note_limit(s, sa);
    return sa;
}

bool ipsec_used(struct sa *sa, sim_time now)
{
    bool first = sa->tells_use;
    sa->tells_use = false;
    sa->used = now;
    return first;
}

void ipsec_end(struct ipsec *s, struct sa *sa, sim_time now)
{
    struct spd_pair *pair = &sa->subject->pair[sa->entry->pair];
    struct sa **at = sa->direction == SA_IN ? &pair->in[sa->number] : &pair->out[sa->number];
    if (*at == sa)
        *at = NULL;
    sad_end(&s->sad, sa, now);
}

/* The subject's end: of the gateway the far one, of the subject its own. */
static struct addr *subject_end(const struct ipsec *s, struct sa *sa)
{
    return s->is_gateway ? &sa->remote : &sa->local;
}

static unsigned move(const struct ipsec *s, struct sa *sa, const struct addr *from,
                     const struct addr *to, sim_time now)
{
    if (!sa || sa->mode != SA_TUNNEL || (s->is_gateway && sa->encapsulated) ||
        addr_eq(subject_end(s, sa), to) || (from && !addr_eq(subject_end(s, sa), from)))
        return 0;
    *subject_end(s, sa) = *to;
    sa->moved = now;
    return 1;
}

static bool means(int which, const struct spd_pair *pair, unsigned number)
{
    if (which == IPSEC_SINGLE)
        return pair->sas == 1;
    return which == IPSEC_ALL || (pair->sas > 1 && (unsigned)which % pair->sas == number);
}

unsigned ipsec_migrate(struct ipsec *s, struct spd_subject *of, int which, const struct addr *from,
                       const struct addr *to, sim_time now)
{
    unsigned moved = 0;
    for (unsigned p = 0; p < of->policies->pairs; p++) {
        struct spd_pair *pair = &of->pair[p];
        for (unsigned k = 0; k < pair->sas; k++) {
            if (!means(which, pair, k))
                continue;
            moved += move(s, pair->out[k], from, to, now);
            moved += move(s, pair->in[k], from, to, now);
        }
    }
    return moved;
}

/* ---- lifetimes ------------------------------------------------------------------------------- */

static bool reached(const struct sa *sa, sim_time length, int64_t bytes, sim_time now)
{
    return (length && now - sa->made >= length) || (bytes && (int64_t)sa->count.bytes >= bytes);
}

enum ipsec_lifetime ipsec_age(struct ipsec *s, struct sa *sa, sim_time now)
{
    const struct sa_lifetime *l = &sa->lifetime;
    if (reached(sa, l->hard, l->hard_bytes, now)) {
        ipsec_end(s, sa, now);
        return IPSEC_HARD;
    }
    if (!sa->soft_told && reached(sa, l->soft, l->soft_bytes, now)) {
        sa->soft_told = true;
        return IPSEC_SOFT;
    }
    return IPSEC_LIVES;
}

struct sa *ipsec_tick(struct ipsec *s, sim_time now, enum ipsec_lifetime *what)
{
    s->next = s->resume ? s->pending : SIM_NEVER;
    for (struct sa *sa = s->resume ? s->resume : s->sad.first; sa; sa = sa->newer) {
        if (sa->ended)
            continue;
        *what = ipsec_age(s, sa, now);
        if (!sa->ended)
            note_limit(s, sa);
        if (*what != IPSEC_LIVES) {
            s->resume = sa->newer;
            s->pending = s->next;
            if (sa->newer)
                s->next = now;
            return sa;
        }
    }
    s->resume = NULL;
    return NULL;
}
