/* What a mobile node's IPsec asks for. */
#include <string.h>

#include "sim/app/scenario_parts.h"

static const char *place(struct check *k, const struct node_config *n, const char *what)
{
    return arena_format(k->arena, "nodes.%s.ipsec%s%s", n->name, *what ? "." : "", what);
}

static void check_replay(struct check *k, const struct node_config *n)
{
    const struct ipsec_config *s = &n->ipsec;
    int64_t window = s->anti_replay.window;
    if (window && (window < ANTI_REPLAY_MIN || window % 32 != 0)) {
        SAY(k, place(k, n, "anti_replay.window"), "is 0, or a multiple of 32 from %d to %d",
            ANTI_REPLAY_MIN, ANTI_REPLAY_MAX);
    }
    if (s->anti_replay.esn && !window) {
        SAY(k, place(k, n, "anti_replay.esn"),
            "wants a window: extended numbers are for receivers that look at them (IPS-ESP-7: RFC "
            "4303 3.3.3)");
    }
}

/* Whose keys stand in the file. */
static void check_manual(struct check *k, const struct node_config *n)
{
    const struct ipsec_config *s = &n->ipsec;
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)s->suite);
    if (suite->counts) {
        SAY(k, place(k, n, "suite"),
            "%s is not for manual keys: a run would use its counters again (IPS-ESP-8: RFC 4106 10, "
            "RFC 3686 7)",
            suite->name);
    }
    if (s->anti_replay.given && (s->anti_replay.window || s->anti_replay.esn)) {
        SAY(k, place(k, n, "anti_replay"),
            "needs keys from key management, not manual ones (IPS-ESP-10: RFC 3776 4.4)");
    }
    if (n->ike.given && n->ike.mobility == 0) {
        SAY(k, arena_format(k->arena, "nodes.%s.ike.mobility", n->name),
            "the K bit is for keys from key management, not for manual ones (IPS-K-1: RFC 6275 "
            "6.1.7)");
    }
    if (s->payload_sas && strcmp(s->payload_sas, "shared") != 0)
        SAY(k, place(k, n, "payload_sas"), "there is one manual SA a direction: shared");
}

static void check_direction(struct check *k, const struct node_config *n, const char *policy,
                            const char *way, const struct manual_direction *d)
{
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)n->ipsec.suite);
    const char *path = place(k, n, arena_format(k->arena, "manual.%s.%s", policy, way));
    uint8_t room[SA_INTEGRITY_KEY];
    size_t key = (size_t)suite->key_bytes + suite->salt_bytes;
    if (!policies_hex(d->key ? d->key : "", room, key))
        SAY(k, path, "`key` of %s has %zu hexadecimal digits", suite->name, 2 * key);
    if (!policies_hex(d->integrity ? d->integrity : "", room, suite->integrity_bytes)) {
        SAY(k, path, "`integrity` of %s has %d hexadecimal digits", suite->name,
            2 * suite->integrity_bytes);
    }
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
        bool there = false;
        for (unsigned e = 0; e < spd->entries; e++) {
            there |= spd->entry[e].action == SPD_PROTECT && !strcmp(spd->entry[e].name, m[j].name);
        }
        if (!manual) {
            SAY(k, place(k, n, "manual"), "goes with `keying: manual`");
        } else if (!there) {
            SAY(k, place(k, n, "manual"), "'%s' is no policy that protects", m[j].name);
        } else {
            check_direction(k, n, m[j].name, "up", &m[j].up);
            check_direction(k, n, m[j].name, "down", &m[j].down);
        }
        for (size_t i = 0; i < j; i++) {
            if (m[i].up.spi == m[j].up.spi || m[i].down.spi == m[j].down.spi)
                SAY(k, place(k, n, "manual"), "'%s' and '%s' have an SPI in common", m[i].name,
                    m[j].name);
        }
    }
}

void scenario_check_ipsec(struct check *k, const struct node_config *n)
{
    const struct ipsec_config *s = &n->ipsec;
    const struct cipher_suite *suite = cipher_suite((enum cipher_name)s->suite);
    struct spd spd;
    struct why w;
    if ((n->ike.given || n->ike.coa) && !s->given)
        SAY(k, arena_format(k->arena, "nodes.%s.ike", n->name), "goes with `ipsec`");
    if (n->ike.coa && !SCENARIO_FIND(n->interfaces, struct interface_config, n->ike.coa))
        SAY(k, arena_format(k->arena, "nodes.%s.ike.coa", n->name),
            "'%s' is none of its interfaces", n->ike.coa);
    if (!s->given)
        return;
    check_replay(k, n);
    if (s->keying == KEYING_MANUAL)
        check_manual(k, n);
    unsigned parallel = policies_parallel(s, (unsigned)n->interfaces.n);
    if (!parallel || parallel > SPD_PARALLEL)
        SAY(k, place(k, n, "payload_sas"), "is shared, per-coa, or `pool N` with N from 1 to %d",
            SPD_PARALLEL);
    if (s->return_routability == 0 && !s->policies.n && suite->encr == ENCR_NULL) {
        SAY(k, place(k, n, "suite"),
            "return routability wants encryption (RFC 4877 4.1); `return_routability: none` is "
            "without");
    }
    if (policies_make(s, k->arena, &spd, &w)) {
        SAY(k, place(k, n, "policies"), "%s", w.text);
    } else {
        check_keys(k, n, &spd);
    }
}
