/* What key management asks for, at both ends. */
#include <string.h>

#include "sim/world/scenario_parts.h"

/* IKE's policies and pairs of SAs with one peer (models/node/key_parts.h, models/ike/parts.h). */
enum { POLICIES_MAX = 16, PAIRS_MAX = 24 };

static bool by_ike(const struct node_config *n)
{
    return n->role == ROLE_MOBILE && n->ipsec.given && n->ipsec.keying == KEYING_IKE;
}

static bool signs(const struct node_config *n)
{
    return by_ike(n) && n->ike.auth == IKE_BY_SIGNATURE;
}

bool scenario_signs(const struct scenario *s, const struct node_config *n,
                    struct scenario_signer *out)
{
    const struct node_config *other = KEY_ITEMS(s->nodes, struct node_config);
    if (signs(n)) {
        *out = (struct scenario_signer){"ike", n->ike.key, n->ike.certificates, n->ike.trusted, n};
        return true;
    }
    for (size_t k = 0; n->role == ROLE_HOME_AGENT && k < s->nodes.n; k++) {
        const struct key_responder *r = &n->responder;
        if (signs(&other[k]) && other[k].home.agent && !strcmp(other[k].home.agent, n->name)) {
            *out = (struct scenario_signer){"responder", r->key, r->certificates, r->trusted,
                                            &other[k]};
            return true;
        }
    }
    return false;
}

static const char *place(struct check *k, const struct node_config *n, const char *table,
                         const char *what)
{
    return arena_format(k->arena, "nodes.%s.%s%s%s", n->name, table, *what ? "." : "", what);
}

/* ---- pairs of SAs -------------------------------------------------------------------------- */

static void check_pairs(struct check *k, const struct node_config *n)
{
    struct spd spd;
    struct why w;
    unsigned policies = 0;
    unsigned pairs = 0;
    if (policies_make(&n->ipsec, k->arena, &spd, &w))
        return; /* it has been said */
    for (unsigned e = 0; e < spd.entries; e++) {
        const struct spd_entry *entry = &spd.entry[e];
        if (entry->action != SPD_PROTECT)
            continue;
        policies++;
        pairs += entry->parallel ? policies_parallel(&n->ipsec, (unsigned)n->interfaces.n) : 1;
    }
    if (policies > POLICIES_MAX || pairs > PAIRS_MAX)
        SAY(k, place(k, n, "ipsec", "keying"),
            "ike makes at most %d pairs of SAs by %d policies; here are %u by %u", PAIRS_MAX,
            POLICIES_MAX, pairs, policies);
}

/* ---- home addresses -------------------------------------------------------------------------- */

enum { FIRST_OF_POOL = 0x1000 };

struct addr scenario_pool(const struct key_responder *r, const struct prefix *network)
{
    return addr_unspecified(&r->pool) ? addr_join(network, FIRST_OF_POOL) : r->pool;
}

/* Whose address a home agent could give to somebody else; NULL: nobody's. */
static const char *owner_in_pool(struct check *k, const struct node_config *agent,
                                 const struct network_config *net)
{
    const struct node_config *n = KEY_ITEMS(k->s->nodes, struct node_config);
    struct addr first = scenario_pool(&agent->responder, &net->prefix.prefix);
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        const struct addr *a = n[j].role == ROLE_MOBILE ? &n[j].home.address : &n[j].address;
        uint64_t index = addr_identifier(a) - addr_identifier(&first);
        if (prefix_holds(&net->prefix.prefix, a) && index < (uint64_t)agent->responder.pool_size)
            return n[j].name;
    }
    return NULL;
}

static void check_pool(struct check *k, const struct node_config *agent,
                       const struct network_config *net)
{
    const struct addr *pool = &agent->responder.pool;
    const char *path = place(k, agent, "responder", "pool");
    const char *owner = owner_in_pool(k, agent, net);
    if (!addr_unspecified(pool) && !prefix_holds(&net->prefix.prefix, pool))
        SAY(k, path, "is not of network '%s'", net->name);
    if (!addr_unspecified(pool) && addr_identifier(pool) <= 1)
        SAY(k, path, "is an address of routers (RFC 4291 2.6.1)");
    if (owner)
        SAY(k, path, "has the address of '%s' among its %lld", owner,
            (long long)agent->responder.pool_size);
}

void scenario_check_homeless(struct check *k, const struct node_config *n,
                             const struct network_config *home)
{
    const struct interface_config *i = KEY_ITEMS(n->interfaces, struct interface_config);
    const struct flow_config *f = KEY_ITEMS(k->s->flows, struct flow_config);
    if (!by_ike(n)) {
        SAY(k, place(k, n, "home", ""),
            "needs an `address`; without one the home agent gives one by IKE: `ipsec: {keying: ike}`");
        return;
    }
    if (n->ike.identity == KEY_ID_HOME)
        SAY(k, place(k, n, "ike", "identity"), "it has no home address to say who it is by");
    for (size_t j = 0; j < n->interfaces.n; j++) {
        if (!strcmp(i[j].attach, home->name))
            SAY(k, arena_format(k->arena, "nodes.%s.interfaces.%s.attach", n->name, i[j].name),
                "on the home link it cannot begin without a home address");
    }
    for (size_t j = 0; j < k->s->flows.n; j++) {
        const char *const *end = f[j].between.items;
        const struct node_config *a = f[j].between.n == 2 ? scenario_node(k->s, end[0]) : NULL;
        const struct node_config *b = a ? scenario_node(k->s, end[1]) : NULL;
        if (b && (a == n || b == n) && a->role == ROLE_MOBILE && b->role == ROLE_MOBILE)
            SAY(k, arena_format(k->arena, "flows.%s.between", f[j].name),
                "the home address of '%s' is not known before the run", n->name);
    }
}

/* ---- files ----------------------------------------------------------------------------------- */

struct end {
    const struct node_config *node;
    struct scenario_signer is;
};

static bool is_there(struct check *k, const struct end *e, const char *file, const char *name)
{
    if (!file)
        SAY(k, place(k, e->node, e->is.table, ""),
            "needs `%s`, a file: node '%s' has `auth: signature`", name, e->is.since->name);
    return file != NULL;
}

static const struct sign_certs *read_certs(struct check *k, const struct end *e, const char *file,
                                           const char *name)
{
    const struct sign_certs *certs = NULL;
    struct why w;
    if (is_there(k, e, file, name) && key_files_certs(&k->files, file, &certs, &w))
        SAY(k, place(k, e->node, e->is.table, name), "%s", w.text);
    return certs;
}

static void check_files(struct check *k, const struct node_config *n)
{
    struct end e = {.node = n};
    const struct sign_key *key = NULL;
    struct why w;
    if (!scenario_signs(k->s, n, &e.is))
        return;
    if (is_there(k, &e, e.is.key, "key") && key_files_key(&k->files, e.is.key, &key, &w))
        SAY(k, place(k, n, e.is.table, "key"), "%s", w.text);
    const struct sign_certs *certs = read_certs(k, &e, e.is.certificates, "certificates");
    (void)read_certs(k, &e, e.is.trusted, "trusted");
    if (key && certs && !sign_key_fits(key, certs))
        SAY(k, place(k, n, e.is.table, "key"), "%s is not the key of the first certificate of %s",
            e.is.key, e.is.certificates);
}

/* ---- ends ------------------------------------------------------------------------------------ */

static void check_mobile(struct check *k, const struct node_config *n)
{
    const char *word = scenario_ike_word(k, &n->ike);
    if (n->ike.coa && !SCENARIO_FIND(n->interfaces, struct interface_config, n->ike.coa))
        SAY(k, place(k, n, "ike", "coa"), "'%s' is none of its interfaces", n->ike.coa);
    if ((n->ike.coa || n->ike.mobility != KEY_BY_K_BIT || word) && !n->ipsec.given) {
        SAY(k, place(k, n, "ike", ""), "goes with `ipsec`");
    } else if (word && !by_ike(n)) {
        SAY(k, place(k, n, "ike", word), "goes with `ipsec.keying: ike`");
    }
    if (!by_ike(n))
        return;
    scenario_check_ike_words(k, n);
    check_pairs(k, n);
}

static const char nobody_asks[] =
    "no mobile node of this home agent asks for an address: each has a `home.address`";

/* Of the mobile nodes of a home agent that have IKE. */
struct served {
    bool any;
    bool asked;  /* for a home address */
    bool prefix; /* for the home prefix */
    bool mobike;
};

static void check_responder(struct check *k, const struct node_config *n, const struct served *s)
{
    bool asked = s->asked;
    const struct key_responder *r = &n->responder;
    if (!asked && !addr_unspecified(&r->pool))
        SAY(k, place(k, n, "responder", "pool"), "%s", nobody_asks);
    if (!asked && r->pool_size != 1000) /* the default */
        SAY(k, place(k, n, "responder", "pool_size"), "%s", nobody_asks);
    if (!s->prefix && r->assigns_home)
        SAY(k, place(k, n, "responder", "assigns_home"),
            "no mobile node of this home agent asks for the home prefix (`ike: {home: prefix}`)");
    if (!s->mobike && !r->mobike_unbound)
        SAY(k, place(k, n, "responder", "mobike_unbound"),
            "no mobile node of this home agent has `ike: {mobility: mobike}`");
    if (r->cookies_from > r->half_open_max)
        SAY(k, place(k, n, "responder", "cookies_from"),
            "is above `half_open_max`: no cookie would ever be asked for");
}

static void check_agent(struct check *k, const struct node_config *n)
{
    const struct node_config *other = KEY_ITEMS(k->s->nodes, struct node_config);
    const struct network_config *net =
        SCENARIO_FIND(k->s->networks, struct network_config, n->network);
    struct served s = {.any = false};
    for (size_t j = 0; j < k->s->nodes.n; j++) {
        if (!by_ike(&other[j]) || !other[j].home.agent || strcmp(other[j].home.agent, n->name) != 0)
            continue;
        bool asks = addr_unspecified(&other[j].home.address);
        s.any = true;
        s.asked |= asks;
        s.prefix |= asks && other[j].ike.home == KEY_HOME_PREFIX;
        s.mobike |= other[j].ike.mobility == KEY_BY_MOBIKE;
    }
    if (n->responder_given && !s.any) {
        SAY(k, place(k, n, "responder", ""),
            "no mobile node of this home agent has `ipsec: {keying: ike}`");
    } else {
        check_responder(k, n, &s);
    }
    if (s.asked && net)
        check_pool(k, n, net);
}

/* The first network with a translator that it attaches to; NULL: none has. */
static const struct network_config *translated(struct check *k, const struct node_config *n)
{
    const struct interface_config *i = KEY_ITEMS(n->interfaces, struct interface_config);
    for (size_t j = 0; j < n->interfaces.n; j++) {
        const char *name;
        for (size_t r = 0; (name = scenario_named(&i[j], r)) != NULL; r++) {
            const struct network_config *net =
                SCENARIO_FIND(k->s->networks, struct network_config, name);
            if (net && net->shares) /* behind a phone */
                net = SCENARIO_FIND(k->s->networks, struct network_config, net->shares);
            if (net && net->translator.given)
                return net;
        }
    }
    return NULL;
}

static void check_translated(struct check *k, const struct node_config *n)
{
    const struct network_config *net = n->ipsec.given && !by_ike(n) ? translated(k, n) : NULL;
    if (net)
        SAY(k, place(k, n, "ipsec", "keying"),
            "has to be ike: ESP passes the translator of network '%s' in UDP alone, which IKE "
            "agrees on (RFC 3948)",
            net->name);
}

void scenario_check_ike(struct check *k, const struct node_config *n)
{
    if (n->role == ROLE_MOBILE) {
        check_mobile(k, n);
        check_translated(k, n);
    } else if (n->ike.coa || n->ike.mobility != KEY_BY_K_BIT || scenario_ike_word(k, &n->ike)) {
        SAY(k, place(k, n, "ike", ""), "stands at the mobile node; `responder` is a home agent's");
    }
    if (n->role == ROLE_HOME_AGENT) {
        check_agent(k, n);
    } else if (n->responder_given) {
        SAY(k, place(k, n, "responder", ""), "is a home agent's");
    }
    check_files(k, n);
}
