/*
 * bul_exchange.h - BUs that wait for their acknowledgement: when each is sent, again and again
 * (RFC 6275 11.8), and what stands in it (RFC 6275 11.7.1, RFC 5648 5).  Part of bul.h.
 */
#ifndef MODELS_MIP6_BUL_EXCHANGE_H
#define MODELS_MIP6_BUL_EXCHANGE_H

#include "models/mip6/bul.h"

/* `bid` needs a BU: joins an exchange that is open, or opens one, as the registration mode says. */
void exchange_ask(struct bul *b, uint16_t bid, bool leaves, sim_time now);
void exchange_ask_home(struct bul *b, sim_time now);
void exchange_forget(struct bul *b, uint16_t bid); /* no BU about it any more */
void exchange_close_all(struct bul *b);
/* Its last BU is answered: what was asked in it. What has joined or changed since stays open. */
struct bul_exchange exchange_close(struct bul_exchange *x);
void exchange_split(struct bul *b, sim_time now); /* one by one: no more bulk registration */

/* The exchange that `ba` answers; NULL: none. */
struct bul_exchange *exchange_of(struct bul *b, const struct mh *ba);

/* Whether its last BU was the last try. */
bool exchange_is_over(const struct bul *b, const struct bul_exchange *x);

sim_time exchange_next(const struct bul *b);
void exchange_send_due(struct bul *b, sim_time now, struct bul_acts *acts);

#endif
