/* Whatever a peer shows, sign_verify comes to a verdict, to the same one twice, and nothing that is
 * good for one text is good for another.
 *
 * The input: a byte of flags, one of hashes, method and ID type, then ID, AUTH data and
 * certificates with a length of two octets each. Nobody makes a certificate that our CA has signed:
 * with a flag the first is trusted as it is, so that what comes behind that check is reached too.
 * With another flag all of it is a file of PEM. */
#define TESTS SCENARIOS "/../tests"
#include "sim/base/bytes.h"

#include "tests/sign_bench.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SIGNATURE = 1, IS_FILE = 2, TRUST_IT = 4, PEM_MOST = 1 << 17 };

static struct sign_certs *ca;

static void read_file(const uint8_t *bytes, size_t n)
{
    struct why w;
    struct sign_key *k = NULL;
    struct sign_certs *c = NULL;
    const char *pem = (const char *)bytes;
    if (!sign_certs_read(pem, n, "fuzz", &c, &w)) {
        uint8_t hash[20];
        size_t length;
        for (unsigned one = 0; one < sign_certs_count(c); one++) {
            sign_certs_key_hash(c, one, hash);
            if (!sign_certs_der(c, one, &length) || length == 0)
                abort();
        }
    }
    if (!sign_key_read(pem, n, "fuzz", &k, &w)) {
        if (c)
            (void)sign_key_fits(k, c);
        if (!*sign_key_kind(k))
            abort();
    }
    sign_key_free(k);
    sign_certs_free(c);
}

/* A certificate as PEM; NULL where that is none. */
static struct sign_certs *trust(const uint8_t *der, size_t n)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    static char pem[PEM_MOST];
    struct why w;
    struct sign_certs *c = NULL;
    size_t at = (size_t)sprintf(pem, "-----BEGIN CERTIFICATE-----\n");
    for (size_t k = 0; k < n; k += 3) {
        uint32_t three = (uint32_t)der[k] << 16 | (uint32_t)(k + 1 < n ? der[k + 1] : 0) << 8 |
                         (k + 2 < n ? der[k + 2] : 0);
        for (int d = 0; d < 4; d++) {
            char digit = digits[three >> (18 - 6 * d) & 63];
            pem[at++] = (char)(k + (size_t)d <= n ? digit : '=');
        }
        if (k % 48 == 45)
            pem[at++] = '\n';
    }
    at += (size_t)sprintf(pem + at, "\n-----END CERTIFICATE-----\n");
    return sign_certs_read(pem, at, "fuzz", &c, &w) ? NULL : c;
}

static const uint8_t *take(struct reader *r, size_t *n)
{
    *n = rd_u16(r);
    *n = *n < rd_left(r) ? *n : rd_left(r);
    return rd_take(r, *n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!ca)
        ca = certs_of("ca");
    struct reader r = rd_over(data, size);
    uint8_t flags = rd_u8(&r);
    if (flags & IS_FILE) {
        read_file(data + 1, rd_left(&r));
        return 0;
    }
    const struct sign_how how = {.signature = flags & SIGNATURE, .hashes = rd_u8(&r)};
    struct sign_claim c = {.method = rd_u8(&r), .id_type = rd_u8(&r)};
    c.id = take(&r, &c.id_bytes);
    c.auth = take(&r, &c.auth_bytes);
    while (rd_left(&r) && c.certs < 8) {
        c.cert[c.certs] = take(&r, &c.cert_bytes[c.certs]);
        c.certs++;
    }
    struct sign_certs *own = flags & TRUST_IT && c.certs ? trust(c.cert[0], c.cert_bytes[0]) : NULL;
    const struct sign_certs *trusted = own ? own : ca;
    enum sign_verdict v = sign_verify(trusted, &c, &how, octets, sizeof octets, sign_now);
    if (sign_verify(trusted, &c, &how, octets, sizeof octets, sign_now) != v)
        abort();
    if (v == SIGN_GOOD &&
        sign_verify(trusted, &c, &how, octets, sizeof octets - 1, sign_now) != SIGN_BAD_SIGNATURE)
        abort();
    if (v == SIGN_GOOD && how.signature != (c.method == IKE_AUTH_SIGNATURE))
        abort();
    if (!*sign_verdict_name(v))
        abort();
    sign_certs_free(own);
    return 0;
}
