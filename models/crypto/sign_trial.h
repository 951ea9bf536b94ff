/*
 * sign_trial.h - a key that is made to be measured, and signs and verifies.  It is made from the
 * operating system's random numbers: never in a run.
 */
#ifndef MODELS_CRYPTO_SIGN_TRIAL_H
#define MODELS_CRYPTO_SIGN_TRIAL_H

#include <stdbool.h>

struct sign_trial; /* opaque */

/* `kind` as sign_key_kind() names it; NULL: OpenSSL makes no such key. */
struct sign_trial *sign_trial_new(const char *kind);
void sign_trial_free(struct sign_trial *t);

void sign_trial_sign(struct sign_trial *t);

/* What was signed last, by the public key alone: no certificate is read. */
bool sign_trial_verify(struct sign_trial *t);

#endif
