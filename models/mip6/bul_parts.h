/*
 * bul_parts.h - what the files of the Binding Update List share. Private to models/mip6.
 *
 *   bul.c            what is wanted, home, time, what is asked of the list
 *   bul_step.c       the states of an entry
 *   bul_ack.c        what an acknowledgement changes
 *   bul_keys.c       which care-of address key management uses
 *   bul_exchange.c   BUs that wait for their acknowledgement (bul_exchange.h)
 */
#ifndef MODELS_MIP6_BUL_PARTS_H
#define MODELS_MIP6_BUL_PARTS_H

#include "models/mip6/bul.h"

/* ---- bul_step.c ---- */
enum bul_event {
    BUL_ON_WANT,
    BUL_ON_MOVED,
    BUL_ON_UNWANT,
    BUL_ON_CANCEL, /* unwanted, and the home agent never heard of it */
    BUL_ON_ACKED,
    BUL_ON_REFUSED,
    BUL_ON_REFRESH,
    BUL_ON_EXPIRED,
    BUL_ON_UNDONE, /* it counted as registered, and is not */
    BUL_EVENTS
};

struct bul_act *bul_answer(struct bul_acts *acts, enum bul_kind kind);
void bul_tell(const struct bul_entry *e, enum bul_kind kind, uint8_t status, struct bul_acts *acts);
void bul_step(struct bul *b, struct bul_entry *e, enum bul_event event, uint8_t status,
              sim_time now, struct bul_acts *acts);
struct bul_entry *bul_entry_of(struct bul *b, uint16_t bid); /* NULL: none */
void bul_set_times(const struct bul *b, struct bul_entry *e, sim_time sent, sim_time granted);
void bul_send_due(struct bul *b, sim_time now, struct bul_acts *acts);
void bul_reset(struct bul *b); /* every entry is unbound, nothing is out */

/* ---- bul_keys.c ---- */
/* The care-of address of `gone` is. */
void bul_keys_leave(struct bul *b, const struct bul_entry *gone, sim_time now,
                    struct bul_acts *acts);
void bul_keys_rescue(struct bul *b, sim_time now, struct bul_acts *acts); /* something is bound */
void bul_keys_stay(struct bul *b);
void bul_keys_put(struct bul *b, struct bul_exchange *x, const struct addr *src, struct mh *bu);

#endif
