#include <string.h>

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "models/crypto/sign_parts.h"

/* ID types, RFC 7296 3.5. */
enum { ID_IPV4 = 1, ID_FQDN = 2, ID_RFC822 = 3, ID_IPV6 = 5, ID_DN = 9 };

static uint8_t lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool same_host(const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        if (lower(a[k]) != lower(b[k]))
            return false;
    }
    return true;
}

/* Bytes before the last '@'; 0: there is none, or nothing before it. */
static size_t local_part(const uint8_t *mailbox, size_t n)
{
    while (n > 0 && mailbox[n - 1] != '@')
        n--;
    return n > 0 ? n - 1 : 0;
}

/* No pattern stands for a name, and no part of one (RFC 4945 3.1). Letters' case means nothing in a
 * host's name, and something before it (RFC 5280 7.2, 7.5). */
static bool is_this(uint8_t id_type, const ASN1_STRING *name, const uint8_t *id, size_t n)
{
    const uint8_t *at = ASN1_STRING_get0_data(name);
    int length = ASN1_STRING_length(name);
    if (length < 0 || (size_t)length != n)
        return false;
    if (id_type == ID_FQDN)
        return same_host(at, id, n);
    if (id_type == ID_RFC822) {
        size_t local = local_part(id, n);
        return local && !memcmp(at, id, local) && same_host(at + local, id + local, n - local);
    }
    return !memcmp(at, id, n);
}

static bool is_alternative_name(const X509 *cert, int kind, const struct sign_claim *claim)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
    bool found = false;
    for (int k = 0; k < sk_GENERAL_NAME_num(names) && !found; k++) {
        int is;
        const ASN1_STRING *name = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names, k), &is);
        found = is == kind && is_this(claim->id_type, name, claim->id, claim->id_bytes);
    }
    GENERAL_NAMES_free(names);
    return found;
}

static bool is_subject(const X509 *cert, const uint8_t *der, size_t n)
{
    const uint8_t *at = der;
    X509_NAME *name = n <= INT32_MAX ? d2i_X509_NAME(NULL, &at, (long)n) : NULL;
    bool same = name && at == der + n && X509_NAME_entry_count(name) > 0 &&
                X509_NAME_cmp(name, X509_get_subject_name(cert)) == 0;
    X509_NAME_free(name);
    return same;
}

bool sign_identity_is_in(const X509 *cert, const struct sign_claim *claim)
{
    bool good = false;
    if (claim->id_bytes == 0)
        return false;
    switch (claim->id_type) {
    case ID_FQDN:
        good = is_alternative_name(cert, GEN_DNS, claim);
        break;
    case ID_RFC822:
        good = is_alternative_name(cert, GEN_EMAIL, claim);
        break;
    case ID_IPV4:
        good = claim->id_bytes == 4 && is_alternative_name(cert, GEN_IPADD, claim);
        break;
    case ID_IPV6:
        good = claim->id_bytes == 16 && is_alternative_name(cert, GEN_IPADD, claim);
        break;
    case ID_DN:
        good = is_subject(cert, claim->id, claim->id_bytes);
        break;
    default:
        break;
    }
    ERR_clear_error();
    return good;
}
