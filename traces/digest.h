/*
 * digest.h - one number for a run: SHA-256 over what was observed, as integers in the order of
 * events, without ids or doubles.  Equal runs have equal digests.
 */
#ifndef TRACES_DIGEST_H
#define TRACES_DIGEST_H

#include "sim/base/hash.h"
#include "sim/core/tap.h"

struct digest {
    struct hash *hash;
};

void digest_init(struct digest *d);
void digest_frame(struct digest *d, const struct tap_frame *f);
void digest_packet(struct digest *d, const struct tap_packet *p);
void digest_event(struct digest *d, const struct tap_event *e);
void digest_drop(struct digest *d, const struct tap_drop *drop);
void digest_service(struct digest *d, const struct tap_service *s);
void digest_done(struct digest *d, char out[HASH_TEXT]);

#endif
