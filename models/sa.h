/*
 * sa.h - a security association as data (RFC 4301 4.4.2.1): what key management, whichever it is,
 * hands over to IPsec.
 */
#ifndef MODELS_SA_H
#define MODELS_SA_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/units.h"

enum sa_mode { SA_TRANSPORT, SA_TUNNEL };
enum sa_direction { SA_OUT, SA_IN };

enum {
    SA_ENCRYPTION_KEY = 36, /* bytes at most: AES-256 or ChaCha20, and the salt behind it */
    SA_INTEGRITY_KEY = 64,  /* HMAC-SHA2-512 */
    SA_SPI_MIN = 256,       /* 0 never stands on the wire, 1 to 255 are reserved: RFC 4303 2.1 */
};

/* As long as the algorithms want; a salt or nonce stands behind the key that it belongs to. */
struct sa_keys {
    uint8_t encryption[SA_ENCRYPTION_KEY];
    uint8_t integrity[SA_INTEGRITY_KEY];
};

/* Soft: it should be replaced. Hard: it must not be used any more. 0: no such limit. */
struct sa_lifetime {
    sim_time soft; /* since it was made */
    sim_time hard;
    int64_t soft_bytes; /* that the algorithms have worked on */
    int64_t hard_bytes;
};

#endif
