/*
 * bcache_update.h - Binding Updates worked on: RFC 6275 9.5.1, 10.3, RFC 5648 6.2, 6.3.  The
 * verbs by which that changes entries stand here; part of bcache.h.
 */
#ifndef MODELS_MIP6_BCACHE_UPDATE_H
#define MODELS_MIP6_BCACHE_UPDATE_H

#include "models/mip6/bcache.h"

struct bcache_act *bcache_answer(struct bcache_acts *acts, enum bcache_kind kind,
                                 const struct bcache_entry *e);

/* Adds or changes the binding of its BID. Answers whether there was room. */
bool bcache_put(struct bcache *b, struct bcache_entry *e, const struct binding *new,
                struct bcache_acts *acts);
void bcache_end(struct bcache_entry *e, struct binding *gone, const char *how,
                struct bcache_acts *acts);
void bcache_end_all(struct bcache_entry *e, const char *how, struct bcache_acts *acts);
struct binding *bcache_home_binding(struct bcache_entry *e); /* NULL: none */

/* After changes: proxying follows the bindings, and an entry without any fades. */
void bcache_settle(struct bcache *b, struct bcache_entry *e, sim_time now,
                   struct bcache_acts *acts);

/* The part of a BU's way that home agent and correspondent share: an authenticated BU with a fresh
 * number, of an entry that is bound. Registers, deregisters or refuses, and acknowledges. */
void bcache_work(struct bcache *b, struct bcache_entry *e, const struct arrival *a,
                 const struct mh *bu, sim_time now, struct bcache_acts *acts);
void bcache_refuse(const struct bcache *b, const struct bcache_entry *e, const struct arrival *a,
                   const struct mh *bu, uint8_t status, struct bcache_acts *acts);
bool bcache_is_fresh(const struct bcache_entry *e, uint16_t sequence); /* RFC 6275 9.5.1 */

#endif
