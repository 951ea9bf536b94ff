/*
 * cpu_profile.h - what work costs on a processor: a table of operations, in a file of
 * comma-separated values that `monami bench --profile` writes.
 *
 *     # any words, such as the processor's
 *     operation,algorithm,cost_ns,per_byte_ps
 *     dh.public,x25519,31540,0
 *     esp.seal,aes256-gcm16,310,295
 *
 * A cost is `cost_ns` and, of what has bytes, `per_byte_ps` for each, rounded to a nanosecond.
 * What has no line costs nothing.  Unknown words, repeated lines and numbers out of range are
 * errors with file, line and column.
 *
 *   dh.public, dh.shared   a public value, a shared secret: modp2048 ... x25519
 *   sign, verify           a signature by a kind of key: rsa2048 ... ed25519
 *   prf                    one call: hmac-sha1 ... hmac-sha512
 *   ike.seal, ike.open     a message, and its bytes: suites as `ipsec.suite` names them
 *   esp.seal, esp.open     a packet, and the bytes of text with padding and trailer, likewise
 */
#ifndef MODELS_NODE_CPU_PROFILE_H
#define MODELS_NODE_CPU_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "models/crypto/cipher.h"
#include "sim/base/status.h"
#include "sim/base/units.h"

struct ike_work; /* models/ike/ike.h */

struct cpu_cost {
    int64_t ns;
    int64_t per_byte_ps;
    bool given;
};

enum { CPU_GROUPS = 32, CPU_KEYS = 7, CPU_PRFS = 8 };

struct cpu_profile {
    const char *name;                      /* for people; borrowed */
    struct cpu_cost dh_public[CPU_GROUPS]; /* by enum dh_group */
    struct cpu_cost dh_shared[CPU_GROUPS];
    struct cpu_cost sign[CPU_KEYS]; /* in order of cpu_key_words */
    struct cpu_cost verify[CPU_KEYS];
    struct cpu_cost prf[CPU_PRFS];     /* by enum prf_name */
    struct cpu_cost ike_seal[CIPHERS]; /* by enum cipher_name */
    struct cpu_cost ike_open[CIPHERS];
    struct cpu_cost esp_seal[CIPHERS];
    struct cpu_cost esp_open[CIPHERS];
};

/* As sign_key_kind() names them; NULL ends. */
extern const char *const cpu_key_words[];

/* `name` stands in the sentence, and in the profile. */
MUST_CHECK enum status cpu_profile_read(FILE *file, const char *name, struct cpu_profile *out,
                                        struct why *w);
void cpu_profile_write(FILE *out, const struct cpu_profile *p); /* what is given, and the head */

/* Of so many bytes; NULL profile: nothing. */
sim_time cpu_cost(const struct cpu_cost *c, uint64_t bytes);
sim_time cpu_cost_of_seal(const struct cpu_profile *p, const struct cipher_suite *s, size_t bytes);
sim_time cpu_cost_of_open(const struct cpu_profile *p, const struct cipher_suite *s, size_t bytes);

/* What struct ike_work does not tell. */
struct cpu_ike {
    uint16_t prf;                     /* enum prf_name */
    const struct cipher_suite *suite; /* of messages; NULL: none was sealed or opened */
    const char *signs;                /* kinds of keys; NULL: none does */
    const char *verifies;
};

/* Of what was done between the two. The bytes are those of sealing and opening together: they count
 * as shared by the number of messages. NULL profile: nothing. */
sim_time cpu_cost_of_ike(const struct cpu_profile *p, const struct ike_work *before,
                         const struct ike_work *after, const struct cpu_ike *how);

#endif
