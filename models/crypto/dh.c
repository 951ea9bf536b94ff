#include "models/crypto/dh.h"

#include <assert.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>

/* Private values of MODP groups: twice the higher of RFC 3526 8's estimates of the group's strength
 * would be 320 to 480 bits, twice the lower one 220 to 300, and RFC 7919 5.2 asks for 225 to 325;
 * what stands here is above the last two.  Those of curves are as long as the order. */
static const struct shape {
    const char *name;
    BIGNUM *(*prime)(BIGNUM *); /* MODP */
    int curve;                  /* of OpenSSL; 0: none that it calculates by points */
    uint16_t group;
    uint16_t public_bytes;
    uint16_t shared_bytes;
    uint8_t private_bytes;
} shapes[] = {
    {"modp2048", BN_get_rfc3526_prime_2048, 0, DH_MODP2048, 256, 256, 32},
    {"modp3072", BN_get_rfc3526_prime_3072, 0, DH_MODP3072, 384, 384, 40},
    {"modp4096", BN_get_rfc3526_prime_4096, 0, DH_MODP4096, 512, 512, 48},
    {"ecp256", NULL, NID_X9_62_prime256v1, DH_ECP256, 64, 32, 32},
    {"ecp384", NULL, NID_secp384r1, DH_ECP384, 96, 48, 48},
    {"x25519", NULL, 0, DH_CURVE25519, 32, 32, 32},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static const struct shape *find(uint16_t group)
{
    for (size_t k = 0; k < SHAPES; k++) {
        if (shapes[k].group == group)
            return &shapes[k];
    }
    return NULL;
}

static const struct shape *shape_of(uint16_t group)
{
    const struct shape *s = find(group);
    assert(s);
    return s;
}

size_t dh_public_bytes(uint16_t group)
{
    const struct shape *s = find(group);
    return s ? s->public_bytes : 0;
}

size_t dh_shared_bytes(uint16_t group)
{
    const struct shape *s = find(group);
    return s ? s->shared_bytes : 0;
}

size_t dh_private_bytes(uint16_t group)
{
    const struct shape *s = find(group);
    return s ? s->private_bytes : 0;
}

const char *dh_name(uint16_t group)
{
    const struct shape *s = find(group);
    return s ? s->name : NULL;
}

static BIGNUM *number_of(const uint8_t *bytes, size_t n)
{
    BIGNUM *b = BN_bin2bn(bytes, (int)n, NULL);
    assert(b);
    return b;
}

/* ---- MODP -------------------------------------------------------------------------------- */

/* base ^ secret mod p; 1 < base < p - 1, which RFC 6989 2.1 demands of a peer's value. */
static bool raise(const struct shape *s, const uint8_t *secret, const BIGNUM *base, uint8_t *out)
{
    BN_CTX *c = BN_CTX_new();
    BIGNUM *p = s->prime(NULL);
    BIGNUM *x = number_of(secret, s->private_bytes);
    BIGNUM *last = BN_dup(p);
    BIGNUM *y = BN_new();
    assert(c && p && last && y);
    int good = BN_sub_word(last, 1);
    assert(good);
    bool in_range = BN_cmp(base, BN_value_one()) > 0 && BN_cmp(base, last) < 0;
    if (in_range) {
        good = BN_mod_exp_mont_consttime(y, base, x, p, c, NULL) &&
               BN_bn2binpad(y, out, s->shared_bytes) == s->shared_bytes;
        assert(good);
    }
    BN_free(y);
    BN_free(last);
    BN_free(x);
    BN_free(p);
    BN_CTX_free(c);
    return in_range;
}

static void modp_public(const struct shape *s, struct dh *d)
{
    static const uint8_t generator = 2;
    BIGNUM *g = number_of(&generator, 1);
    bool good = raise(s, d->secret, g, d->value);
    assert(good);
    BN_free(g);
}

static bool modp_agree(const struct shape *s, const struct dh *d, const uint8_t *peer, uint8_t *out)
{
    BIGNUM *r = number_of(peer, s->public_bytes);
    bool good = raise(s, d->secret, r, out);
    BN_free(r);
    return good;
}

/* ---- elliptic curves --------------------------------------------------------------------- */

enum { POINT = 1 + 2 * 48, UNCOMPRESSED = 4 /* SEC 1 2.3.3; IKE leaves this octet out */ };

/* secret times the point, or times the generator where there is none; `out` gets x and y. False: no
 * point of the curve. OpenSSL finds those whose coordinates are not below the prime or that do not
 * lie on the curve (RFC 6989 2.3); the point at infinity cannot be written so, and both curves'
 * cofactor is 1. */
static bool multiply(const struct shape *s, const uint8_t *secret, const uint8_t *point,
                     uint8_t *out)
{
    uint8_t octets[POINT] = {UNCOMPRESSED};
    size_t n = 1 + (size_t)s->public_bytes;
    BN_CTX *c = BN_CTX_new();
    EC_GROUP *g = EC_GROUP_new_by_curve_name(s->curve);
    assert(c && g);
    EC_POINT *p = EC_POINT_new(g);
    EC_POINT *q = EC_POINT_new(g);
    BIGNUM *k = number_of(secret, s->private_bytes);
    assert(p && q);
    bool is_point = true;
    if (point) {
        memcpy(octets + 1, point, s->public_bytes);
        is_point = EC_POINT_oct2point(g, p, octets, n, c) == 1;
    }
    if (is_point) {
        int good = point ? EC_POINT_mul(g, q, NULL, p, k, c) : EC_POINT_mul(g, q, k, NULL, NULL, c);
        assert(good);
        size_t wrote = EC_POINT_point2oct(g, q, POINT_CONVERSION_UNCOMPRESSED, octets, n, c);
        assert(wrote == n);
        memcpy(out, octets + 1, s->public_bytes);
    } else {
        ERR_clear_error();
    }
    BN_free(k);
    EC_POINT_free(q);
    EC_POINT_free(p);
    EC_GROUP_free(g);
    BN_CTX_free(c);
    return is_point;
}

static bool curve_agree(const struct shape *s, const struct dh *d, const uint8_t *peer,
                        uint8_t *out)
{
    uint8_t xy[POINT - 1];
    if (!multiply(s, d->secret, peer, xy))
        return false;
    memcpy(out, xy, s->shared_bytes); /* x alone: RFC 5903 9 */
    return true;
}

/* 0 < secret < order: RFC 5903 has no other. */
static bool below_order(const struct shape *s, const uint8_t *secret)
{
    EC_GROUP *g = EC_GROUP_new_by_curve_name(s->curve);
    BIGNUM *k = number_of(secret, s->private_bytes);
    assert(g);
    bool good = !BN_is_zero(k) && BN_cmp(k, EC_GROUP_get0_order(g)) < 0;
    BN_free(k);
    EC_GROUP_free(g);
    return good;
}

/* ---- Curve25519 -------------------------------------------------------------------------- */

static void x25519_public(struct dh *d)
{
    size_t n = 32;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, d->secret, n);
    int good = key && EVP_PKEY_get_raw_public_key(key, d->value, &n);
    assert(good && n == 32);
    EVP_PKEY_free(key);
}

/* From both values: from the private one alone, OpenSSL would compute the public one again, which
 * takes as long as to agree. */
static EVP_PKEY *x25519_pair(const struct dh *d)
{
    uint8_t secret[32];
    uint8_t value[32];
    EVP_PKEY *key = NULL;
    memcpy(secret, d->secret, sizeof secret);
    memcpy(value, d->value, sizeof value);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, secret, sizeof secret),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, value, sizeof value),
        OSSL_PARAM_construct_end()};
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
    int good = c && EVP_PKEY_fromdata_init(c) > 0 &&
               EVP_PKEY_fromdata(c, &key, EVP_PKEY_KEYPAIR, params) > 0;
    assert(good);
    EVP_PKEY_CTX_free(c);
    return key;
}

/* Any 32 bytes are a value (RFC 7748 5), but OpenSSL refuses a result that is all zero. */
static bool x25519_agree(const struct dh *d, const uint8_t *peer, uint8_t *out)
{
    size_t n = 32;
    EVP_PKEY *own = x25519_pair(d);
    EVP_PKEY *other = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer, 32);
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new(own, NULL);
    assert(other && c);
    int good = EVP_PKEY_derive_init(c) > 0 && EVP_PKEY_derive_set_peer_ex(c, other, 0) > 0;
    assert(good);
    bool agreed = EVP_PKEY_derive(c, out, &n) > 0 && n == 32;
    if (!agreed)
        ERR_clear_error();
    EVP_PKEY_CTX_free(c);
    EVP_PKEY_free(other);
    EVP_PKEY_free(own);
    return agreed;
}

/* ------------------------------------------------------------------------------------------ */

void dh_set(struct dh *d, uint16_t group, const uint8_t *secret)
{
    const struct shape *s = shape_of(group);
    assert(s->public_bytes <= DH_PUBLIC && s->private_bytes <= DH_PRIVATE);
    *d = (struct dh){.group = group};
    memcpy(d->secret, secret, s->private_bytes);
    if (s->prime) {
        modp_public(s, d);
    } else if (s->curve) {
        bool good = multiply(s, d->secret, NULL, d->value);
        assert(good);
    } else {
        x25519_public(d);
    }
}

void dh_draw(struct dh *d, uint16_t group, struct rng *r)
{
    const struct shape *s = shape_of(group);
    uint8_t secret[DH_PRIVATE];
    do {
        for (size_t k = 0; k < s->private_bytes; k++)
            secret[k] = (uint8_t)rng_u32(r);
    } while (s->curve && !below_order(s, secret));
    dh_set(d, group, secret);
}

bool dh_agree(const struct dh *d, const uint8_t *peer, size_t bytes, uint8_t *out)
{
    const struct shape *s = shape_of(d->group);
    if (bytes != s->public_bytes)
        return false;
    if (s->prime)
        return modp_agree(s, d, peer, out);
    return s->curve ? curve_agree(s, d, peer, out) : x25519_agree(d, peer, out);
}
