/* IPsec of home agents and their mobile nodes: policies, and SAs that are installed. */
#include <assert.h>
#include <string.h>

#include "models/node/agent.h"
#include "models/node/key_exchange.h"
#include "models/node/mobile.h"
#include "models/node/protect.h"
#include "sim/world/world_parts.h"

enum { CONTEXTS = 4096 }; /* of OpenSSL, kept at once */

static const char *const ways[] = {"up", "down"};

/* ---- keys ------------------------------------------------------------------------------------ */

static struct rng stream_of(struct world *w, const char *name, const char *what)
{
    return rng_stream(&w->seed, arena_format(w->arena, "%s.%s", name, what));
}

static void draw(struct rng *r, uint8_t *out, size_t n)
{
    for (size_t k = 0; k < n; k++)
        out[k] = (uint8_t)rng_u32(r);
}

static const struct manual_direction *manual_of(const struct ipsec_config *how, const char *policy,
                                                unsigned way)
{
    const struct manual_config *m = SCENARIO_FIND(how->manual, struct manual_config, policy);
    assert(m);
    return way == 0 ? &m->up : &m->down;
}

/* One direction of one SA, at both ends. */
struct direction {
    struct protected *sender;
    struct protected *receiver;
    const char *policy;
    unsigned number; /* of parallel ones */
    unsigned way;    /* 0 up, 1 down */
};

static void make_keys(struct world *w, const struct ipsec_config *how, const struct direction *d,
                      const char *name, struct sa_keys *keys, uint32_t *spi)
{
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)how->suite);
    *keys = (struct sa_keys){{0}, {0}};
    if (how->keying == KEYING_MANUAL) {
        const struct manual_direction *m = manual_of(how, d->policy, d->way);
        bool good =
            policies_hex(m->key ? m->key : "", keys->encryption,
                         (size_t)suite->key_bytes + suite->salt_bytes) &&
            policies_hex(m->integrity ? m->integrity : "", keys->integrity, suite->integrity_bytes);
        assert(good);
        *spi = (uint32_t)m->spi;
        return;
    }
    struct rng r = stream_of(w, name, "keys");
    struct rng s = stream_of(w, name, "spi");
    draw(&r, keys->encryption, (size_t)suite->key_bytes + suite->salt_bytes);
    draw(&r, keys->integrity, suite->integrity_bytes);
    *spi = sad_draw_spi(&protection_ipsec(d->receiver->of)->sad, &s);
}

static void install(struct world *w, const struct direction *d)
{
    const struct ipsec_config *how = d->sender->how;
    bool dynamic = how->keying != KEYING_MANUAL;
    const char *mobile = d->way == 0 ? d->sender->identity : d->receiver->identity;
    const char *name =
        arena_format(w->arena, "%s.ipsec.%s.%u.%s", mobile, d->policy, d->number, ways[d->way]);
    const struct addr *agent = &protection_ipsec(d->sender->of)->gateway;
    struct sa_keys keys;
    struct ipsec_keying k = {.suite = cipher_suite((enum cipher_name)how->suite),
                             .keys = &keys,
                             .lifetime = how->lifetime,
                             .esn = dynamic && how->anti_replay.esn,
                             .iv = stream_of(w, name, "iv")};
    make_keys(w, how, d, name, &keys, &k.spi);
    k.direction = SA_OUT;
    *(d->way == 0 ? &k.remote : &k.local) = *agent;
    (void)protection_install(d->sender, w->ciphers, d->policy, d->number, &k);
    sim_set_cause(w->sim, 0); /* of nothing that comes after */
    k.direction = SA_IN;
    k.window = dynamic ? (uint32_t)how->anti_replay.window : 0;
    k.local = addr_any;
    k.remote = addr_any;
    *(d->way == 0 ? &k.local : &k.remote) = *agent;
    (void)protection_install(d->receiver, w->ciphers, d->policy, d->number, &k);
    sim_set_cause(w->sim, 0);
}

static void install_all(struct world *w, struct protected *mobile, struct protected *agent,
                        unsigned bids)
{
    const struct spd *spd = mobile->subject->policies;
    for (unsigned e = 0; e < spd->entries; e++) {
        const struct spd_entry *entry = &spd->entry[e];
        unsigned count = entry->parallel ? policies_parallel(mobile->how, bids) : 1;
        for (unsigned k = 0; entry->action == SPD_PROTECT && k < count; k++) {
            const struct direction up = {mobile, agent, entry->name, k, 0};
            const struct direction down = {agent, mobile, entry->name, k, 1};
            install(w, &up);
            install(w, &down);
        }
    }
}

/* ---- who is protected ------------------------------------------------------------------------ */

/* A mobile node without IPsec at a home agent that has it for others. */
static const struct ipsec_config unprotected = {
    .signalling = 1, .prefix_discovery = 1, .return_routability = 1};

static uint16_t bid_of(const struct node_config *how, const char *interface)
{
    const struct interface_config *i = KEY_ITEMS(how->interfaces, struct interface_config);
    for (size_t k = 0; k < how->interfaces.n; k++) {
        if (interface && !strcmp(i[k].name, interface))
            return (uint16_t)(k + 1);
    }
    return 0;
}

static struct key_exchange *keys_of(struct world *w, struct node *n,
                                    const struct node_config *agent)
{
    struct key_exchange_setup setup = {.ciphers = w->ciphers,
                                       .timers = &w->scenario->timers.key,
                                       .homed = world_homed,
                                       .owner = w};
    if (agent) {
        setup.responder = &agent->responder;
        setup.pool = world_pool(w, agent);
        setup.pool_size = w->homes ? (uint32_t)agent->responder.pool_size : 0;
    }
    return n->keys ? n->keys : key_exchange_new(n, &setup);
}

/* What one end signs with. */
static void sign(struct world *w, const struct node_config *how, struct key_peer *peer)
{
    struct scenario_signer s;
    struct why why;
    bool good = scenario_signs(w->scenario, how, &s);
    assert(good);
    enum status st = key_files_key(&w->key_files, s.key, &peer->key, &why);
    if (!st)
        st = key_files_certs(&w->key_files, s.certificates, &peer->certs, &why);
    if (!st)
        st = key_files_certs(&w->key_files, s.trusted, &peer->trusted, &why);
    assert(!st); /* they have been checked */
}

/* Both ends learn what they have in common. */
static void exchange_keys(struct world *w, const struct node_config *how, struct protected *mobile,
                          struct protected *agent)
{
    const struct node_config *agent_how = scenario_node(w->scenario, how->home.agent);
    struct node *mn = protection_node(mobile->of);
    struct node *ha = protection_node(agent->of);
    struct key_peer peer = {.how = &how->ike,
                            .name = how->name,
                            .agent_name = agent_how->name,
                            .agent = protection_ipsec(agent->of)->gateway,
                            .bids = (unsigned)how->interfaces.n,
                            .preferred = bid_of(how, how->ike.coa),
                            .unix_start_s = w->scenario->general.date,
                            .home_prefix =
                                world_network(w, agent_how->network)->how->prefix.prefix};
    bool signs = how->ike.auth == IKE_BY_SIGNATURE;
    if (signs)
        sign(w, how, &peer);
    key_exchange_add(keys_of(w, mn, NULL), mobile, &peer);
    if (signs)
        sign(w, agent_how, &peer);
    key_exchange_add(keys_of(w, ha, agent_how), agent, &peer);
}

static void protect_mobile(struct world *w, const struct node_config *how, struct node *agent_node,
                           const struct addr *agent)
{
    struct why why;
    struct spd *spd = arena_take(w->arena, sizeof *spd);
    const struct ipsec_config *config = how->ipsec.given ? &how->ipsec : &unprotected;
    enum status st = policies_make(config, w->arena, spd, &why);
    assert(!st); /* it has been checked */
    struct protected *there =
        protection_add(agent_node->protection, &how->home.address, spd, config, how->name);
    if (!how->ipsec.given)
        return;
    struct protection *own = protection_new(world_node(w, how->name), agent, false);
    struct protected *here = protection_add(own, &how->home.address, spd, config, how->name);
    if (!how->home.registers) {
        protection_set_client(there);
        protection_set_client(here);
    }
    if (how->ipsec.keying == KEYING_IKE)
        exchange_keys(w, how, here, there);
}

/* At each of those that it may find: it has no IPsec itself. */
static void let_pass(struct world *w, const struct node_config *how)
{
    const struct node_config *agent = KEY_ITEMS(w->scenario->nodes, struct node_config);
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        struct node *n = scenario_serves(&agent[k], how) ? world_node(w, agent[k].name) : NULL;
        struct addr address = n ? world_address(w, &agent[k]) : addr_any;
        if (n && n->protection)
            protect_mobile(w, how, n, &address);
    }
}

void world_add_protection(struct world *w)
{
    const struct node_config *how = KEY_ITEMS(w->scenario->nodes, struct node_config);
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        struct node *n = how[k].role == ROLE_MOBILE && how[k].ipsec.given
                             ? world_node(w, how[k].home.agent)
                             : NULL;
        if (!n || n->protection)
            continue;
        struct addr address = world_address(w, scenario_node(w->scenario, how[k].home.agent));
        if (!w->ciphers)
            w->ciphers = ciphers_new(w->arena, CONTEXTS, w->scenario->general.crypto == 1);
        (void)protection_new(n, &address, true);
    }
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        if (how[k].role == ROLE_MOBILE)
            let_pass(w, &how[k]);
    }
}

void world_start_protection(struct world *w)
{
    const struct node_config *how = KEY_ITEMS(w->scenario->nodes, struct node_config);
    for (size_t k = 0; k < w->scenario->nodes.n; k++) {
        if (how[k].role != ROLE_MOBILE || !how[k].ipsec.given || how[k].ipsec.keying == KEYING_IKE)
            continue;
        const struct addr *home = &how[k].home.address;
        install_all(w, protection_of(world_node(w, how[k].name)->protection, home),
                    protection_of(world_node(w, how[k].home.agent)->protection, home),
                    (unsigned)how[k].interfaces.n);
    }
}

/* ---- for traces ------------------------------------------------------------------------------ */

static struct trace_sa tell(struct world *w, const struct node *n, const struct sa *sa)
{
    enum { TEXT = 160 };
    char *selectors = arena_take(w->arena, TEXT);
    const struct protected *who = sa->subject->owner;
    const struct ipsec *s = protection_ipsec(who->of);
    bool per_coa = sa->entry->parallel && policies_per_coa(who->how);
    selector_print(&sa->entry->selector, &sa->subject->address, &s->gateway, selectors, TEXT);
    return (struct trace_sa){
        .node = n->index,
        .spi = sa->spi,
        .direction = sa->direction,
        .mode = sa->mode,
        .suite = sa->suite->name,
        .window = sa->direction == SA_IN ? (int64_t)sa->replay.window : -1,
        .esn = sa->esn,
        .policy = sa->entry->name,
        .selectors = selectors,
        .end_point = sa->mode == SA_TUNNEL ? (s->is_gateway ? sa->remote : sa->local) : addr_any,
        .bid = per_coa ? (uint16_t)(sa->number + 1) : 0,
        .ike_spi = sa->ike,
        .made = sa->made,
        .moved = sa->moved ? sa->moved : -1,
        .ended = sa->ended ? sa->ended_at : -1,
        .packets = sa->count.packets,
        .bytes = sa->count.bytes,
        .icv = sa->count.icv,
        .replay = sa->count.replay,
        .too_old = sa->count.too_old,
        .selector = sa->count.selector,
        .dummy = sa->count.dummy,
        .tshark_encryption = sa->suite->tshark_encryption,
        .tshark_integrity = sa->suite->tshark_integrity,
        .encryption = sa->keys.encryption,
        .encryption_bytes = (size_t)sa->suite->key_bytes + sa->suite->salt_bytes,
        .integrity = sa->keys.integrity,
        .integrity_bytes = sa->suite->integrity_bytes};
}

struct trace_sa *world_sas(struct world *w, size_t *n)
{
    size_t count = 0;
    for (uint32_t k = 0; k < w->nodes; k++) {
        const struct ipsec *s =
            w->node[k]->protection ? protection_ipsec(w->node[k]->protection) : NULL;
        for (const struct sa *sa = s ? s->sad.first : NULL; sa; sa = sa->newer)
            count++;
    }
    struct trace_sa *list = arena_take(w->arena, (count + 1) * sizeof *list);
    *n = 0;
    for (uint32_t k = 0; k < w->nodes; k++) {
        const struct ipsec *s =
            w->node[k]->protection ? protection_ipsec(w->node[k]->protection) : NULL;
        for (const struct sa *sa = s ? s->sad.first : NULL; sa; sa = sa->newer)
            list[(*n)++] = tell(w, w->node[k], sa);
    }
    return list;
}
