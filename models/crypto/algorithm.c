#include "models/crypto/algorithm.h"

#include <assert.h>
#include <string.h>

#include "sim/base/bytes.h"

enum {
    DER_INTEGER = 0x02,
    DER_NULL = 0x05,
    DER_OID = 0x06,
    DER_SEQUENCE = 0x30,
    DER_HASH = 0xa0, /* [0], [1] and [2] of RSASSA-PSS-params: RFC 4055 3.1 */
    DER_MASK = 0xa1,
    DER_SALT = 0xa2,
    PSS_SALT = 20 /* where none is named */
};

struct oid {
    uint8_t bytes;
    uint8_t at[9];
};

static const struct oid oid_mgf1 = {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8}};

static const struct {
    const char *name;
    unsigned bytes;
    struct oid oid;
} digests[] = {
    [SIGN_SHA1] = {"SHA1", 20, {5, {0x2b, 0x0e, 3, 2, 0x1a}}},
    [SIGN_SHA256] = {"SHA256", 32, {9, {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}}},
    [SIGN_SHA384] = {"SHA384", 48, {9, {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2}}},
    [SIGN_SHA512] = {"SHA512", 64, {9, {0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3}}},
    [SIGN_IDENTITY] = {NULL, 0, {0}},
};

/* RFC 7427 A.1 to A.4, RFC 8420 3. PSS, whose hash stands in its parameters, is the last. */
static const struct {
    enum sign_family family;
    enum sign_hash hash;
    struct oid oid;
} algorithms[] = {
    {SIGN_RSA, SIGN_SHA1, {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5}}},
    {SIGN_RSA, SIGN_SHA256, {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11}}},
    {SIGN_RSA, SIGN_SHA384, {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12}}},
    {SIGN_RSA, SIGN_SHA512, {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13}}},
    {SIGN_ECDSA, SIGN_SHA1, {7, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1}}},
    {SIGN_ECDSA, SIGN_SHA256, {8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2}}},
    {SIGN_ECDSA, SIGN_SHA384, {8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3}}},
    {SIGN_ECDSA, SIGN_SHA512, {8, {0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4}}},
    {SIGN_EDDSA, SIGN_IDENTITY, {3, {0x2b, 0x65, 0x70}}},
    {SIGN_RSA, SIGN_SHA1, {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10}}},
};

enum {
    ALGORITHMS = sizeof algorithms / sizeof algorithms[0],
    PSS = ALGORITHMS - 1,
    DIGESTS = sizeof digests / sizeof digests[0]
};

const char *algorithm_digest(enum sign_hash hash)
{
    assert(hash >= SIGN_SHA1 && (int)hash < DIGESTS);
    return digests[hash].name;
}

unsigned algorithm_digest_bytes(enum sign_hash hash)
{
    assert(hash >= SIGN_SHA1 && (int)hash < DIGESTS);
    return digests[hash].bytes;
}

/* ---- reading --------------------------------------------------------------------------------- */

static bool is_next(const struct reader *r, uint8_t tag)
{
    return rd_left(r) > 0 && *r->at == tag;
}

/* What is in the next element. No part of an AlgorithmIdentifier here is so long that its length
 * would take the long form. */
static struct reader element(struct reader *r, uint8_t tag)
{
    if (rd_u8(r) != tag)
        r->bad = true;
    uint8_t length = rd_u8(r);
    if (length > 0x7f)
        r->bad = true;
    return rd_sub(r, length);
}

static bool is_oid(const struct reader *r, const struct oid *oid)
{
    return !r->bad && rd_left(r) == oid->bytes && !memcmp(r->at, oid->at, oid->bytes);
}

/* NULL or nothing, and then the end. */
static bool ends_without_parameters(struct reader *r)
{
    if (is_next(r, DER_NULL)) {
        struct reader null = element(r, DER_NULL);
        return rd_done(&null) && rd_done(r);
    }
    return rd_done(r);
}

/* The AlgorithmIdentifier of a digest. */
static enum sign_hash digest_of(struct reader *r)
{
    struct reader id = element(r, DER_SEQUENCE);
    struct reader oid = element(&id, DER_OID);
    for (int k = SIGN_SHA1; k < SIGN_IDENTITY; k++) {
        if (is_oid(&oid, &digests[k].oid))
            return ends_without_parameters(&id) ? (enum sign_hash)k : SIGN_HASH_NONE;
    }
    return SIGN_HASH_NONE;
}

static enum sign_hash mask_digest_of(struct reader *r)
{
    struct reader id = element(r, DER_SEQUENCE);
    struct reader oid = element(&id, DER_OID);
    if (!is_oid(&oid, &oid_mgf1))
        return SIGN_HASH_NONE;
    enum sign_hash hash = digest_of(&id);
    return rd_done(&id) ? hash : SIGN_HASH_NONE;
}

static bool salt_of(struct reader *r, unsigned *salt)
{
    struct reader number = element(r, DER_INTEGER);
    size_t bytes = rd_left(&number);
    *salt = rd_u8(&number);
    return bytes == 1 && *salt <= 0x7f;
}

/* RSASSA-PSS-params; what has its default is not there (X.690 11.5). */
static bool read_pss(struct reader *r, struct algorithm *a)
{
    struct reader params = element(r, DER_SEQUENCE);
    enum sign_hash mask = SIGN_SHA1;
    a->padding = SIGN_PSS;
    a->salt = PSS_SALT;
    if (is_next(&params, DER_HASH)) {
        struct reader part = element(&params, DER_HASH);
        a->hash = digest_of(&part);
        if (!rd_done(&part) || a->hash == SIGN_SHA1)
            return false;
    }
    if (is_next(&params, DER_MASK)) {
        struct reader part = element(&params, DER_MASK);
        mask = mask_digest_of(&part);
        if (!rd_done(&part) || mask == SIGN_SHA1)
            return false;
    }
    if (is_next(&params, DER_SALT)) {
        struct reader part = element(&params, DER_SALT);
        if (!salt_of(&part, &a->salt) || !rd_done(&part) || a->salt == PSS_SALT)
            return false;
    }
    return rd_done(&params) && rd_done(r) && a->hash && mask == a->hash;
}

bool algorithm_read(const uint8_t *der, size_t n, struct algorithm *out)
{
    struct reader all = rd_over(der, n);
    struct reader id = element(&all, DER_SEQUENCE);
    struct reader oid = element(&id, DER_OID);
    if (!rd_done(&all))
        return false;
    for (size_t k = 0; k < ALGORITHMS; k++) {
        if (!is_oid(&oid, &algorithms[k].oid))
            continue;
        *out = (struct algorithm){.family = algorithms[k].family, .hash = algorithms[k].hash};
        if (k == PSS)
            return read_pss(&id, out);
        return out->family == SIGN_RSA ? ends_without_parameters(&id) : rd_done(&id);
    }
    return false;
}

/* ---- writing --------------------------------------------------------------------------------- */

static size_t begin(struct writer *w, uint8_t tag)
{
    wr_u8(w, tag);
    return wr_hole(w, 1);
}

static void end(struct writer *w, size_t hole)
{
    wr_fill_u8(w, hole, (uint8_t)(w->len - hole - 1));
}

static void put_oid(struct writer *w, const struct oid *oid)
{
    wr_u8(w, DER_OID);
    wr_u8(w, oid->bytes);
    wr_bytes(w, oid->at, oid->bytes);
}

static void put_null(struct writer *w)
{
    wr_u8(w, DER_NULL);
    wr_u8(w, 0);
}

static void put_digest(struct writer *w, enum sign_hash hash)
{
    size_t id = begin(w, DER_SEQUENCE);
    put_oid(w, &digests[hash].oid);
    put_null(w);
    end(w, id);
}

static void put_pss(struct writer *w, const struct algorithm *a)
{
    size_t params = begin(w, DER_SEQUENCE);
    if (a->hash != SIGN_SHA1) {
        size_t part = begin(w, DER_HASH);
        put_digest(w, a->hash);
        end(w, part);
        part = begin(w, DER_MASK);
        size_t id = begin(w, DER_SEQUENCE);
        put_oid(w, &oid_mgf1);
        put_digest(w, a->hash);
        end(w, id);
        end(w, part);
    }
    if (a->salt != PSS_SALT) {
        size_t part = begin(w, DER_SALT);
        wr_u8(w, DER_INTEGER);
        wr_u8(w, 1);
        wr_u8(w, (uint8_t)a->salt);
        end(w, part);
    }
    end(w, params);
}

size_t algorithm_write(const struct algorithm *a, uint8_t out[ALGORITHM_BYTES])
{
    struct writer w = wr_over(out, ALGORITHM_BYTES);
    bool pss = a->family == SIGN_RSA && a->padding == SIGN_PSS;
    size_t row = PSS;
    if (!pss) {
        for (row = 0; row < PSS; row++) {
            if (algorithms[row].family == a->family && algorithms[row].hash == a->hash)
                break;
        }
        assert(row < PSS);
    }
    size_t id = begin(&w, DER_SEQUENCE);
    put_oid(&w, &algorithms[row].oid);
    if (pss) {
        put_pss(&w, a);
    } else if (a->family == SIGN_RSA) {
        put_null(&w);
    }
    end(&w, id);
    assert(!w.full);
    return w.len;
}
