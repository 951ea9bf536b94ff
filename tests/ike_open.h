/*
 * ike_open.h - a third hand on the wire between two IKE machines: it reads what was sent, opens it
 * with the keys of who gets it, and seals what it likes with the keys of either end.
 */
#ifndef TESTS_IKE_OPEN_H
#define TESTS_IKE_OPEN_H

#include "tests/ike_bench.h"
#include "tests/ike_inside.h"

/* A message with its payloads, clear or opened; they point into `bytes`. */
struct open_letter {
    struct ike_header h;
    struct ike_payloads outer;
    struct ike_payloads list;
    uint8_t bytes[LETTER];
};

static inline struct ike_sa *inside_sa(const struct bench *b, unsigned e, uint64_t own)
{
    return map_find(&b->end[e].ike->by_spi, own);
}

/* The IKE SA that is up at `e`; NULL: none. */
static inline struct ike_sa *inside_up(const struct bench *b, unsigned e)
{
    return inside_sa(b, e, bench_own(b, e));
}

/* A whole message; a fragment is not opened. */
static inline bool open_bytes(const struct bench *b, unsigned to, const uint8_t *bytes, size_t n,
                              struct open_letter *o)
{
    memset(o, 0, sizeof *o);
    memcpy(o->bytes, bytes, n);
    if (ike_read_header(o->bytes, n, &o->h) ||
        ike_read_payloads(o->h.next, o->bytes + IKE_HEADER_BYTES, n - IKE_HEADER_BYTES, &o->outer))
        return false;
    if (o->h.exchange == IKE_SA_INIT || !o->outer.n ||
        o->outer.p[o->outer.n - 1].type != IKE_P_SK) {
        o->list = o->outer;
        return true;
    }
    const struct ike_payload *sk = &o->outer.p[o->outer.n - 1];
    const struct ike_sa *sa =
        inside_sa(b, to, o->h.flags & IKE_INITIATOR ? o->h.spi_r : o->h.spi_i);
    const uint8_t *plain;
    size_t bytes_in;
    return sa && sa->keyed && ike_open(&sa->in, o->bytes, n, sk, &plain, &bytes_in) &&
           !ike_read_payloads(sk->next, plain, bytes_in, &o->list);
}

static inline bool open_at(const struct bench *b, unsigned k, struct open_letter *o)
{
    return k < b->letters && open_bytes(b, b->letter[k].to, b->letter[k].bytes, b->letter[k].n, o);
}

/* Of a letter on the wire: the first notification of that type. */
static inline bool open_notify(const struct open_letter *o, uint16_t type, struct ike_notify *out)
{
    return ike_find_notify(&o->list, type, out);
}

static inline bool open_sa(const struct open_letter *o, struct ike_sa_payload *out)
{
    const struct ike_payload *p = ike_find(&o->list, IKE_P_SA);
    return p && !ike_read_sa(p, out);
}

static inline bool open_ts(const struct open_letter *o, uint8_t type, struct ike_ts *out)
{
    const struct ike_payload *p = ike_find(&o->list, type);
    return p && !ike_read_ts(p, out);
}

static inline bool open_delete(const struct open_letter *o, struct ike_delete *out)
{
    const struct ike_payload *p = ike_find(&o->list, IKE_P_DELETE);
    return p && !ike_read_delete(p, out);
}

/* ---- forged ---------------------------------------------------------------------------------- */

static inline void forge_bytes(struct bench *b, unsigned to, const struct ike_path *path,
                               const uint8_t *bytes, size_t n)
{
    struct bench_letter *l = &b->letter[b->letters++];
    *l = (struct bench_letter){.to = to, .path = *path, .n = n};
    memcpy(l->bytes, bytes, n);
}

/* As the IKE SA `sa` of the end that sends sees the way, for who gets it. */
static inline struct ike_path forge_path(const struct ike_sa *sa)
{
    const struct ike_path *p = &sa->path;
    return (struct ike_path){p->remote, p->local, p->remote_port, p->local_port};
}

/* Payloads sealed by end `from` for the other, last on the wire: authentic. */
static inline void forge_sealed(struct bench *b, unsigned from, uint8_t exchange, uint8_t response,
                                uint32_t id, uint8_t first, const uint8_t *inside, size_t n)
{
    uint8_t out[LETTER];
    struct ike_sa *sa = inside_up(b, from);
    const struct ike_header h = {.spi_i = ike_spi_i(sa),
                                 .spi_r = ike_spi_r(sa),
                                 .major = 2,
                                 .exchange = exchange,
                                 .flags = (uint8_t)(response | (sa->initiator ? IKE_INITIATOR : 0)),
                                 .id = id};
    struct rng iv = bench_stream(99, "forge", "iv");
    size_t bytes =
        ike_seal(&sa->out, &iv, &h, &(struct ike_inside){first, inside, n}, out, sizeof out);
    const struct ike_path path = forge_path(sa);
    CHECK(bytes);
    forge_bytes(b, 1 - from, &path, out, bytes);
}

/* The payloads of a writer that was begun inside. */
static inline void forge(struct bench *b, unsigned from, uint8_t exchange, uint8_t response,
                         uint32_t id, const struct ike_writer *w)
{
    forge_sealed(b, from, exchange, response, id, w->first, w->w.base, w->w.len);
}

/* One notification alone, as a request with the next id that `from` may use. */
static inline void forge_notify(struct bench *b, unsigned from, uint32_t id, uint16_t type,
                                const void *data, size_t n)
{
    uint8_t inside[512];
    struct ike_writer w;
    ike_begin_inside(&w, inside, sizeof inside);
    ike_put_status(&w, type, data, n);
    forge(b, from, IKE_INFORMATIONAL, 0, id, &w);
}

/* The id that `to` waits for. */
static inline uint32_t forge_id(const struct bench *b, unsigned to)
{
    return inside_up(b, to)->expected;
}

#endif
