#include <assert.h>

#include "models/crypto/cipher.h"

#define GCM(n)   "AES-GCM with " #n " octet ICV [RFC4106]", "NULL"
#define T_CBC    "AES-CBC [RFC3602]"
#define T_CTR    "AES-CTR [RFC3686]"
#define T_SHA1   "HMAC-SHA-1-96 [RFC2404]"
#define T_SHA256 "HMAC-SHA-256-128 [RFC4868]"
#define T_SHA384 "HMAC-SHA-384-192 [RFC4868]"
#define T_SHA512 "HMAC-SHA-512-256 [RFC4868]"

/* clang-format off */
/* constant, name, encryption, integrity, key bits; bytes of key, salt, integrity key, IV, block
 * and ICV; whether the IV counts; tshark's words. */
#define SUITES(X)                                                                                 \
    X(AES128_GCM16, "aes128-gcm16", ENCR_AES_GCM16, INTEG_NONE,                                   \
      128, 16, 4, 0, 8, 4, 16, true, GCM(16))                                                     \
    X(AES256_GCM16, "aes256-gcm16", ENCR_AES_GCM16, INTEG_NONE,                                   \
      256, 32, 4, 0, 8, 4, 16, true, GCM(16))                                                     \
    X(AES128_GCM12, "aes128-gcm12", ENCR_AES_GCM12, INTEG_NONE,                                   \
      128, 16, 4, 0, 8, 4, 12, true, GCM(12))                                                     \
    X(AES128_GCM8, "aes128-gcm8", ENCR_AES_GCM8, INTEG_NONE,                                      \
      128, 16, 4, 0, 8, 4, 8, true, GCM(8))                                                       \
    X(AES128_CBC_SHA256, "aes128-cbc-sha256", ENCR_AES_CBC, INTEG_HMAC_SHA256_128,                \
      128, 16, 0, 32, 16, 16, 16, false, T_CBC, T_SHA256)                                         \
    X(AES256_CBC_SHA256, "aes256-cbc-sha256", ENCR_AES_CBC, INTEG_HMAC_SHA256_128,                \
      256, 32, 0, 32, 16, 16, 16, false, T_CBC, T_SHA256)                                         \
    X(AES256_CBC_SHA512, "aes256-cbc-sha512", ENCR_AES_CBC, INTEG_HMAC_SHA512_256,                \
      256, 32, 0, 64, 16, 16, 32, false, T_CBC, T_SHA512)                                         \
    X(AES128_CBC_SHA1, "aes128-cbc-sha1", ENCR_AES_CBC, INTEG_HMAC_SHA1_96,                       \
      128, 16, 0, 20, 16, 16, 12, false, T_CBC, T_SHA1)                                           \
    X(AES128_CTR_SHA256, "aes128-ctr-sha256", ENCR_AES_CTR, INTEG_HMAC_SHA256_128,                \
      128, 16, 4, 32, 8, 4, 16, true, T_CTR, T_SHA256)                                            \
    X(AES128_CTR_SHA1, "aes128-ctr-sha1", ENCR_AES_CTR, INTEG_HMAC_SHA1_96,                       \
      128, 16, 4, 20, 8, 4, 12, true, T_CTR, T_SHA1)                                              \
    X(NULL_SHA256, "null-sha256", ENCR_NULL, INTEG_HMAC_SHA256_128,                               \
      0, 0, 0, 32, 0, 4, 16, false, "NULL", T_SHA256)                                             \
    X(NULL_SHA1, "null-sha1", ENCR_NULL, INTEG_HMAC_SHA1_96,                                      \
      0, 0, 0, 20, 0, 4, 12, false, "NULL", T_SHA1)                                               \
    X(CHACHA20_POLY1305, "chacha20-poly1305", ENCR_CHACHA20_POLY1305, INTEG_NONE,                 \
      0, 32, 4, 0, 8, 4, 16, true, NULL, NULL)                                                    \
    X(AES256_CBC_SHA384, "aes256-cbc-sha384", ENCR_AES_CBC, INTEG_HMAC_SHA384_192,                \
      256, 32, 0, 48, 16, 16, 24, false, T_CBC, T_SHA384)                                         \
    X(AES256_CTR_SHA256, "aes256-ctr-sha256", ENCR_AES_CTR, INTEG_HMAC_SHA256_128,                \
      256, 32, 4, 32, 8, 4, 16, true, T_CTR, T_SHA256)
/* clang-format on */

const char *const cipher_words[] = {
#define X(constant, name, ...) [CIPHER_##constant] = (name),
    SUITES(X)
#undef X
        NULL};

static const struct cipher_suite suites[CIPHERS] = {
#define X(constant, ...) [CIPHER_##constant] = {__VA_ARGS__},
    SUITES(X)
#undef X
};

const struct cipher_suite *cipher_suite(enum cipher_name name)
{
    assert(name < CIPHERS);
    return &suites[name];
}
