#include "models/node/key_config.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/suggest.h"

#define IKE(m)       offsetof(struct key_config, m)
#define RESPONDER(m) offsetof(struct key_responder, m)
#define TIMER(m)     offsetof(struct key_timers, m)

static const char *const mobilities[] = {"k-bit", "none", "mobike", "re-establish", NULL};
static const char *const when_dead[] = {"next-alive", "wait", NULL};
static const char *const orders[] = {"parallel", "ike-first", "sas-first", NULL};
static const char *const old_sas[] = {"keep", "drop", NULL};
static const char *const identities[] = {"email", "fqdn", "address", NULL};
static const char *const auths[] = {"psk", "signature", NULL};
static const char *const paddings[] = {"pkcs1", "pss", NULL};
static const char *const k_policies[] = {"recommended", "literal", NULL};
static const char *const homes[] = {"address", "prefix", NULL};
static const char *const unbound[] = {"refuse", "pending", NULL};

const struct key key_config_keys[] = {
    {"coa", KEY_TEXT, IKE(coa), "",
     "the interface whose care-of address it uses while there is one (RFC 5648 9.1); default: the one "
     "that registers first"},
    {"when_dead", KEY_WORD, IKE(when_dead), "next-alive",
     "its care-of address is dead: it goes on from the next one that works, or waits",
     .words = when_dead},
    {"mobility", KEY_WORD, IKE(mobility), "k-bit",
     "how its care-of address follows a movement: the K bit of a Binding Update (RFC 6275 6.1.7), not "
     "at all, MOBIKE (RFC 4555), or a new IKE SA from the new address (RFC 4877 7.4)",
     .words = mobilities, .given_at = KEY_GIVEN(struct key_config, mobility_given)},
    {"order", KEY_WORD, IKE(order), "parallel",
     "mobike, re-establish: beside the Binding Update; or the Binding Update waits, until its own pair "
     "of SAs stands or until all do",
     .words = orders},
    {"old_sas", KEY_WORD, IKE(old_sas), "keep",
     "re-establish: SAs of the old IKE SA serve until there are new ones, or go with it (RFC 7296 "
     "1.4.1)",
     .words = old_sas},
    {"identity", KEY_WORD, IKE(identity), "email",
     "who it says it is: NODE@home.example, NODE.home.example, or its home address (RFC 4877 7.3)",
     .words = identities},
    {"auth", KEY_WORD, IKE(auth), "psk",
     "how the two prove it: a shared secret (RFC 7296 2.15), or signatures (RFC 7427)",
     .words = auths},
    {"secret", KEY_TEXT, IKE(secret), "monami", "psk: the shared secret"},
    {"key", KEY_FILE, IKE(key), "", "signature: its private key, PEM"},
    {"certificates", KEY_FILE, IKE(certificates), "",
     "signature: its certificate, and those between it and a trusted one, PEM"},
    {"trusted", KEY_FILE, IKE(trusted), "", "signature: certificates that it trusts, PEM"},
    {"padding", KEY_WORD, IKE(padding), "pkcs1", "signature by RSA: PKCS #1 v1.5 or PSS",
     .words = paddings},
    {"proposal", KEY_TEXT, IKE(proposal), "aes256-sha256-x25519",
     "of the IKE SA, several with commas between: encryption, integrity if it is not combined, prf, "
     "group, such as aes256gcm16-prfsha256-ecp256"},
    {"pfs", KEY_TEXT, IKE(pfs), "none",
     "group of the exchange of its own that a Child SA has where it is not the first (RFC 7296 1.3.1)"},
    {"dpd", KEY_TIME, IKE(dpd), "30 s",
     "silence after which the peer is asked whether it lives (RFC 7296 2.4), at both ends; 0 s: never",
     .max = INT64_C(1000000) * SIM_S},
    {"soft", KEY_TIME, IKE(soft), "0 s", "the IKE SA is rekeyed after it; 0 s: never",
     .max = INT64_C(1000000) * SIM_S},
    {"hard", KEY_TIME, IKE(hard), "0 s", "the IKE SA ends after it; 0 s: never",
     .max = INT64_C(1000000) * SIM_S},
    {"jitter", KEY_SHARE, IKE(jitter), "10 %",
     "soft lifetimes, of Child SAs too, are shorter by up to this share, drawn for each (RFC 7296 "
     "2.8)",
     .max = 1000000000},
    {"childless", KEY_BOOL, IKE(childless), "false",
     "IKE_AUTH makes no Child SA, if the home agent can do without (RFC 6023)"},
    {"initial_contact", KEY_BOOL, IKE(initial_contact), "false",
     "it says that it has no other IKE SA (RFC 7296 2.4): the home agent drops those it has"},
    {"return_routability", KEY_BOOL, IKE(return_routability), "true",
     "mobike: a new address is tested before SAs move there (RFC 4555 3.7)"},
    {"additional_addresses", KEY_BOOL, IKE(additional_addresses), "false",
     "mobike: the home agent is told which other care-of addresses there are, and of every change "
     "(ADDITIONAL_IP6_ADDRESS, RFC 4555 3.6)"},
    {"tells_invalid_spi", KEY_BOOL, IKE(tells_invalid_spi), "false",
     "ESP from its home agent with an SPI that it does not know: it says so, once a second at most "
     "(INVALID_SPI, RFC 7296 1.5)"},
    {"home", KEY_WORD, IKE(home), "address",
     "without a home address of its own: it asks its home agent for one (RFC 4877 9), or for the home "
     "prefix, and makes one (RFC 5026 5.3.2)",
     .words = homes},
    {.name = NULL},
};

const struct key key_responder_keys[] = {
    {"window", KEY_INTEGER, RESPONDER(window), "1",
     "requests that it takes at once (SET_WINDOW_SIZE, RFC 7296 2.3)", .min = 1, .max = IKE_WINDOW},
    {"cookies_from", KEY_INTEGER, RESPONDER(cookies_from), "100",
     "half-open IKE SAs from which on it asks for cookies (RFC 7296 2.6)", .max = 1000000},
    {"half_open_max", KEY_INTEGER, RESPONDER(half_open_max), "10000",
     "half-open IKE SAs that it has at most", .min = 1, .max = 1000000},
    {"sa_max", KEY_INTEGER, RESPONDER(sa_max), "0",
     "Child SAs of one mobile node at most: NO_ADDITIONAL_SAS (RFC 7296 1.3); 0: no limit",
     .max = 1000},
    {"childless", KEY_BOOL, RESPONDER(childless), "true", "it can do without a first Child SA"},
    {"acquire", KEY_BOOL, RESPONDER(acquires), "false",
     "a packet to a mobile node that finds no SA makes it begin CREATE_CHILD_SA (RFC 4301 5.1); else the "
     "mobile node makes all pairs (RFC 4877 7.3)"},
    {"k_policy", KEY_WORD, RESPONDER(k_policy), "recommended",
     "a BU with K moves IKE to its source, one without K ends an IKE SA whose care-of address is no "
     "longer registered; or by the letter: K moves it always, no K always ends it (RFC 6275 10.3.1)",
     .words = k_policies},
    {"tells_invalid_spi", KEY_BOOL, RESPONDER(tells_invalid_spi), "false",
     "ESP from a care-of address of a mobile node with an SPI that it does not know: it says so, once "
     "a second at most (INVALID_SPI, RFC 7296 1.5)"},
    {"mobike_unbound", KEY_WORD, RESPONDER(mobike_unbound), "pending",
     "MOBIKE names an address that has no binding: it is refused (UNACCEPTABLE_ADDRESSES), or waits "
     "for its Binding Update",
     .words = unbound},
    {"key", KEY_FILE, RESPONDER(key), "", "its private key, PEM"},
    {"certificates", KEY_FILE, RESPONDER(certificates), "",
     "its certificate, and those between it and a trusted one, PEM"},
    {"trusted", KEY_FILE, RESPONDER(trusted), "", "certificates that it trusts, PEM"},
    {"pool", KEY_ADDR, RESPONDER(pool), "",
     "the first home address that it gives to mobile nodes without one; default: 1000 in hexadecimal, "
     "in its network"},
    {"pool_size", KEY_INTEGER, RESPONDER(pool_size), "1000",
     "so many in a row; each goes back when the last IKE SA that has it ends (RFC 4877 9)",
     .min = 1, .max = 65536, .given_at = KEY_GIVEN(struct key_responder, pool_size_given)},
    {"assigns_home", KEY_BOOL, RESPONDER(assigns_home), "false",
     "asked for the home prefix it gives an address, which has to be used: USE_ASSIGNED_HOA (RFC 5026 "
     "5.3.2)"},
    {.name = NULL},
};

const struct key key_timer_keys[] = {
    {"ike_first_timeout", KEY_TIME, TIMER(ike.first_timeout), "1 s",
     "a request is repeated after it, then after twice as long (RFC 7296 2.4)", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"ike_max_timeout", KEY_TIME, TIMER(ike.max_timeout), "60 s", "up to here", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"ike_tries", KEY_INTEGER, TIMER(ike.tries), "12",
     "unanswered tries after which the peer is dead (RFC 7296 2.4)", .min = 1, .max = 100},
    {"ike_patience", KEY_TIME, TIMER(patience), "2 s",
     "a mobile node waits so long for the care-of address of `ike.coa` before it begins from another",
     .max = 3600 * SIM_S},
    {"ike_suspect", KEY_INTEGER, TIMER(suspect), "3",
     "unanswered tries after which a mobile node thinks that the care-of address is dead, not the "
     "home agent",
     .min = 1, .max = 100},
    {"ike_half_open", KEY_TIME, TIMER(ike.half_open), "30 s",
     "an IKE SA without IKE_AUTH is forgotten after it", .min = SIM_MS, .max = 3600 * SIM_S},
    {"ike_cookie_life", KEY_TIME, TIMER(ike.cookie_life), "60 s",
     "the secret of cookies is drawn anew after it (RFC 7296 2.6)", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"ike_linger", KEY_TIME, TIMER(ike.linger), "1 s",
     "the inbound half of a replaced Child SA is kept for it: packets on a longer path are under way",
     .max = 3600 * SIM_S},
    {"ike_try_again", KEY_TIME, TIMER(ike.try_again), "10 s",
     "after TEMPORARY_FAILURE (RFC 7296 2.25)", .min = SIM_MS, .max = 3600 * SIM_S},
    {"ike_reassembly", KEY_TIME, TIMER(ike.reassembly), "15 s",
     "fragments of a message are kept for it (RFC 7383 2.6)", .min = SIM_MS, .max = 3600 * SIM_S},
    {"ike_keepalive", KEY_TIME, TIMER(ike.keepalive), "20 s",
     "an octet keeps a NAT's mapping alive after so much silence (RFC 3948 4)", .min = SIM_MS,
     .max = 3600 * SIM_S},
    {"ike_fragment_bytes", KEY_SIZE, TIMER(fragment_bytes), "1280 B",
     "IPv6 packets of IKE fragments are so long at most (RFC 7383 2.5.1), from 168 B on; 0 B: no "
     "fragments",
     .max = 65535},
    {.name = NULL},
};

/* ---- proposals ------------------------------------------------------------------------------- */

struct word {
    const char *text;
    uint16_t value;
    uint16_t other; /* key length of a cipher; prf that an integrity brings with it */
};

static const struct word encryptions[] = {{"aes128", ENCR_AES_CBC, 128},
                                          {"aes256", ENCR_AES_CBC, 256},
                                          {"aes128ctr", ENCR_AES_CTR, 128},
                                          {"aes256ctr", ENCR_AES_CTR, 256},
                                          {"aes128gcm16", ENCR_AES_GCM16, 128},
                                          {"aes256gcm16", ENCR_AES_GCM16, 256},
                                          {"aes128gcm12", ENCR_AES_GCM12, 128},
                                          {"aes128gcm8", ENCR_AES_GCM8, 128},
                                          {"chacha20poly1305", ENCR_CHACHA20_POLY1305, 0}};
static const struct word integrities[] = {{"sha1", INTEG_HMAC_SHA1_96, PRF_HMAC_SHA1},
                                          {"sha256", INTEG_HMAC_SHA256_128, PRF_HMAC_SHA256},
                                          {"sha384", INTEG_HMAC_SHA384_192, PRF_HMAC_SHA384},
                                          {"sha512", INTEG_HMAC_SHA512_256, PRF_HMAC_SHA512}};
static const struct word prfs[] = {{"prfsha1", PRF_HMAC_SHA1, 0},
                                   {"prfsha256", PRF_HMAC_SHA256, 0},
                                   {"prfsha384", PRF_HMAC_SHA384, 0},
                                   {"prfsha512", PRF_HMAC_SHA512, 0}};
static const struct word groups[] = {{"modp2048", DH_MODP2048, 0}, {"modp3072", DH_MODP3072, 0},
                                     {"modp4096", DH_MODP4096, 0}, {"ecp256", DH_ECP256, 0},
                                     {"ecp384", DH_ECP384, 0},     {"x25519", DH_CURVE25519, 0}};

static const struct word *find(const struct word *list, size_t n, const char *text, size_t len)
{
    for (size_t k = 0; k < n; k++) {
        if (strlen(list[k].text) == len && !strncmp(list[k].text, text, len))
            return &list[k];
    }
    return NULL;
}

#define FIND(list, text, len) find(list, sizeof(list) / sizeof(list)[0], text, len)

static const struct cipher_suite *suite_of(const struct word *encr, const struct word *integ)
{
    for (int k = 0; k < CIPHERS; k++) {
        const struct cipher_suite *s = cipher_suite((enum cipher_name)k);
        if (s->encr == encr->value && s->key_bits == encr->other &&
            s->integ == (integ ? integ->value : INTEG_NONE))
            return s;
    }
    return NULL;
}

#define TRY_ALL(s, list) try_all(s, list, sizeof(list) / sizeof(list)[0])

static void try_all(struct suggestion *s, const struct word *list, size_t n)
{
    for (size_t k = 0; k < n; k++)
        suggest_try(s, list[k].text);
}

/* No word that is known. */
static enum status unknown(const char *text, size_t len, struct why *w)
{
    char wrong[32];
    (void)snprintf(wrong, sizeof wrong, "%.*s", (int)len, text);
    struct suggestion s = suggest_for(wrong);
    TRY_ALL(&s, encryptions);
    TRY_ALL(&s, integrities);
    TRY_ALL(&s, prfs);
    TRY_ALL(&s, groups);
    if (s.best)
        return why_set(w, ST_SYNTAX, "'%s' is no algorithm of IKE; did you mean '%s'?", wrong,
                       s.best);
    return why_set(w, ST_SYNTAX,
                   "'%s' is no algorithm of IKE; a proposal is such as aes256-sha256-x25519 or "
                   "aes256gcm16-prfsha256-ecp256",
                   wrong);
}

/* Words that are known, and make no cipher together; or one is missing. */
static enum status unfit(const char *text, const char *end, const struct word *encr,
                         const struct word *integ, struct why *w)
{
    int n = (int)(end - text);
    if (!integ)
        return why_set(w, ST_SYNTAX, "'%.*s' has no integrity: %s needs one, such as sha256", n,
                       text, encr->text);
    if (suite_of(encr, NULL))
        return why_set(w, ST_SYNTAX,
                       "'%.*s': %s has its integrity inside; for the prf alone say prf%s", n, text,
                       encr->text, integ->text);
    return why_set(w, ST_SYNTAX, "'%.*s': %s does not go with %s here", n, text, encr->text,
                   integ->text);
}

/* One proposal: words with '-' between, up to `end`. */
static enum status parse_one(const char *text, const char *end, struct ike_suite *out,
                             struct why *w)
{
    const struct word *encr = NULL;
    const struct word *integ = NULL;
    const struct word *prf = NULL;
    const struct word *group = NULL;
    for (const char *at = text; at < end;) {
        const char *dash = memchr(at, '-', (size_t)(end - at));
        size_t len = (size_t)((dash ? dash : end) - at);
        const struct word **slot = FIND(encryptions, at, len)   ? &encr
                                   : FIND(integrities, at, len) ? &integ
                                   : FIND(prfs, at, len)        ? &prf
                                   : FIND(groups, at, len)      ? &group
                                                                : NULL;
        if (!slot)
            return unknown(at, len, w);
        if (*slot)
            return why_set(w, ST_SYNTAX, "'%.*s' is the second of its kind", (int)len, at);
        *slot = slot == &encr    ? FIND(encryptions, at, len)
                : slot == &integ ? FIND(integrities, at, len)
                : slot == &prf   ? FIND(prfs, at, len)
                                 : FIND(groups, at, len);
        at += len + 1;
    }
    int n = (int)(end - text);
    if (!encr || !group)
        return why_set(w, ST_SYNTAX, "'%.*s' has no %s", n, text, encr ? "group" : "encryption");
    const struct cipher_suite *cipher = suite_of(encr, integ);
    if (!cipher)
        return unfit(text, end, encr, integ, w);
    if (!prf && !integ)
        return why_set(w, ST_SYNTAX, "'%.*s' has no prf, such as prfsha256", n, text);
    *out = (struct ike_suite){cipher, prf ? prf->value : integ->other, group->value};
    return ST_OK;
}

enum status key_parse_proposals(const char *text, struct ike_suite offer[IKE_OFFERS], unsigned *n,
                                struct why *w)
{
    *n = 0;
    for (const char *at = text;; at++) {
        at += strspn(at, " ");
        const char *end = at + strcspn(at, ", ");
        if (end == at)
            return why_set(w, ST_SYNTAX, "a proposal is missing, such as aes256-sha256-x25519");
        if (*n == IKE_OFFERS)
            return why_set(w, ST_RANGE, "more than %d proposals", IKE_OFFERS);
        enum status st = parse_one(at, end, &offer[(*n)++], w);
        if (st)
            return st;
        at = end + strspn(end, " ");
        if (!*at)
            return ST_OK;
        if (*at != ',')
            return why_set(w, ST_SYNTAX, "proposals have commas between them");
    }
}

enum status key_parse_group(const char *text, uint16_t *group, struct why *w)
{
    const struct word *g = FIND(groups, text, strlen(text));
    *group = g ? g->value : DH_NONE;
    if (!g && strcmp(text, "none") != 0)
        return why_set(
            w, ST_SYNTAX,
            "there is no group '%s'; there are none, modp2048, modp3072, modp4096, ecp256, ecp384, x25519",
            text);
    return ST_OK;
}
