/*
 * ike_inside.h - what a test sees of an IKE machine from inside: what is taken from its pools and
 * whether all of it has a holder.
 */
#ifndef TESTS_IKE_INSIDE_H
#define TESTS_IKE_INSIDE_H

#include "models/ike/parts.h"

struct inside_count {
    size_t sas;
    size_t children;
    size_t texts;
    size_t pieces; /* messages of which fragments are kept */
};

static inline void inside_add(const struct ike_sa *sa, struct inside_count *n)
{
    n->sas++;
    n->texts += (sa->first_own != NULL) + (size_t)(sa->first_other != NULL);
    for (unsigned j = 0; j < IKE_WINDOW; j++) {
        n->pieces += (sa->pieces[0][j] != NULL) + (size_t)(sa->pieces[1][j] != NULL);
        n->texts += (sa->answer[j] != NULL) + (size_t)(sa->request[j].text != NULL);
        n->children += sa->request[j].made != NULL;
    }
    for (const struct ike_child *c = sa->children; c; c = c->next)
        n->children++;
}

static inline size_t inside_pieces(const struct ike_sa *sa)
{
    struct inside_count n = {0};
    inside_add(sa, &n);
    return n.pieces;
}

/* Everything that is out has a holder. */
static inline bool inside_holds(const struct ike *k)
{
    struct inside_count n = {0};
    for (const struct ike_sa *sa = k->first; sa; sa = sa->next)
        inside_add(sa, &n);
    for (const struct ike_sa *sa = k->dead; sa; sa = sa->next)
        inside_add(sa, &n);
    for (const struct ike_child *c = k->dead_children; c; c = c->next)
        n.children++;
    return n.sas == k->sas.out && n.children == k->children.out &&
           n.texts + n.pieces == k->small.out + k->large.out && n.pieces == k->pieces.out;
}

/* Nothing is kept but what is up: no SA that is closed or in the making, no child that lingers. */
static inline bool inside_is_quiet(const struct ike *k)
{
    for (const struct ike_sa *sa = k->first; sa; sa = sa->next) {
        if (sa->state != IKE_UP || sa->rival_of)
            return false;
        for (const struct ike_child *c = sa->children; c; c = c->next) {
            if (c->state != IKE_CHILD_UP || c->waits_to_send || c->hidden)
                return false;
        }
    }
    return inside_holds(k);
}

/* After each event: time goes on, and no deadline was missed. */
static inline bool inside_is_sane(const struct ike *k, sim_time now)
{
    for (size_t j = 1; j < k->heaped; j++) {
        if (k->heap[j]->deadline < k->heap[(j - 1) / 2]->deadline || k->heap[j]->slot != j)
            return false;
    }
    return ike_next(k) >= now || ike_next(k) == SIM_NEVER;
}

#endif
