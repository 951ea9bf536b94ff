/*
 * sized.h - check values without a cipher: as long as the real ones, and wrong whenever those would
 * be, but for changes of the text itself. Private to models/crypto.
 */
#ifndef MODELS_CRYPTO_SIZED_H
#define MODELS_CRYPTO_SIZED_H

#include <stdint.h>

#include "models/crypto/cipher.h"

/* Of the suite and its keys: another key's check value is wrong. */
uint64_t sized_mark(const struct cipher_suite *s, const uint8_t *key, const uint8_t *integrity);

/* Over what the real one covers outside of the text, and the text's length; icv_bytes are written.
 */
void sized_sum(const struct cipher_suite *s, uint64_t mark, const struct cipher_text *t,
               uint8_t *icv);

#endif
