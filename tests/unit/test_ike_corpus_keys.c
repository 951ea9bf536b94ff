/* Keys of exchanges of two strongSwan daemons, tests/vectors/ike: all of them recomputed from what
 * is in the messages and from g^ir, every message opened with them, and sealed to the same bytes.
 */
#include "models/ike/keys.h"
#include "models/ike/sk.h"

#include "tests/check.h"
#include "tests/hex.h"

enum { LINE = 4096, BYTES = LINE / 2, IKE_SAS = 2, ESP_SAS = 12 };

static const char *const recordings[] = {"cbc128-sha1-modp2048", "cbc256-pfs",
                                         "cbc256-sha256-modp2048", "cbc256-sha512-x25519",
                                         "gcm256-sha256-ecp256"};

/* ---- what the daemons said their keys are ------------------------------------------------- */

struct hex {
    size_t n;
    uint8_t b[256];
};

static const char *const ike_names[] = {"g_ir",  "skeyseed", "sk_d",  "sk_ai", "sk_ar",
                                        "sk_ei", "sk_er",    "sk_pi", "sk_pr"};
enum ike_value { G_IR, SKEYSEED, SK_D, SK_AI, SK_AR, SK_EI, SK_ER, SK_PI, SK_PR, IKE_VALUES };

struct told_ike {
    const struct cipher_suite *suite;
    uint16_t prf;
    struct hex value[IKE_VALUES];
};

struct told_esp {
    uint32_t spi;
    const struct cipher_suite *suite;
    struct hex encryption;
    struct hex integrity;
};

struct told {
    struct hex psk;
    unsigned ikes;
    struct told_ike ike[IKE_SAS];
    unsigned esps;
    struct told_esp esp[ESP_SAS];
    uint32_t child_spi; /* whose exchange has a g^ir of its own; 0: none */
    struct hex child_g_ir;
};

static const struct cipher_suite *suite_named(const char *name)
{
    const struct cipher_suite *found = NULL;
    for (enum cipher_name k = 0; k < CIPHERS; k++)
        if (!strcmp(cipher_words[k], name))
            found = cipher_suite(k);
    CHECK(found != NULL);
    return found;
}

static void set(struct hex *h, const char *text)
{
    h->n = bytes_of_hex(text, h->b);
}

static void read_told(struct told *t, const char *line)
{
    char name[32] = "", hex[LINE] = "", integrity[LINE] = "";
    unsigned a;
    if (sscanf(line, "psk %4095s", hex) == 1) {
        set(&t->psk, hex);
    } else if (sscanf(line, "ike %31s %u", name, &a) == 2 && t->ikes < IKE_SAS) {
        t->ike[t->ikes++] = (struct told_ike){.suite = suite_named(name), .prf = (uint16_t)a};
    } else if (sscanf(line, "child_g_ir %x %4095s", &a, hex) == 2) {
        t->child_spi = a;
        set(&t->child_g_ir, hex);
    } else if (sscanf(line, "esp %x %31s %4095s %4095s", &a, name, hex, integrity) >= 3 &&
               t->esps < ESP_SAS) {
        struct told_esp *e = &t->esp[t->esps++];
        *e = (struct told_esp){.spi = a, .suite = suite_named(name)};
        set(&e->encryption, hex);
        set(&e->integrity, integrity);
    } else if (sscanf(line, "%31s %4095s", name, hex) == 2 && t->ikes) {
        for (unsigned k = 0; k < IKE_VALUES; k++)
            if (!strcmp(name, ike_names[k]))
                set(&t->ike[t->ikes - 1].value[k], hex);
    } else {
        CHECK_EQ(line[0], '#');
    }
}

static bool same(const struct hex *want, const uint8_t *got, size_t n)
{
    return want->n == n && !memcmp(want->b, got, n);
}

/* ---- the exchange ------------------------------------------------------------------------- */

/* One IKE SA, with all that was recomputed. */
struct sa {
    uint64_t spi_i;
    uint64_t spi_r;
    const struct told_ike *told;
    struct ike_keys keys;
    struct ike_sk sk[2]; /* of the initiator, of the responder */
};

struct offer { /* of one side of an exchange */
    struct hex nonce;
    uint8_t protocol;
    uint64_t spi;
};

struct world {
    struct told told;
    struct arena arena;
    struct ciphers *ciphers;
    unsigned sas;
    struct sa sa[IKE_SAS];
    uint8_t init[2][BYTES];
    size_t init_bytes[2];
    struct offer initial[2];
    struct offer offer[2]; /* of the exchange that runs */
    uint8_t inside[BYTES]; /* of the message read last */
    size_t inside_bytes;
    uint8_t inside_first;
    unsigned messages;
    unsigned opened;
    unsigned auths;
    unsigned children;
};

static struct ike_nonces nonces_of(const struct offer offer[2])
{
    return (struct ike_nonces){offer[0].nonce.b, offer[0].nonce.n, offer[1].nonce.b,
                               offer[1].nonce.n};
}

static void check_keys(const struct sa *s)
{
    const struct hex *v = s->told->value;
    const struct cipher_suite *c = s->told->suite;
    size_t prf = prf_bytes(s->told->prf);
    size_t e = (size_t)c->key_bytes + c->salt_bytes;
    size_t a = c->integrity_bytes;
    RULE("IKE-KEY-1");
    CHECK(same(&v[SK_D], s->keys.d, prf) && same(&v[SK_AI], s->keys.i.integrity, a) &&
          same(&v[SK_AR], s->keys.r.integrity, a) && same(&v[SK_EI], s->keys.i.encryption, e) &&
          same(&v[SK_ER], s->keys.r.encryption, e) && same(&v[SK_PI], s->keys.pi, prf) &&
          same(&v[SK_PR], s->keys.pr, prf));
}

/* The next IKE SA; `old` NULL: the first one. */
static void begin_sa(struct world *w, const struct offer offer[2], const struct sa *old)
{
    uint8_t seed[PRF_BYTES];
    struct ike_nonces n = nonces_of(offer);
    CHECK(w->sas < w->told.ikes);
    if (w->sas == w->told.ikes)
        return;
    struct sa *s = &w->sa[w->sas];
    s->told = &w->told.ike[w->sas++];
    s->spi_i = offer[0].spi;
    s->spi_r = offer[1].spi;
    const struct hex *shared = &s->told->value[G_IR];
    if (old)
        ike_skeyseed_rekeyed(old->told->prf, old->keys.d, &n, shared->b, shared->n, seed);
    else
        ike_skeyseed(s->told->prf, &n, shared->b, shared->n, seed);
    size_t bytes = prf_bytes(old ? old->told->prf : s->told->prf);
    CHECK(same(&s->told->value[SKEYSEED], seed, bytes));
    const struct ike_suite suite = {s->told->suite, s->told->prf, 0};
    ike_derive(&suite, seed, bytes, &n, s->spi_i, s->spi_r, &s->keys);
    check_keys(s);
    s->sk[0] = ike_sk_of(w->ciphers, suite.cipher, &s->keys.i);
    s->sk[1] = ike_sk_of(w->ciphers, suite.cipher, &s->keys.r);
}

static const struct told_esp *esp_of(const struct world *w, uint64_t spi)
{
    const struct told_esp *found = NULL;
    for (unsigned k = 0; k < w->told.esps; k++)
        if (w->told.esp[k].spi == spi)
            found = &w->told.esp[k];
    CHECK(found != NULL);
    return found;
}

/* Packets that the exchange's initiator sends have the SPI that the responder has chosen. */
static void check_child(struct world *w, const struct sa *s, const struct offer nonce[2],
                        const struct offer spi[2])
{
    const struct told_esp *i = esp_of(w, spi[1].spi);
    const struct told_esp *r = esp_of(w, spi[0].spi);
    struct ike_nonces n = nonces_of(nonce);
    struct sa_keys keys[2];
    if (!i || !r)
        return;
    bool own = w->told.child_spi && (i->spi == w->told.child_spi || r->spi == w->told.child_spi);
    ike_keymat(s->told->prf, s->keys.d, own ? w->told.child_g_ir.b : NULL, w->told.child_g_ir.n, &n,
               i->suite, &keys[0], &keys[1]);
    size_t e = (size_t)i->suite->key_bytes + i->suite->salt_bytes;
    size_t a = i->suite->integrity_bytes;
    RULE("IPS-ESP-11");
    RULE("IKE-KEY-5");
    CHECK(same(&i->encryption, keys[0].encryption, e) &&
          same(&i->integrity, keys[0].integrity, a) &&
          same(&r->encryption, keys[1].encryption, e) && same(&r->integrity, keys[1].integrity, a));
    w->children++;
}

static void check_auth(struct world *w, const struct sa *s, unsigned side,
                       const struct ike_payloads *list)
{
    const struct ike_payload *id = ike_find(list, side ? IKE_P_IDR : IKE_P_IDI);
    const struct ike_payload *p = ike_find(list, IKE_P_AUTH);
    const struct hex *nonce = &w->initial[1 - side].nonce;
    uint8_t octets[BYTES + 256 + PRF_BYTES];
    uint8_t auth[PRF_BYTES];
    struct ike_blob blob;
    CHECK(id && p && ike_read_blob(p, &blob) == IKE_GOOD);
    if (!id || !p)
        return;
    size_t n =
        ike_signed_octets(s->told->prf, &(struct prf_piece){w->init[side], w->init_bytes[side]},
                          &(struct prf_piece){nonce->b, nonce->n}, side ? s->keys.pr : s->keys.pi,
                          &(struct prf_piece){id->body, id->bytes}, octets);
    ike_shared_key_auth(s->told->prf, w->told.psk.b, w->told.psk.n, octets, n, auth);
    CHECK_EQ(blob.kind, IKE_AUTH_SHARED_KEY);
    CHECK_EQ(blob.bytes, prf_bytes(s->told->prf));
    RULE("IKE-KEY-3");
    RULE("IKE-KEY-4");
    CHECK(!memcmp(blob.data, auth, blob.bytes));
    w->auths++;
}

/* Nonce and SPI, if the message has them. */
static bool read_offer(const struct ike_payloads *list, struct offer *o)
{
    static struct ike_sa_payload sa;
    const struct ike_payload *p = ike_find(list, IKE_P_SA);
    const struct ike_payload *nonce = ike_find(list, IKE_P_NONCE);
    *o = (struct offer){0};
    if (!p || ike_read_sa(p, &sa) != IKE_GOOD)
        return false;
    o->protocol = sa.proposal[0].protocol;
    o->spi = sa.proposal[0].spi;
    if (nonce && nonce->bytes <= sizeof o->nonce.b) {
        o->nonce.n = nonce->bytes;
        memcpy(o->nonce.b, nonce->body, nonce->bytes);
    }
    return true;
}

/* ---- messages ----------------------------------------------------------------------------- */

static void read_init(struct world *w, const struct ike_header *h, const uint8_t *bytes, size_t n)
{
    struct ike_payloads list;
    unsigned side = h->flags & IKE_RESPONSE ? 1 : 0;
    CHECK_EQ(ike_read_payloads(h->next, bytes + IKE_HEADER_BYTES, n - IKE_HEADER_BYTES, &list),
             IKE_GOOD);
    CHECK(read_offer(&list, &w->initial[side]));
    w->initial[side].spi = side ? h->spi_r : h->spi_i;
    memcpy(w->init[side], bytes, n);
    w->init_bytes[side] = n;
    if (side)
        begin_sa(w, w->initial, NULL);
}

/* `plain` was opened in place: text and padding, not what we would pad with. */
static void check_sealed_again(const struct ike_sk *k, uint8_t *plain, const uint8_t *sealed,
                               size_t n)
{
    enum { AT = IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER };
    const struct cipher_suite *s = k->suite;
    size_t text = n - AT - s->iv_bytes - s->icv_bytes;
    const struct cipher_text t = {.aad = plain,
                                  .aad_bytes = AT,
                                  .from = plain,
                                  .iv = plain + AT,
                                  .text = plain + AT + s->iv_bytes,
                                  .bytes = text,
                                  .icv = plain + n - s->icv_bytes};
    memset(t.icv, 0, s->icv_bytes);
    cipher_seal(k->cipher, &t);
    CHECK(!memcmp(plain, sealed, n));
}

/* Ours from the same payloads: with a combined cipher the same bytes, since its IV is ours to say
 * and the daemons do not pad; with CBC it has another IV and padding. */
static void check_ours(struct world *w, const struct ike_sk *k, const struct ike_header *h,
                       const uint8_t *sealed, size_t n)
{
    struct rng_seed seed = rng_seed_of(1, 0);
    struct rng rng = rng_stream(&seed, "iv");
    struct ike_sk own = *k;
    uint8_t out[BYTES];
    own.ivs = 0;
    for (unsigned b = 0; b < 8; b++)
        own.ivs = own.ivs << 8 | sealed[IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER + b];
    own.ivs--;
    size_t bytes =
        ike_seal(&own, &rng, h, &(struct ike_inside){w->inside_first, w->inside, w->inside_bytes},
                 out, sizeof out);
    CHECK_EQ(bytes, n);
    RULE("IKE-KEY-7");
    CHECK_EQ(!memcmp(out, sealed, n), k->suite->counts);
    CHECK(!memcmp(out, sealed, IKE_HEADER_BYTES + IKE_PAYLOAD_HEADER));
}

static void read_inside(struct world *w, const struct sa *s, const struct ike_header *h)
{
    struct ike_payloads list;
    struct offer *o = w->offer;
    unsigned side = h->flags & IKE_RESPONSE ? 1 : 0;
    CHECK_EQ(ike_read_payloads(w->inside_first, w->inside, w->inside_bytes, &list), IKE_GOOD);
    bool offers = read_offer(&list, &o[side]);
    if (h->exchange == IKE_AUTH)
        check_auth(w, s, side, &list);
    if (!side || !offers)
        return;
    if (h->exchange == IKE_AUTH)
        check_child(w, s, w->initial, o);
    else if (o[1].protocol == IKE_PROTO_ESP)
        check_child(w, s, o, o);
    else
        begin_sa(w, o, s);
}

static void read_message(struct world *w, const uint8_t *sealed, size_t n)
{
    static uint8_t plain[BYTES];
    struct ike_header h;
    struct ike_payloads list;
    const uint8_t *inside;
    const struct sa *s = NULL;
    w->messages++;
    CHECK_EQ(ike_read_header(sealed, n, &h), IKE_GOOD);
    if (h.exchange == IKE_SA_INIT) {
        read_init(w, &h, sealed, n);
        return;
    }
    memcpy(plain, sealed, n);
    for (unsigned k = 0; k < w->sas; k++)
        if (w->sa[k].spi_i == h.spi_i && w->sa[k].spi_r == h.spi_r)
            s = &w->sa[k];
    CHECK(s != NULL);
    CHECK_EQ(ike_read_payloads(h.next, plain + IKE_HEADER_BYTES, n - IKE_HEADER_BYTES, &list),
             IKE_GOOD);
    if (!s)
        return;
    const struct ike_sk *k = &s->sk[h.flags & IKE_INITIATOR ? 0 : 1];
    bool good = ike_open(k, plain, n, &list.p[0], &inside, &w->inside_bytes);
    CHECK(good);
    if (!good)
        return;
    w->opened++;
    w->inside_first = list.p[0].next;
    memcpy(w->inside, inside, w->inside_bytes);
    check_sealed_again(k, plain, sealed, n);
    check_ours(w, k, &h, sealed, n);
    read_inside(w, s, &h);
}

static void read_line(struct world *w, const char *line)
{
    uint8_t bytes[BYTES];
    char hex[LINE] = "";
    unsigned first;
    if (sscanf(line, "message %4095s", hex) == 1) {
        read_message(w, bytes, bytes_of_hex(hex, bytes));
    } else if (sscanf(line, "inside %u %4095s", &first, hex) >= 1) {
        CHECK_EQ(bytes_of_hex(hex, bytes), w->inside_bytes);
        CHECK_EQ(first, w->inside_first);
        CHECK(!memcmp(bytes, w->inside, w->inside_bytes));
    }
}

static void each_line(const char *name, const char *end, struct world *w, bool keys)
{
    char path[512], line[LINE];
    (void)snprintf(path, sizeof path, TESTS "/vectors/ike/%s%s", name, end);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    while (file && fgets(line, sizeof line, file)) {
        if (keys)
            read_told(&w->told, line);
        else
            read_line(w, line);
    }
    if (file)
        (void)fclose(file);
}

static void all_keys_and_messages_are_the_same_again(void)
{
    for (size_t k = 0; k < sizeof recordings / sizeof recordings[0]; k++) {
        static struct world w;
        int before = check_failures;
        w = (struct world){0};
        w.ciphers = ciphers_new(&w.arena, 4, false);
        each_line(recordings[k], ".keys.txt", &w, true);
        each_line(recordings[k], ".txt", &w, false);
        CHECK_EQ(w.messages, 26);
        CHECK_EQ(w.opened, 24);
        CHECK_EQ(w.sas, 2);
        CHECK_EQ(w.auths, 2);
        CHECK_EQ(w.children, 6);
        if (check_failures != before)
            (void)fprintf(stderr, "in %s\n", recordings[k]);
        ciphers_free(w.ciphers);
        arena_release(&w.arena);
    }
}

CHECK_MAIN(CASE(all_keys_and_messages_are_the_same_again))
