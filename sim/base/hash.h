/*
 * hash.h - SHA-256 (FIPS 180-4), for the digest of a run, the keys of the random streams
 * and the fingerprints of input files.  A thin cover of libcrypto.
 */
#ifndef SIM_BASE_HASH_H
#define SIM_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/status.h"

#define HASH_BYTES 32
#define HASH_TEXT  65 /* hex, with the final NUL */

struct hash; /* opaque */

struct hash *hash_new(void); /* never NULL: running out of memory ends the program */
void hash_free(struct hash *h);
void hash_add(struct hash *h, const void *bytes, size_t n);
void hash_done(struct hash *h, uint8_t out[HASH_BYTES]); /* the hash can only be freed after */

const char *hash_library(void); /* "OpenSSL 3.0.19 ..." */
void hash_text(const uint8_t hash[HASH_BYTES], char out[HASH_TEXT]);
MUST_CHECK enum status hash_file(const char *path, char out[HASH_TEXT], struct why *w);

#endif
