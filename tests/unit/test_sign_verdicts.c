/* Who is believed: every verdict on certificates, identities and AUTH; and files of PEM. */
#include "tests/check.h"
#include "tests/hex.h"
#include "tests/sign_bench.h"

static struct sign_certs *trusted;

static void begin(void)
{
    trusted = certs_of("ca");
}

static void end(void)
{
    sign_certs_free(trusted);
}

/* A signer whose AUTH is good. */
static struct signer signed_by(const char *name)
{
    struct signer s = signer_of(name);
    CHECK(sign_auth(s.key, &how_agreed, octets, sizeof octets, &s.rng, &s.auth));
    return s;
}

static enum sign_verdict judge(const struct sign_claim *c, int64_t at)
{
    return sign_verify(trusted, c, &how_agreed, octets, sizeof octets, at);
}

static enum sign_verdict verdict_at(const char *name, int64_t at)
{
    struct signer s = signed_by(name);
    const struct sign_claim c = mobile_claim(&s);
    enum sign_verdict v = judge(&c, at);
    signer_free(&s);
    return v;
}

static enum sign_verdict verdict_on(const char *name)
{
    return verdict_at(name, sign_now);
}

/* ---- certificates ------------------------------------------------------------------------ */

static void certificates_are_judged_at_the_time_handed_in(void)
{
    enum { JUNE = 1748736000 }; /* 2025-06-01 */
    const int64_t year_2030 = 1893456000;
    CHECK_EQ(verdict_on("mn-expired"), SIGN_EXPIRED);
    CHECK_EQ(verdict_at("mn-expired", JUNE + 1), SIGN_EXPIRED);
    CHECK_EQ(verdict_at("mn-expired", JUNE - 1), SIGN_GOOD);
    CHECK_EQ(verdict_on("mn-early"), SIGN_EXPIRED);
    CHECK_EQ(verdict_at("mn-early", year_2030 - 1), SIGN_EXPIRED);
    CHECK_EQ(verdict_at("mn-early", year_2030), SIGN_GOOD);
    CHECK_EQ(verdict_at("mn-ecdsa256", 0), SIGN_EXPIRED);
    CHECK_EQ(verdict_at("mn-ecdsa256", INT64_C(4102444800)), SIGN_EXPIRED); /* 2100 */
}

static void a_chain_ends_at_one_that_is_trusted(void)
{
    CHECK_EQ(verdict_on("mn-middle"), SIGN_GOOD);
    CHECK_EQ(verdict_on("mn-chain"), SIGN_GOOD);
    CHECK_EQ(verdict_on("mn-foreign"), SIGN_UNTRUSTED);
    CHECK_EQ(verdict_on("mn-by-leaf"), SIGN_UNTRUSTED);
    struct signer s = signed_by("mn-chain");
    struct sign_claim c = mobile_claim(&s);
    CHECK_EQ(c.certs, 3);
    CHECK(c.cert_bytes[0] + c.cert_bytes[1] + c.cert_bytes[2] + s.auth.bytes > 1280);
    struct sign_claim other = c; /* those between may come in any order */
    other.cert[1] = c.cert[2];
    other.cert_bytes[1] = c.cert_bytes[2];
    other.cert[2] = c.cert[1];
    other.cert_bytes[2] = c.cert_bytes[1];
    CHECK_EQ(judge(&other, sign_now), SIGN_GOOD);
    c.certs = 2;
    CHECK_EQ(judge(&c, sign_now), SIGN_UNTRUSTED);
    c.certs = 0;
    CHECK_EQ(judge(&c, sign_now), SIGN_NO_CERTIFICATE);
    signer_free(&s);
}

/* RFC 5280 6.1: who is trusted need not have signed for itself. */
static void one_between_or_a_leaf_can_be_trusted(void)
{
    struct sign_certs *all = trusted;
    trusted = certs_of("middle");
    CHECK_EQ(verdict_on("mn-chain"), SIGN_GOOD);
    CHECK_EQ(verdict_on("mn-ecdsa256"), SIGN_UNTRUSTED);
    sign_certs_free(trusted);
    trusted = certs_of("mn-foreign");
    CHECK_EQ(verdict_on("mn-foreign"), SIGN_GOOD);
    sign_certs_free(trusted);
    trusted = all;
}

static void bad_certificates(void)
{
    struct signer s = signed_by("mn-middle");
    struct sign_claim c = mobile_claim(&s);
    uint8_t der[2048];
    memcpy(der, c.cert[0], c.cert_bytes[0]);
    der[c.cert_bytes[0]] = 0;
    c.cert[0] = der;
    CHECK_EQ(judge(&c, sign_now), SIGN_GOOD);
    c.cert_bytes[0]++; /* something behind it */
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_CERTIFICATE);
    c.cert_bytes[0] -= 2;
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_CERTIFICATE);
    c.cert_bytes[0] = 0;
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_CERTIFICATE);
    c = mobile_claim(&s);
    c.cert_bytes[1]--; /* one between */
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_CERTIFICATE);
    c = mobile_claim(&s);
    memcpy(der, c.cert[0], c.cert_bytes[0]);
    der[c.cert_bytes[0] - 1] ^= 1; /* in the issuer's signature */
    c.cert[0] = der;
    CHECK_EQ(judge(&c, sign_now), SIGN_UNTRUSTED);
    signer_free(&s);
}

/* Of a key that is of no use here, or one that may not be used so: RFC 4945 5.1.3. */
static void keys_of_other_kinds_or_for_other_things(void)
{
    static const char *const names[] = {"mn-short", "mn-other-curve", "mn-usage", "mn-web"};
    for (int k = 0; k < 4; k++) {
        struct signer s = {.certs = certs_of(names[k])};
        s.auth.method = IKE_AUTH_SIGNATURE;
        const struct sign_claim c = mobile_claim(&s);
        CHECK_EQ(judge(&c, sign_now), SIGN_BAD_CERTIFICATE);
        signer_free(&s);
    }
    CHECK_EQ(verdict_on("mn-ike"), SIGN_GOOD);
}

/* ---- identities -------------------------------------------------------------------------- */

static enum sign_verdict verdict_of_id(const char *name, uint8_t type, const void *id, size_t n)
{
    struct signer s = signed_by(name);
    const struct sign_claim c = claim_of(&s, type, id, n);
    enum sign_verdict v = judge(&c, sign_now);
    signer_free(&s);
    return v;
}

static enum sign_verdict verdict_of_text(const char *name, uint8_t type, const char *id)
{
    return verdict_of_id(name, type, id, strlen(id));
}

static void names_are_in_the_certificate(void)
{
    RULE("IKE-ID-2");
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_FQDN, "ha.home.example"), SIGN_GOOD);
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_FQDN, "HA.home.Example"), SIGN_GOOD);
    RULE("IKE-ID-2");
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_FQDN, "hb.home.example"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_FQDN, "home.example"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_FQDN, "ha.home.exampl"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_FQDN, "*.home.example"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_FQDN, "ha.home.example."), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_id("ha-rsa", IKE_ID_FQDN, "ha.home.example", 16), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_FQDN, ""), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("ha-rsa", IKE_ID_RFC822, "ha.home.example"), SIGN_WRONG_IDENTITY);
    RULE("IKE-ID-2");
    CHECK_EQ(verdict_of_text("mn-rsa", IKE_ID_RFC822, "mn1@home.example"), SIGN_GOOD);
    CHECK_EQ(verdict_of_text("mn-rsa", IKE_ID_RFC822, "mn1@HOME.example"), SIGN_GOOD);
    CHECK_EQ(verdict_of_text("mn-rsa", IKE_ID_RFC822, "Mn1@home.example"), SIGN_WRONG_IDENTITY);
    RULE("IKE-ID-2");
    CHECK_EQ(verdict_of_text("mn-rsa", IKE_ID_RFC822, "mn2@home.example"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("mn-rsa", IKE_ID_RFC822, "mn1@home"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("mn-rsa", IKE_ID_RFC822, "@home.example"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("mn-rsa", IKE_ID_FQDN, "mn1@home.example"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("mn-rsa", IKE_ID_KEY, "mn1@home.example"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("mn-rsa", 0, "mn1@home.example"), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_text("mn-nameless", IKE_ID_RFC822, "mn1@home.example"),
             SIGN_WRONG_IDENTITY);
}

static void a_home_address_is_in_the_certificate(void)
{
    struct addr home;
    struct addr other;
    struct why w;
    static const uint8_t ipv4[] = {192, 0, 2, 1};
    static const uint8_t other_ipv4[] = {192, 0, 2, 2};
    CHECK(!addr_parse("2001:db8:a::100", &home, &w));
    CHECK(!addr_parse("2001:db8:a::101", &other, &w));
    RULE("IKE-ID-2");
    CHECK_EQ(verdict_of_id("mn-ecdsa256", IKE_ID_IPV6, home.b, 16), SIGN_GOOD);
    RULE("IKE-ID-2");
    CHECK_EQ(verdict_of_id("mn-ecdsa256", IKE_ID_IPV6, other.b, 16), SIGN_WRONG_IDENTITY);
    RULE("IKE-ID-2");
    CHECK_EQ(verdict_of_id("mn-nameless", IKE_ID_IPV6, home.b, 16), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_id("mn-ecdsa256", IKE_ID_IPV6, home.b, 15), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_id("mn-ecdsa256", IKE_ID_IPV4, home.b, 16), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_id("ha-ecdsa256", IKE_ID_IPV4, ipv4, 4), SIGN_GOOD);
    CHECK_EQ(verdict_of_id("ha-ecdsa256", IKE_ID_IPV4, other_ipv4, 4), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_id("ha-ecdsa256", IKE_ID_IPV6, ipv4, 4), SIGN_WRONG_IDENTITY);
}

static void a_distinguished_name_is_the_subject(void)
{
    /* O=home.example, CN=mn1, and with the CN as a PrintableString; then O=home.example, CN=mn2 */
    static const char subject[] = "302531153013060355040a0c0c686f6d652e6578616d706c65"
                                  "310c300a06035504030c036d6e31";
    static const char printable[] = "302531153013060355040a0c0c686f6d652e6578616d706c65"
                                    "310c300a06035504031303"
                                    "6d6e31";
    static const char mn2[] = "302531153013060355040a0c0c686f6d652e6578616d706c65"
                              "310c300a06035504030c036d6e32";
    uint8_t der[64] = {0};
    size_t n = bytes_of_hex(subject, der);
    CHECK_EQ(verdict_of_id("mn-nameless", IKE_ID_DN, der, n), SIGN_GOOD);
    CHECK_EQ(verdict_of_id("mn-nameless", IKE_ID_DN, der, n + 1), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_id("mn-nameless", IKE_ID_DN, der, n - 1), SIGN_WRONG_IDENTITY);
    CHECK_EQ(verdict_of_id("mn-nameless", IKE_ID_DN, "\x30\x00", 2), SIGN_WRONG_IDENTITY);
    (void)bytes_of_hex(printable, der);
    CHECK_EQ(verdict_of_id("mn-nameless", IKE_ID_DN, der, n), SIGN_GOOD);
    (void)bytes_of_hex(mn2, der);
    CHECK_EQ(verdict_of_id("mn-nameless", IKE_ID_DN, der, n), SIGN_WRONG_IDENTITY);
}

/* ---- AUTH -------------------------------------------------------------------------------- */

static void verdicts_on_auth(void)
{
    struct signer s = signed_by("mn-rsa");
    struct sign_claim c = mobile_claim(&s);
    CHECK_EQ(judge(&c, sign_now), SIGN_GOOD);
    c.method = IKE_AUTH_SHARED_KEY;
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_METHOD);
    c.method = IKE_AUTH_SIGNATURE;
    s.auth.data[1] ^= 1;
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_METHOD);
    s.auth.data[1] ^= 1;
    s.auth.data[0] = 255; /* longer than all */
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_METHOD);
    s.auth.data[0] = 15;
    s.auth.data[100] ^= 1;
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_SIGNATURE);
    c.auth = NULL;
    c.auth_bytes = 0;
    CHECK_EQ(judge(&c, sign_now), SIGN_BAD_METHOD);
    signer_free(&s);
}

static void verdicts_have_names(void)
{
    CHECK(!strcmp(sign_verdict_name(SIGN_GOOD), "good"));
    CHECK(!strcmp(sign_verdict_name(SIGN_BAD_SIGNATURE), "bad_signature"));
}

/* ---- files ------------------------------------------------------------------------------- */

static bool key_says(const char *pem, size_t n, const char *words)
{
    struct sign_key *k = NULL;
    struct why w = {""};
    enum status st = sign_key_read(pem, n, "keys/mn.pem", &k, &w);
    sign_key_free(k);
    return st && !k && !strncmp(w.text, "keys/mn.pem: ", 13) && strstr(w.text, words);
}

static bool certs_say(const char *pem, size_t n, const char *words)
{
    struct sign_certs *c = NULL;
    struct why w = {""};
    enum status st = sign_certs_read(pem, n, "keys/ca.pem", &c, &w);
    sign_certs_free(c);
    return st && !c && !strncmp(w.text, "keys/ca.pem: ", 13) && strstr(w.text, words);
}

static void bad_key_files_are_named(void)
{
    static const struct {
        const char *name;
        const char *ending;
        const char *words;
    } files[] = {
        {"mn-passphrase", "key", "passphrase"},   {"mn-short", "key", "none of RSA"},
        {"mn-other-curve", "key", "none of RSA"}, {"mn-rsa", "pem", "no private key"},
        {"make", "sh", "no private key"},
    };
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        size_t n;
        char *pem = sign_file(files[k].name, files[k].ending, &n);
        CHECK(key_says(pem, n, files[k].words));
        free(pem);
    }
    size_t n;
    char *pem = sign_file("mn-rsa", "key", &n);
    CHECK(key_says(pem, n / 2, "no private key"));
    CHECK(key_says(NULL, 0, "no private key"));
    free(pem);
}

static void bad_certificate_files_are_named(void)
{
    size_t n;
    char *pem = sign_file("mn-chain", "pem", &n);
    CHECK(certs_say(pem, n - 40, "certificate 2"));
    CHECK(certs_say(pem, 300, "certificate 0"));
    CHECK(certs_say(pem, 0, "no certificate"));
    memset(pem + 30, 'A', 60);
    CHECK(certs_say(pem, n, "certificate 1 is not one"));
    free(pem);
    pem = sign_file("mn-rsa", "key", &n);
    CHECK(certs_say(pem, n, "no certificate"));
    free(pem);
}

/* A key and its certificate in one file are one key and one certificate. */
static void one_file_can_hold_both(void)
{
    size_t n;
    size_t more;
    struct sign_key *k = NULL;
    struct sign_certs *c = NULL;
    struct why w;
    char *pem = sign_file("mn-rsa", "key", &n);
    char *cert = sign_file("mn-rsa", "pem", &more);
    memcpy(pem + n, cert, more);
    CHECK(!sign_key_read(pem, n + more, "both", &k, &w));
    CHECK(!sign_certs_read(pem, n + more, "both", &c, &w));
    CHECK_EQ(sign_certs_count(c), 1);
    CHECK(sign_key_fits(k, c));
    sign_key_free(k);
    sign_certs_free(c);
    free(pem);
    free(cert);
}

static void too_many_certificates_are_refused(void)
{
    enum { TIMES = 257 };
    size_t n;
    char *cert = sign_file("ca", "pem", &n);
    char *all = malloc(TIMES * n);
    if (!all)
        abort();
    for (size_t k = 0; k < TIMES; k++)
        memcpy(all + k * n, cert, n);
    struct sign_certs *c = NULL;
    struct why w;
    CHECK(!sign_certs_read(all, (TIMES - 1) * n, "many", &c, &w));
    CHECK_EQ(sign_certs_count(c), TIMES - 1);
    CHECK(certs_say(all, TIMES * n, "more than 256"));
    sign_certs_free(c);
    free(all);
    free(cert);
}

CHECK_MAIN(CASE(begin), CASE(certificates_are_judged_at_the_time_handed_in),
           CASE(a_chain_ends_at_one_that_is_trusted), CASE(one_between_or_a_leaf_can_be_trusted),
           CASE(bad_certificates), CASE(keys_of_other_kinds_or_for_other_things),
           CASE(names_are_in_the_certificate), CASE(a_home_address_is_in_the_certificate),
           CASE(a_distinguished_name_is_the_subject), CASE(verdicts_on_auth),
           CASE(verdicts_have_names), CASE(bad_key_files_are_named),
           CASE(bad_certificate_files_are_named), CASE(one_file_can_hold_both),
           CASE(too_many_certificates_are_refused), CASE(end))
