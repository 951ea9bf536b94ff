/*
 * contexts.h - OpenSSL's cipher contexts, a bounded number of them: each holds a key's schedule,
 * and the one that was not used for longest makes room. Private to models/crypto.
 */
#ifndef MODELS_CRYPTO_CONTEXTS_H
#define MODELS_CRYPTO_CONTEXTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

#include "sim/base/arena.h"

struct context {
    EVP_CIPHER_CTX *evp;
    const EVP_CIPHER *algorithm; /* that `evp` is set up for; NULL: none yet */
    bool seals;                  /* the direction that its key is set up for */
    struct context **holder;     /* who has it; its pointer becomes NULL when it is taken away */
    struct context *newer;
    struct context *older;
};

struct contexts {
    struct arena *arena; /* borrowed */
    size_t most;
    size_t made;
    struct context *newest;
    struct context *oldest;
    EVP_CIPHER *algorithm[8]; /* fetched */
    size_t algorithms;
};

void contexts_init(struct contexts *c, struct arena *a, size_t most);
void contexts_release(struct contexts *c);

/* By OpenSSL's name; lives as long as `c`. */
const EVP_CIPHER *contexts_algorithm(struct contexts *c, const char *name);

/* What is wanted of a context. */
struct context_use {
    const EVP_CIPHER *algorithm;
    const uint8_t *key;
    const uint8_t *iv;
    bool seals;
};

/* A context with the key set up and `iv` new. *holder is NULL before the first use. In steady state
 * nothing is allocated; a context that changes its algorithm is made anew by OpenSSL. */
EVP_CIPHER_CTX *contexts_use(struct contexts *c, struct context **holder,
                             const struct context_use *use);

#endif
