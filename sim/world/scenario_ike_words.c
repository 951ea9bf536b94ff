/* Words of key management, and which of them go together. */
#include <string.h>

#include "models/ike/sk.h"
#include "scenarios/bind.h"
#include "sim/world/scenario_parts.h"

static const char *place(struct check *k, const struct node_config *n, const char *what)
{
    return arena_format(k->arena, "nodes.%s.ike.%s", n->name, what);
}

static bool differs(const struct key *k, const void *values, const void *others)
{
    const void *a = (const char *)values + k->at;
    const void *b = (const char *)others + k->at;
    switch (k->type) {
    case KEY_BOOL:
        return *(const bool *)a != *(const bool *)b;
    case KEY_WORD:
        return *(const int *)a != *(const int *)b;
    case KEY_SHARE:
        return *(const uint32_t *)a != *(const uint32_t *)b;
    case KEY_TEXT:
    case KEY_FILE: {
        const char *x = *(const char *const *)a;
        const char *y = *(const char *const *)b;
        return x && y ? strcmp(x, y) != 0 : x != y;
    }
    default: /* numbers and times */
        return *(const int64_t *)a != *(const int64_t *)b;
    }
}

/* `coa` and the K bit are for SAs that are installed, too. */
const char *scenario_ike_word(const struct check *k, const struct key_config *c)
{
    struct key_config unsaid = {.mobility_given = false};
    struct bind b = {.arena = k->arena, .complaints = k->c};
    bind_table(&b, NULL, key_config_keys, &unsaid, "");
    unsaid.coa = c->coa;
    if (c->mobility == KEY_STAYS)
        unsaid.mobility = KEY_STAYS;
    for (const struct key *key = key_config_keys; key->name; key++) {
        if (differs(key, c, &unsaid))
            return key->name;
    }
    return NULL;
}

static void check_values(struct check *k, const struct node_config *n)
{
    const struct key_config *c = &n->ike;
    struct ike_suite offer[IKE_OFFERS];
    unsigned offers;
    struct why w;
    if (key_parse_proposals(c->proposal, offer, &offers, &w))
        SAY(k, place(k, n, "proposal"), "%s", w.text);
    if (c->hard && c->soft > c->hard)
        SAY(k, place(k, n, "soft"), "is above `hard`: the IKE SA would be gone by then");
    if (c->auth == IKE_BY_SHARED_KEY && !*c->secret)
        SAY(k, place(k, n, "secret"), "is empty (RFC 7296 2.15)");
}

/* Whether Binding Updates carry K, and the home agent goes along with it. */
static bool by_k_bit(const struct check *k, const struct node_config *n)
{
    const struct node_config *agent = scenario_node(k->s, n->home.agent);
    return n->ike.mobility == KEY_BY_K_BIT && agent && agent->agent.moves_keys &&
           n->ipsec.signalling == 0 && !n->ipsec.policies.n;
}

/* What the mobility that is chosen makes no use of. */
static void check_mobility(struct check *k, const struct node_config *n)
{
    const struct key_config *c = &n->ike;
    bool mobike = c->mobility == KEY_BY_MOBIKE;
    if (c->order != KEY_PARALLEL && (c->mobility == KEY_STAYS || by_k_bit(k, n)))
        SAY(k, place(k, n, "order"),
            "goes with `mobility: mobike` or `re-establish`: else IKE sends nothing that could come "
            "first");
    if (c->old_sas != KEY_KEEPS_OLD && mobike)
        SAY(k, place(k, n, "old_sas"), "goes with another `mobility`: with mobike all SAs stay");
    if (!c->return_routability && !mobike)
        SAY(k, place(k, n, "return_routability"), "goes with `mobility: mobike` (RFC 4555 3.7)");
    if (c->additional_addresses && !mobike)
        SAY(k, place(k, n, "additional_addresses"), "goes with `mobility: mobike` (RFC 4555 3.6)");
}

/* With the K bit: nothing but a Binding Update could take IKE along, and where none does the home
 * agent should end it (RFC 6275 10.3.1). */
static void check_waiting(struct check *k, const struct node_config *n)
{
    const struct node_config *agent = scenario_node(k->s, n->home.agent);
    const char *path = place(k, n, "when_dead");
    if (n->ike.when_dead != KEY_WAITS || n->ike.mobility != KEY_BY_K_BIT || !n->home.registers)
        return;
    if (!n->mcoa.enabled) {
        SAY(k, path,
            "wait needs several care-of addresses with `mobility: k-bit`: the one that is registered "
            "is the one that IKE uses (RFC 6275 10.3.1)");
    } else if (agent && agent->responder.k_policy == KEY_K_LITERAL) {
        SAY(k, path, "wait is against `k_policy: literal` of '%s': each Binding Update moves it",
            agent->name);
    } else if (n->ike.old_sas == KEY_DROPS_OLD) {
        SAY(k, path,
            "wait is against `old_sas: drop`: the home agent ends an IKE SA whose care-of address is "
            "registered no more (RFC 6275 10.3.1)");
    }
}

static void check_proof(struct check *k, const struct node_config *n)
{
    const struct key_config *c = &n->ike;
    const struct {
        const char *name;
        bool said;
    } of_signatures[] = {{"key", c->key},
                         {"certificates", c->certificates},
                         {"trusted", c->trusted},
                         {"padding", c->padding != SIGN_PKCS1}};
    for (size_t j = 0; c->auth == IKE_BY_SHARED_KEY && j < 4; j++) {
        if (of_signatures[j].said)
            SAY(k, place(k, n, of_signatures[j].name), "goes with `auth: signature`");
    }
    if (c->home == KEY_HOME_PREFIX && !addr_unspecified(&n->home.address))
        SAY(k, place(k, n, "home"), "goes without `home.address`: it asks for one");
}

void scenario_check_ike_words(struct check *k, const struct node_config *n)
{
    check_values(k, n);
    check_proof(k, n);
    check_mobility(k, n);
    check_waiting(k, n);
}

void scenario_check_ike_timers(struct check *k)
{
    const struct key_timers *t = &k->s->timers.key;
    if (t->ike.max_timeout < t->ike.first_timeout)
        SAY(k, "timers.ike_max_timeout", "is below `ike_first_timeout`");
    if (t->suspect >= t->ike.tries)
        SAY(k, "timers.ike_suspect",
            "has to be below `ike_tries`: after so many the home agent itself is thought to be dead");
    if (t->fragment_bytes && t->fragment_bytes < IKE_FRAGMENT_LEAST)
        SAY(k, "timers.ike_fragment_bytes",
            "is too short: from %d B on %d fragments hold a message, whatever the suite; 0 B: no "
            "fragments",
            IKE_FRAGMENT_LEAST, IKE_FRAGMENTS);
}
