/*
 * ro_turn.h - one correspondent's turn: what is wanted against what is registered, tests, Binding
 * Updates and their tokens.  Part of ro.h.
 */
#ifndef MODELS_MIP6_RO_TURN_H
#define MODELS_MIP6_RO_TURN_H

#include "models/mip6/ro.h"

#define RO_LIFETIME (420 * SIM_S) /* MAX_RR_BINDING_LIFETIME, RFC 6275 12 */

void ro_enter(struct ro_peer *p, enum ro_state state, sim_time now);
/* There is nothing to do for it. */
bool ro_rests(const struct ro *r, const struct ro_peer *p, sim_time now);
/* Nothing is registered that the list knows; the next BU has a number above `sequence`. */
void ro_reset(const struct ro *r, struct ro_peer *p, uint16_t sequence, sim_time now);
/* Places of tests are for care-of addresses that there are. */
void ro_forget_others(const struct ro *r, struct ro_peer *p);
/* Through the home agent for a while. */
void ro_hold(const struct ro *r, struct ro_peer *p, sim_time now);

struct ro_act *ro_answer(struct ro_acts *acts, enum ro_kind kind, const struct ro_peer *p);
/* What its bindings make of it. */
void ro_follow(const struct ro *r, struct ro_peer *p, sim_time now, struct ro_acts *acts);

bool ro_has_coa(const struct ro *r);
void ro_turn(struct ro *r, struct ro_peer *p, sim_time now, struct ro_acts *acts);

/* ---- ro_update.c ---- */
/* Bars what has no tokens, or no lifetime: before anything that may send a BU. */
void ro_set_bars(const struct ro *r, struct ro_peer *p, sim_time now);
/* The acts of the binding update list, BUs with nonces and authorization data. */
void ro_relay(struct ro *r, struct ro_peer *p, const struct bul_acts *from, sim_time now,
              struct ro_acts *acts);
/* The correspondent has done what that BU says, or has refused to. */
void ro_note_answer(const struct ro *r, struct ro_peer *p, const struct ro_sent *sent,
                    const struct mh *ba);
/* The correspondent may have something. */
bool ro_may_be_bound(const struct ro_peer *p, sim_time now);

#endif
