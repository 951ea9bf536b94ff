/* Tests and Binding Updates to correspondents: where each leaves (RFC 6275 11.6.1, 11.7.2; of
 * several care-of addresses RFC 5648 9.3.1). */
#include <stddef.h>

#include "models/node/mobility.h"
#include "models/node/optimise_parts.h"
#include "models/node/path.h"

enum { HOP_LIMIT = 64 };

/* The care-of address that `bid` is registered with; NULL: none. */
static const struct bul_entry *carrier(const struct mobile *m, uint16_t bid)
{
    const struct bul_entry *e = bul_find(&m->bul, bid);
    return e && bul_carries(&m->bul, e->bid) && !bul_is_home(&m->bul, e) ? e : NULL;
}

/* The first at or after. */
static const struct bul_entry *any_carrier(const struct mobile *m, unsigned from)
{
    for (unsigned k = 0; k < m->bul.entries; k++) {
        const struct bul_entry *e = carrier(m, m->bul.entry[(from + k) % m->bul.entries].bid);
        if (e)
            return e;
    }
    return NULL;
}

static const struct bul_entry *next_in_turn(struct optimiser *o)
{
    const struct bul_entry *e = any_carrier(o->mobile, o->turn);
    if (e)
        o->turn = (unsigned)(e - o->mobile->bul.entry) + 1;
    return e;
}

struct carried *optimise_carried_of(struct optimiser *o, const struct addr *peer)
{
    return &o->carried[addr_hash(peer) % OPTIMISE_CARRIERS];
}

/* Where a HoTI goes through; NULL: nowhere. */
static const struct bul_entry *choose_hoti(struct optimiser *o, const struct addr *peer)
{
    struct mobile *m = o->mobile;
    const struct bul_entry *e = NULL;
    if (o->how->hoti_from == HOTI_ROUND_ROBIN)
        return next_in_turn(o);
    const struct carried *by = optimise_carried_of(o, peer);
    if (o->how->hoti_from == HOTI_FIXED) {
        e = carrier(m, o->hoti_bid);
    } else if (addr_eq(&by->peer, peer)) {
        e = carrier(m, by->bid);
    }
    return e ? e : any_carrier(m, 0);
}

/* From the home address: through `by`, at home directly. */
static void send_from_home(const struct optimiser *o, const struct ro_act *act,
                           const struct bul_entry *by)
{
    struct mobile *m = o->mobile;
    struct pkt *p = mobility_make(m->node, &act->m, &m->bul.how.home, &act->peer);
    if (by) {
        mobility_tunnel(m->node, p, &by->coa, &m->bul.how.agent, by->bid, HOP_LIMIT);
    } else {
        path_out_plain(m->node, p);
    }
}

static void send_hoti(struct optimiser *o, const struct ro_act *act)
{
    struct mobile *m = o->mobile;
    struct node *n = m->node;
    const struct addr *home = &m->bul.how.home;
    const struct bul_entry *e = o->ro.at_home ? NULL : choose_hoti(o, &act->peer);
    if (!e && !o->ro.at_home)
        return; /* its timer asks again */
    NODE_EVENT(n, EV_RR_HOTI_SENT, field_addr("peer", &act->peer), field_addr("home_address", home),
               field_addr("care_of_address", e ? &e->coa : home));
    send_from_home(o, act, e);
}

static void send_update(struct optimiser *o, const struct ro_act *act)
{
    struct mobile *m = o->mobile;
    struct node *n = m->node;
    const struct addr *home = &m->bul.how.home;
    bool tunnelled = act->from_home && !o->ro.at_home;
    const struct bul_entry *by = tunnelled ? any_carrier(m, 0) : NULL;
    if (tunnelled && !by)
        return; /* its timer asks again */
    NODE_EVENT(n, EV_RO_BU_SENT, field_addr("peer", &act->peer), field_addr("home_address", home),
               field_text("bids", mobility_bids(n, &act->m)),
               field_int("sequence", act->m.sequence),
               field_int("lifetime_s", (int64_t)act->m.lifetime * MH_LIFETIME_UNIT_S),
               field_addr("care_of_address", &act->src));
    if (by) {
        send_from_home(o, act, by);
    } else if (act->from_home) {
        mobility_send(n, &act->m, home, &act->peer, NULL, false);
    } else {
        mobility_send(n, &act->m, &act->src, &act->peer, home, true);
    }
}

void optimise_send(struct optimiser *o, const struct ro_act *act)
{
    struct node *n = o->mobile->node;
    switch (act->m.type) {
    case MH_HOTI:
        send_hoti(o, act);
        break;
    case MH_COTI:
        NODE_EVENT(n, EV_RR_COTI_SENT, field_addr("peer", &act->peer),
                   field_addr("care_of_address", &act->src));
        mobility_send(n, &act->m, &act->src, &act->peer, NULL, false);
        break;
    default:
        send_update(o, act);
        break;
    }
}
