/*
 * sha1.h - SHA-1 alone (FIPS 180-4), where a protocol has it as a mere mark: hashes of
 * NAT_DETECTION (RFC 7296 2.23).
 */
#ifndef MODELS_CRYPTO_SHA1_H
#define MODELS_CRYPTO_SHA1_H

#include <stddef.h>
#include <stdint.h>

enum { SHA1_BYTES = 20 };

void sha1_of(const void *bytes, size_t n, uint8_t out[SHA1_BYTES]);

#endif
