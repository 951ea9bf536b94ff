/* IKE SAs, for traces. */
#include <stdio.h>

#include "models/node/key_exchange.h"
#include "sim/world/world.h"

/* As tshark's table of IKEv2 keys names algorithms (RFC 5282, 3602, 5930, 4868, 2404). */
static void name_encryption(const struct cipher_suite *s, char *out, size_t size)
{
    unsigned bits = s->key_bits;
    switch (s->encr) {
    case ENCR_AES_CBC:
        (void)snprintf(out, size, "AES-CBC-%u [RFC3602]", bits);
        break;
    case ENCR_AES_CTR:
        (void)snprintf(out, size, "AES-CTR-%u [RFC5930]", bits);
        break;
    case ENCR_AES_GCM8:
    case ENCR_AES_GCM12:
    case ENCR_AES_GCM16:
        (void)snprintf(out, size, "AES-GCM-%u with %u octet ICV [RFC5282]", bits,
                       (unsigned)s->icv_bytes);
        break;
    default:
        *out = '\0';
        break;
    }
}

static const char *integrity_name(const struct cipher_suite *s)
{
    switch (s->integ) {
    case INTEG_HMAC_SHA1_96:
        return "HMAC_SHA1_96 [RFC2404]";
    case INTEG_HMAC_SHA256_128:
        return "HMAC_SHA2_256_128 [RFC4868]";
    case INTEG_HMAC_SHA384_192:
        return "HMAC_SHA2_384_192 [RFC4868]";
    case INTEG_HMAC_SHA512_256:
        return "HMAC_SHA2_512_256 [RFC4868]";
    default:
        return "NONE [RFC4306]";
    }
}

static struct trace_ike tell(const struct key_sa *s)
{
    const struct cipher_suite *suite = s->suite->cipher;
    struct trace_ike t = {.spi_i = s->spi_i,
                          .spi_r = s->spi_r,
                          .encryption = {s->keys.i.encryption, s->keys.r.encryption},
                          .encryption_bytes = (size_t)suite->key_bytes + suite->salt_bytes,
                          .integrity = {s->keys.i.integrity, s->keys.r.integrity},
                          .integrity_bytes = suite->integrity_bytes};
    name_encryption(suite, t.encryption_name, sizeof t.encryption_name);
    (void)snprintf(t.integrity_name, sizeof t.integrity_name, "%s", integrity_name(suite));
    return t;
}

/* Responders have every IKE SA that both sides had keys of; those that only an initiator knew have
 * no message that could be read. */
static bool counts(const struct key_sa *s, const struct trace_ike *list, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (list[k].spi_i == s->spi_i && list[k].spi_r == s->spi_r)
            return false;
    }
    return true;
}

struct trace_ike *world_ikes(struct world *w, size_t *n)
{
    size_t count = 0;
    for (uint32_t k = 0; k < w->nodes; k++) {
        const struct key_sa *s = w->node[k]->keys ? key_exchange_sas(w->node[k]->keys) : NULL;
        for (; s; s = s->next)
            count++;
    }
    struct trace_ike *list = arena_take(w->arena, (count + 1) * sizeof *list);
    *n = 0;
    for (uint32_t k = 0; k < w->nodes; k++) {
        const struct key_sa *s = w->node[k]->keys ? key_exchange_sas(w->node[k]->keys) : NULL;
        for (; s; s = s->next) {
            if (counts(s, list, *n))
                list[(*n)++] = tell(s);
        }
    }
    return list;
}

/* ---- counters -------------------------------------------------------------------------------- */

enum { NODE_COUNTS = 8 + IKE_TASK_COUNT };

static size_t count_node(struct world *w, uint32_t node, struct trace_count *out)
{
    struct key_exchange *x = w->node[node]->keys;
    const struct key_counts *c = key_exchange_counts(x);
    const struct ike_work *work = ike_work(key_exchange_ike(x));
    uint64_t operations = 0;
    size_t n = 0;
    for (unsigned k = 0; k < sizeof work->dh_public / sizeof *work->dh_public; k++)
        operations += work->dh_public[k] + work->dh_shared[k];
    out[n++] = (struct trace_count){node, "ike.sent", c->sent};
    out[n++] = (struct trace_count){node, "ike.sent_bytes", c->sent_bytes};
    out[n++] = (struct trace_count){node, "ike.bytes", c->bytes};
    out[n++] = (struct trace_count){node, "ike.repeated", c->repeated};
    out[n++] = (struct trace_count){node, "ike.received", c->received};
    out[n++] = (struct trace_count){node, "ike.dh_operations", operations};
    out[n++] = (struct trace_count){node, "ike.signatures", work->signs};
    out[n++] = (struct trace_count){node, "ike.verifications", work->verifies};
    for (int task = 1; task < IKE_TASK_COUNT; task++) {
        const char *name = ike_task_name((enum ike_task)task);
        out[n++] = (struct trace_count){node, arena_format(w->arena, "ike.exchanges.%s", name),
                                        c->exchanges[task]};
    }
    return n;
}

struct trace_count *world_key_counts(struct world *w, size_t *n)
{
    size_t nodes = 0;
    for (uint32_t k = 0; k < w->nodes; k++)
        nodes += w->node[k]->keys != NULL;
    struct trace_count *list = arena_take(w->arena, (nodes * NODE_COUNTS + 1) * sizeof *list);
    *n = 0;
    for (uint32_t k = 0; k < w->nodes; k++) {
        if (w->node[k]->keys)
            *n += count_node(w, k, list + *n);
    }
    return list;
}
