/* sign_auth CERTS FOLDER: what each key of tests/certs makes of the octets that FOLDER/octets gets,
 * by each method, as FOLDER/NAME.HOW; and a line of what it is. sign.py lets others judge it.
 *
 * Each line: name of the key, how, AUTH method, bytes of AlgorithmIdentifier in front; or
 * `hash`, name, and what CERTREQ lists for that key. */
#include <stdio.h>

#include "models/crypto/sign.h"

enum { METHOD_SIGNATURE = 14, MOST = 1 << 16 };

static const char octets[] = "the octets that AUTH covers";

static const char *const names[] = {"mn-rsa",      "mn-rsa4096", "mn-ecdsa256", "mn-ecdsa384",
                                    "mn-ecdsa521", "mn-ed25519", "rfc4754"};

static const struct {
    const char *name;
    struct sign_how how;
} hows[] = {
    {"old", {.signature = false}},
    {"sha1", {true, 1 << 1, SIGN_PKCS1}},
    {"sha256", {true, 1 << 2, SIGN_PKCS1}},
    {"sha384", {true, 1 << 3, SIGN_PKCS1}},
    {"sha512", {true, 1 << 4, SIGN_PKCS1}},
    {"identity", {true, 1 << 5, SIGN_PKCS1}},
    {"pss-sha1", {true, 1 << 1, SIGN_PSS}},
    {"pss-sha256", {true, 1 << 2, SIGN_PSS}},
    {"pss-sha384", {true, 1 << 3, SIGN_PSS}},
    {"pss-sha512", {true, 1 << 4, SIGN_PSS}},
};

static int put(const char *folder, const char *name, const char *how, const void *bytes, size_t n)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s%s%s", folder, name, *how ? "." : "", how);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n || fclose(f)) {
        perror(path);
        return 1;
    }
    return 0;
}

static size_t read_file(const char *certs, const char *name, const char *ending, char pem[MOST])
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s.%s", certs, name, ending);
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 0;
    }
    size_t n = fread(pem, 1, MOST, f);
    (void)fclose(f);
    return n;
}

static void print_key_hash(const char *name, const struct sign_certs *c)
{
    uint8_t hash[20];
    sign_certs_key_hash(c, 0, hash);
    (void)printf("hash %s ", name);
    for (size_t k = 0; k < sizeof hash; k++)
        (void)printf("%02x", hash[k]);
    (void)printf("\n");
}

int main(int argc, char **argv)
{
    static char pem[MOST];
    if (argc != 3)
        return 2;
    const struct rng_seed seed = rng_seed_of(1, 0);
    struct rng rng = rng_stream(&seed, "mn.sign");
    int bad = put(argv[2], "octets", "", octets, sizeof octets - 1);
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        struct sign_key *key = NULL;
        struct sign_certs *c = NULL;
        struct why w = {""};
        size_t n = read_file(argv[1], names[k], "key", pem);
        if (sign_key_read(pem, n, names[k], &key, &w) ||
            sign_certs_read(pem, read_file(argv[1], names[k], "pem", pem), names[k], &c, &w)) {
            (void)fprintf(stderr, "%s\n", w.text);
            return 1;
        }
        print_key_hash(names[k], c);
        sign_certs_free(c);
        for (size_t h = 0; h < sizeof hows / sizeof hows[0]; h++) {
            struct sign_auth auth;
            if (!sign_auth(key, &hows[h].how, octets, sizeof octets - 1, &rng, &auth))
                continue;
            bad |= put(argv[2], names[k], hows[h].name, auth.data, auth.bytes);
            (void)printf("%s %s %u %u\n", names[k], hows[h].name, auth.method,
                         auth.method == METHOD_SIGNATURE ? auth.data[0] : 0u);
        }
        sign_key_free(key);
    }
    return bad;
}
