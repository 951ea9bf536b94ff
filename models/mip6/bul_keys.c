/* The care-of address that key management uses, one of several: RFC 5648 9.1.  K tells the home
 * agent which (RFC 6275 11.7.1). */
#include <stddef.h>

#include "models/mip6/bul_parts.h"

/* A care-of address that key management may go on from, but not `but`; NULL: there is none. */
static struct bul_entry *for_keys(struct bul *b, const struct addr *but)
{
    for (unsigned k = 0; k < b->entries; k++) {
        struct bul_entry *e = &b->entry[k];
        if (e->state == BUL_BOUND && e->has_path && !bul_is_home(b, e) &&
            !(but && addr_eq(&e->coa, but)) && !(b->how.keys_wait && e->bid != b->how.key_bid))
            return e;
    }
    return NULL;
}

/* Key management goes on from another care-of address, which a BU with K tells: RFC 5648 9.1. */
void bul_keys_leave(struct bul *b, const struct bul_entry *gone, sim_time now,
                    struct bul_acts *acts)
{
    if (!b->how.moves_keys || !addr_eq(&gone->coa, &b->key_coa) || b->discovering)
        return;
    struct bul_entry *e = for_keys(b, &gone->coa);
    if (e)
        bul_step(b, e, BUL_ON_REFRESH, 0, now, acts);
}

/* Whether a binding with that care-of address is, or is to be, there. */
static bool is_used(const struct bul *b, const struct addr *coa)
{
    for (unsigned k = 0; k < b->entries; k++) {
        const struct bul_entry *e = &b->entry[k];
        if (e->has_path && addr_eq(&e->coa, coa) && !addr_eq(&b->key_avoid, coa) &&
            e->state != BUL_UNBOUND && e->state != BUL_LEAVING && e->state != BUL_REFUSED)
            return true;
    }
    return false;
}

/* Where key management is, nobody is any more, and now there is somewhere to go. */
void bul_keys_rescue(struct bul *b, sim_time now, struct bul_acts *acts)
{
    if (!b->how.moves_keys || b->discovering || b->at_home || addr_unspecified(&b->key_coa) ||
        is_used(b, &b->key_coa))
        return;
    struct bul_entry *e = for_keys(b, &b->key_avoid);
    if (e)
        bul_step(b, e, BUL_ON_REFRESH, 0, now, acts);
}

void bul_move_keys(struct bul *b, const struct addr *from, sim_time now, struct bul_acts *acts)
{
    if (!b->how.moves_keys || !addr_eq(from, &b->key_coa) || b->at_home)
        return;
    b->key_avoid = *from;
    struct bul_entry *e = for_keys(b, from);
    if (e)
        bul_step(b, e, BUL_ON_REFRESH, 0, now, acts);
    bul_send_due(b, now, acts);
}

/* The home agent cannot move key management: it stays where it was (RFC 6275 11.7.3). */
void bul_keys_stay(struct bul *b)
{
    b->how.moves_keys = false;
    if (!addr_unspecified(&b->key_before))
        b->key_coa = b->key_before;
}

static bool is_preferred(const struct bul *b, const struct addr *coa)
{
    const struct bul_entry *e = b->how.key_bid ? bul_find(b, b->how.key_bid) : NULL;
    return e && e->has_path && addr_eq(&e->coa, coa) && !addr_eq(&b->key_avoid, coa);
}

/* K in a BU whose source is the care-of address that key management uses, and in no other: a
 * second care-of address must not steal it. It moves when that one is gone (RFC 5648 9.1). */
void bul_keys_put(struct bul *b, struct bul_exchange *x, const struct addr *src, struct mh *bu)
{
    x->keyed = false;
    if (!b->how.moves_keys)
        return;
    bool stays = b->how.keys_wait && !addr_unspecified(&b->key_coa);
    bool moves = x->home || (b->how.keys_literal && !x->leaves) ||
                 (!x->leaves && (is_preferred(b, src) || (!stays && !is_used(b, &b->key_coa))));
    if (moves && !addr_eq(&b->key_coa, src)) {
        b->key_before = b->key_coa;
        b->key_coa = *src;
    }
    x->keyed = addr_eq(src, &b->key_coa) && (x->home || !x->leaves);
    if (x->keyed)
        bu->flags |= MH_BU_KEY;
}
