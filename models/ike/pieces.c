/* Fragments of messages (RFC 7383 2.6): each message is put together by itself, as many of them at
 * once as a window has. */
#include <string.h>

#include "models/ike/parts.h"

bool ike_piece_is_legal(const struct ike_sa *sa, const struct ike_skf *f)
{
    return sa->fragments && f->number >= 1 && f->total >= f->number && f->total <= IKE_FRAGMENTS;
}

static struct ike_pieces **slot_of(struct ike_sa *sa, const struct ike_message *m)
{
    return &sa->pieces[m->h.flags & IKE_RESPONSE ? 1 : 0][m->h.id % IKE_WINDOW];
}

static void forget(struct ike *k, struct ike_pieces **p)
{
    if (!*p)
        return;
    ike_text_give(&(*p)->text);
    pool_give(&k->pieces, *p);
    *p = NULL;
}

void ike_forget_pieces(struct ike_sa *sa, sim_time now)
{
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        for (unsigned i = 0; i < 2; i++) {
            if (sa->pieces[i][j] && sa->pieces[i][j]->until <= now)
                forget(sa->ike, &sa->pieces[i][j]);
        }
    }
}

sim_time ike_pieces_until(const struct ike_sa *sa)
{
    sim_time first = SIM_NEVER;
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        for (unsigned i = 0; i < 2; i++) {
            if (sa->pieces[i][j] && sa->pieces[i][j]->until < first)
                first = sa->pieces[i][j]->until;
        }
    }
    return first;
}

static struct ike_pieces *begin(struct ike *k, uint32_t id, unsigned total)
{
    struct ike_pieces *p = pool_take(&k->pieces);
    p->text = ike_text_of(k, IKE_MESSAGE_MAX);
    p->text->n = 0;
    p->id = id;
    p->total = total;
    return p;
}

static size_t join(struct ike *k, const struct ike_pieces *p)
{
    size_t total = 0;
    for (unsigned j = 1; j <= p->total; j++) {
        memcpy(k->opened + total, p->text->bytes + p->at[j], p->bytes[j]);
        total += p->bytes[j];
    }
    return total;
}

bool ike_keep_piece(struct ike_sa *sa, const struct ike_message *m, const struct ike_skf *f,
                    const uint8_t *plain, uint8_t *first, size_t *n)
{
    struct ike *k = sa->ike;
    struct ike_pieces **slot = slot_of(sa, m);
    if (*slot && ((*slot)->id != m->h.id || f->total > (*slot)->total))
        forget(k, slot); /* another message, or cut anew, smaller */
    if (!*slot)
        *slot = begin(k, m->h.id, f->total);
    struct ike_pieces *p = *slot;
    if (f->total < p->total || p->have[f->number] || p->text->n + *n > IKE_MESSAGE_MAX) {
        ike_refuse(k, sa, m->from, IKE_HOW_FRAGMENT, IKE_GOOD);
        return false;
    }
    memcpy(p->text->bytes + p->text->n, plain, *n);
    p->at[f->number] = p->text->n;
    p->bytes[f->number] = *n;
    p->have[f->number] = true;
    p->text->n += *n;
    p->until = m->now + k->how.timers.reassembly;
    if (f->number == 1)
        p->first = *first;
    if (++p->got < p->total)
        return false;
    *n = join(k, p);
    *first = p->first;
    forget(k, slot);
    return true;
}
