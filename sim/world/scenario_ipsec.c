/* What a mobile node's IPsec asks for. */
#include <string.h>

#include "sim/world/scenario_parts.h"

static const char *place(struct check *k, const struct node_config *n, const char *what)
{
    return arena_format(k->arena, "nodes.%s.ipsec%s%s", n->name, *what ? "." : "", what);
}

static void check_replay(struct check *k, const struct node_config *n)
{
    const struct ipsec_config *s = &n->ipsec;
    int64_t window = s->anti_replay.window;
    if (window && (window < ANTI_REPLAY_MIN || window % 32 != 0)) {
        SAY(k, place(k, n, "anti_replay.window"),
            "is 0 (no anti-replay), or a multiple of 32 from %d to %d", ANTI_REPLAY_MIN,
            ANTI_REPLAY_MAX);
    }
    if (s->anti_replay.esn && !window) {
        SAY(k, place(k, n, "anti_replay.esn"),
            "needs a `window`: without anti-replay there should be no extended sequence numbers "
            "(RFC 4303 3.3.3)");
    }
}

/* Whose keys stand in the file. */
static void check_manual(struct check *k, const struct node_config *n)
{
    const struct ipsec_config *s = &n->ipsec;
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)s->suite);
    if (suite->counts) {
        SAY(k, place(k, n, "suite"),
            "%s is not for `keying: manual`: a restart would use a counter again with the same key "
            "(RFC 4106 10, RFC 3686 7); the suites with cbc or null are",
            suite->name);
    }
    if (s->anti_replay.given && (s->anti_replay.window || s->anti_replay.esn)) {
        SAY(k, place(k, n, "anti_replay"),
            "is not for `keying: manual`: only key management starts counters anew with new keys "
            "(RFC 3776 4.4)");
    }
    if (n->ike.mobility_given && n->ike.mobility == KEY_BY_K_BIT) {
        SAY(k, arena_format(k->arena, "nodes.%s.ike.mobility", n->name),
            "k-bit is not for `keying: manual`: there is no key management that could follow a "
            "movement (RFC 6275 6.1.7)");
    }
    if (s->payload_sas && strcmp(s->payload_sas, "shared") != 0) {
        SAY(k, place(k, n, "payload_sas"),
            "with `keying: manual` a policy has one SA in each direction: shared");
    }
}

static void check_key(struct check *k, const struct cipher_suite *suite, const char *path,
                      const char *key, size_t bytes)
{
    uint8_t room[SA_ENCRYPTION_KEY + SA_INTEGRITY_KEY];
    if (policies_hex(key ? key : "", room, bytes))
        return;
    if (bytes) {
        SAY(k, path, "%s takes %zu hexadecimal digits", suite->name, 2 * bytes);
    } else {
        SAY(k, path, "%s takes none", suite->name);
    }
}

static void check_direction(struct check *k, const struct node_config *n, const char *policy,
                            const char *way, const struct manual_direction *d)
{
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)n->ipsec.suite);
    const char *path = place(k, n, arena_format(k->arena, "manual.%s.%s", policy, way));
    check_key(k, suite, arena_format(k->arena, "%s.key", path), d->key,
              (size_t)suite->key_bytes + suite->salt_bytes);
    check_key(k, suite, arena_format(k->arena, "%s.integrity", path), d->integrity,
              suite->integrity_bytes);
}

/* A receiver finds its SAs by the SPI alone. */
static void check_spis(struct check *k, const struct node_config *n, size_t j)
{
    const struct manual_config *m = KEY_ITEMS(n->ipsec.manual, struct manual_config);
    const struct node_config *other = KEY_ITEMS(k->s->nodes, struct node_config);
    const char *path = place(k, n, arena_format(k->arena, "manual.%s", m[j].name));
    for (size_t i = 0; i < j; i++) {
        if (m[i].down.spi == m[j].down.spi)
            SAY(k, path, "`down` has the SPI of '%s' (RFC 4301 4.1)", m[i].name);
        if (m[i].up.spi == m[j].up.spi)
            SAY(k, path, "`up` has the SPI of '%s' (RFC 4301 4.1)", m[i].name);
    }
    for (; other < n; other++) {
        const struct manual_config *o = KEY_ITEMS(other->ipsec.manual, struct manual_config);
        bool same = other->role == ROLE_MOBILE && other->ipsec.keying == KEYING_MANUAL &&
                    other->home.agent && n->home.agent && !strcmp(other->home.agent, n->home.agent);
        for (size_t i = 0; same && i < other->ipsec.manual.n; i++) {
            if (o[i].up.spi == m[j].up.spi)
                SAY(k, path, "`up` has the SPI of node '%s', at the same home agent (RFC 4301 4.1)",
                    other->name);
        }
    }
}

static bool protects(const struct spd *spd, const char *policy)
{
    for (unsigned e = 0; e < spd->entries; e++) {
        if (spd->entry[e].action == SPD_PROTECT && !strcmp(spd->entry[e].name, policy))
            return true;
    }
    return false;
}

static void check_keys(struct check *k, const struct node_config *n, const struct spd *spd)
{
    const struct manual_config *m = KEY_ITEMS(n->ipsec.manual, struct manual_config);
    bool manual = n->ipsec.keying == KEYING_MANUAL;
    for (unsigned e = 0; e < spd->entries && manual; e++) {
        const char *name = spd->entry[e].name;
        if (spd->entry[e].action == SPD_PROTECT &&
            !SCENARIO_FIND(n->ipsec.manual, struct manual_config, name))
            SAY(k, place(k, n, "manual"), "has no keys for policy '%s'", name);
    }
    for (size_t j = 0; j < n->ipsec.manual.n; j++) {
        if (!manual) {
            SAY(k, place(k, n, "manual"), "is for `keying: manual`; other keys are drawn");
        } else if (!protects(spd, m[j].name)) {
            SAY(k, place(k, n, arena_format(k->arena, "manual.%s", m[j].name)),
                "no policy of that name protects anything");
        } else {
            check_direction(k, n, m[j].name, "up", &m[j].up);
            check_direction(k, n, m[j].name, "down", &m[j].down);
        }
        if (manual)
            check_spis(k, n, j);
    }
}

/* Each that is wrong. */
static bool check_policies(struct check *k, const struct node_config *n)
{
    const struct policy_config *p = KEY_ITEMS(n->ipsec.policies, struct policy_config);
    bool good = true;
    for (size_t j = 0; j < n->ipsec.policies.n; j++) {
        struct spd_entry unused;
        const char *key;
        struct why w;
        if (policies_parse(&p[j], &unused, &key, &w)) {
            good = false;
            SAY(k, place(k, n, arena_format(k->arena, "policies.%s.%s", p[j].name, key)), "%s",
                w.text);
        }
    }
    return good;
}

static void check_lifetime(struct check *k, const struct node_config *n)
{
    const struct sa_lifetime *l = &n->ipsec.lifetime;
    if (l->hard && l->soft > l->hard)
        SAY(k, place(k, n, "lifetime.soft"), "is above `hard`: the SA would be gone by then");
    if (l->hard_bytes && l->soft_bytes > l->hard_bytes)
        SAY(k, place(k, n, "lifetime.soft_bytes"), "is above `hard_bytes`");
}

/* Words that the others leave nothing to say. */
static void check_words(struct check *k, const struct node_config *n)
{
    const struct ipsec_config *s = &n->ipsec;
    const struct {
        const char *name;
        bool said;
    } none[] = {{"signalling", s->signalling != 0},
                {"return_routability", s->return_routability != 0},
                {"prefix_discovery", s->prefix_discovery != 0}};
    unsigned count = s->grain == GRAIN_EVERYTHING ? 3 : 2; /* of one for Mobility Headers */
    for (unsigned j = 0; j < 3; j++) {
        if (none[j].said && s->policies.n)
            SAY(k, place(k, n, none[j].name), "says nothing beside `policies` of one's own");
        if (none[j].said && !s->policies.n && s->grain != GRAIN_TYPE && j < count)
            SAY(k, place(k, n, none[j].name), "with these `selectors` it has no policy of its own");
    }
    if (s->policies.n && s->grain != GRAIN_TYPE)
        SAY(k, place(k, n, "selectors"), "says nothing beside `policies` of one's own");
    if (s->policies.n && s->payload != 0)
        SAY(k, place(k, n, "payload"), "says nothing beside `policies` of one's own");
    if (!s->policies.n && s->grain == GRAIN_EVERYTHING && s->payload == 0)
        SAY(k, place(k, n, "selectors"), "everything is the payload, too: `payload: tunnel`");
}

static bool is_at_home(const struct check *k, const struct node_config *n, const char *network)
{
    const struct node_config *agent = scenario_node(k->s, n->home.agent);
    return network && agent && agent->network && !strcmp(network, agent->network);
}

/* Coming home is Mobile IPv6's. */
static void check_stays_away(struct check *k, const struct node_config *n)
{
    const struct interface_config *i = KEY_ITEMS(n->interfaces, struct interface_config);
    const struct event_config *e = KEY_ITEMS(k->s->events, struct event_config);
    for (size_t j = 0; j < n->interfaces.n; j++) {
        bool home = false;
        const char *name;
        for (size_t m = 0; (name = scenario_named(&i[j], m)) != NULL; m++)
            home |= is_at_home(k, n, name);
        if (home)
            SAY(k, arena_format(k->arena, "nodes.%s.interfaces.%s", n->name, i[j].name),
                "a node with `registers: false` does not know how to come home");
    }
    for (size_t j = 0; j < k->s->events.n; j++) {
        const struct node_config *who;
        const struct interface_config *on;
        if (e[j].attach && is_at_home(k, n, e[j].to) &&
            scenario_interface(k->s, e[j].attach, &who, &on) && who == n)
            SAY(k, arena_format(k->arena, "events.%zu.to", j),
                "a node with `registers: false` does not know how to come home");
    }
}

/* It registers nowhere: a plain IPsec client. */
static void check_client(struct check *k, const struct node_config *n)
{
    const struct ipsec_config *s = &n->ipsec;
    const char *path = arena_format(k->arena, "nodes.%s.home.registers", n->name);
    if (!s->given || s->keying != KEYING_IKE) {
        SAY(k, path, "false: only IKEv2 can tell the gateway where it is: `ipsec: {keying: ike}`");
        return;
    }
    if (addr_unspecified(&n->home.address))
        SAY(k, arena_format(k->arena, "nodes.%s.home", n->name),
            "needs an `address` with `registers: false`: the gateway gives none to a plain client");
    if (n->ike.mobility == KEY_BY_K_BIT)
        SAY(k, arena_format(k->arena, "nodes.%s.ike.mobility", n->name),
            "k-bit is of Binding Updates, and it sends none: mobike, re-establish or none");
    bool updates = s->grain == GRAIN_TYPE && s->signalling == 0;
    bool others =
        s->grain == GRAIN_TYPE && (s->prefix_discovery == 0 || s->return_routability == 0);
    if (!s->policies.n && (updates || others || s->grain == GRAIN_MOBILITY))
        SAY(k, place(k, n, updates || !others ? "signalling" : "prefix_discovery"),
            "it has no mobility signalling that could be protected: signalling, prefix_discovery and "
            "return_routability are none, or `selectors: everything`");
    check_stays_away(k, n);
}

void scenario_check_ipsec(struct check *k, const struct node_config *n)
{
    const struct ipsec_config *s = &n->ipsec;
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)s->suite);
    struct spd spd;
    struct why w;
    if (n->role == ROLE_MOBILE && !n->home.registers)
        check_client(k, n);
    if (!s->given)
        return;
    if (n->role != ROLE_MOBILE) {
        SAY(k, place(k, n, ""), "stands at the mobile node; its home agent does the same");
        return;
    }
    check_replay(k, n);
    check_lifetime(k, n);
    check_words(k, n);
    if (s->keying == KEYING_MANUAL)
        check_manual(k, n);
    unsigned parallel = policies_parallel(s, (unsigned)n->interfaces.n);
    if (!parallel || parallel > SPD_PARALLEL)
        SAY(k, place(k, n, "payload_sas"), "is shared, per-coa, or `pool N` with N from 1 to %d",
            SPD_PARALLEL);
    if (s->return_routability == 0 && !s->policies.n && suite->encr == ENCR_NULL) {
        SAY(k, place(k, n, "suite"),
            "%s does not encrypt, and return routability has to be (RFC 4877 4.1); "
            "`return_routability: none` leaves it unprotected",
            suite->name);
    }
    if (check_policies(k, n) && !policies_make(s, k->arena, &spd, &w))
        check_keys(k, n, &spd);
}
