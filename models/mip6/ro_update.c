/* Binding Updates to a correspondent: when they may leave, with which tokens, and what it may be
 * bound to by them. */
#include <assert.h>

#include "models/mip6/ro_turn.h"

static const sim_time unit = MH_LIFETIME_UNIT_S * SIM_S;

/* ---- what the correspondent may have -------------------------------------------- */

bool ro_may_be_bound(const struct ro_peer *p, sim_time now)
{
    bool bound = false;
    for (unsigned k = 0; k < MH_BIDS; k++)
        bound |= p->bound_until[k] > now;
    return bound;
}

static sim_time *bound_until(const struct ro *r, struct ro_peer *p, uint16_t bid)
{
    unsigned k = 0;
    while (k < r->coas && r->coa[k].bid != bid)
        k++;
    return &p->bound_until[k < r->coas ? k : 0]; /* without a BID there is one */
}

void ro_note_answer(const struct ro *r, struct ro_peer *p, const struct ro_sent *sent,
                    const struct mh *ba)
{
    sim_time *of = bound_until(r, p, sent->bid);
    if (ba->status >= MH_ST_UNSPECIFIED || (ba->bids && ba->bid[0].status >= MH_ST_UNSPECIFIED)) {
        if (ba->status != MH_ST_SEQUENCE && *of == sent->until)
            *of = sent->before;
        return;
    }
    sim_time until = sent->deletes ? 0 : *of;
    for (unsigned k = 0; sent->all && k < MH_BIDS; k++)
        p->bound_until[k] = 0;
    *of = until;
}

/* ---- Binding Updates ------------------------------------------------------------------ */

void ro_set_bars(const struct ro *r, struct ro_peer *p, sim_time now)
{
    struct rr_keys keys;
    sim_time left = r->home_until == SIM_NEVER ? RO_LIFETIME : r->home_until - now;
    sim_time lifetime = left < r->how.lifetime ? left : r->how.lifetime; /* RFC 6275 11.7.2 */
    p->lapsed = lifetime < unit;
    p->bul.how.lifetime = p->lapsed ? unit : lifetime / unit * unit;
    p->bul.leave_barred = !rr_keys_home(&p->rr, now, &keys);
    for (unsigned k = 0; k < p->bul.entries; k++) {
        struct bul_entry *e = &p->bul.entry[k];
        e->barred = p->lapsed || !rr_keys(&p->rr, &e->coa, now, &keys);
    }
}

static void send_bu(const struct ro *r, struct ro_peer *p, const struct bul_act *from, sim_time now,
                    struct ro_acts *acts)
{
    struct ro_act *act = ro_answer(acts, RO_SEND, p);
    struct ro_sent *sent = &p->sent[p->sents++ % RO_SENT];
    struct rr_keys keys;
    act->m = from->bu;
    act->src = from->src;
    act->from_home = from->from_home;
    struct mh *bu = &act->m;
    bool deletes = bu->lifetime == 0;
    /* The care-of address is the one of the BID option: RFC 5648 5.2. */
    sent->coa = deletes ? r->how.home : bu->bids ? bu->bid[0].coa : from->src;
    bool has = deletes ? rr_keys_home(&p->rr, now, &keys) : rr_keys(&p->rr, &sent->coa, now, &keys);
    assert(has && "barred otherwise");
    bu->has_nonces = true;
    bu->home_nonce = keys.home_nonce;
    bu->care_of_nonce = keys.care_of_nonce;
    tokens_authorize(bu, keys.kbm, &sent->coa, &p->addr);
    for (int k = 0; k < TOKENS_KBM; k++)
        sent->kbm[k] = keys.kbm[k];
    sent->sequence = bu->sequence;
    sent->valid = true;
    sent->deletes = deletes;
    sent->bid = bu->bids ? bu->bid[0].bid : 0;
    sent->all = !bu->bids || bu->flags & MH_BU_OVERWRITE;
    sim_time *until = bound_until(r, p, sent->bid);
    sent->before = *until;
    if (*until < now + bu->lifetime * unit)
        *until = now + bu->lifetime * unit;
    sent->until = *until;
}

void ro_relay(struct ro *r, struct ro_peer *p, const struct bul_acts *from, sim_time now,
              struct ro_acts *acts)
{
    for (unsigned k = 0; k < from->n; k++) {
        const struct bul_act *in = &from->act[k];
        struct ro_act *act = NULL;
        switch (in->kind) {
        case BUL_SEND:
            send_bu(r, p, in, now, acts);
            break;
        case BUL_UP:
            act = ro_answer(acts, RO_UP, p);
            break;
        case BUL_DOWN:
        case BUL_LOST:
            act = ro_answer(acts, RO_DOWN, p);
            break;
        case BUL_FALL_BACK:
            p->plain = !p->bul.mcoa;
            ro_forget_others(r, p);
            act = ro_answer(acts, RO_FALL_BACK, p);
            break;
        case BUL_AT_HOME:
        case BUL_COME_HOME:
        case BUL_MEASURED:
        case BUL_DISCOVER:
            break;
        }
        if (!act)
            continue;
        act->bid = in->bid;
        act->src = in->coa;
        act->status = in->status;
        act->text = in->text;
    }
    ro_follow(r, p, now, acts);
}
