/*
 * replay_parts.h - the readers of the formats of replay.h, each in a file of its own.
 */
#ifndef SIM_LINK_REPLAY_PARTS_H
#define SIM_LINK_REPLAY_PARTS_H

#include "sim/base/table.h"
#include "sim/link/replay.h"

struct replay_list {
    struct replay_point *point;
    size_t n;
    size_t room;
};

void replay_add(struct replay_list *l, struct replay_point p);

/* What a time, a rate and a delay may be in a file. */
extern const struct table_scale replay_seconds;
extern const struct table_scale replay_mbps;
extern const struct table_scale replay_delay_ms;

MUST_CHECK enum status replay_in_order(const struct lines *l, sim_time at, sim_time *last,
                                       struct why *w);

/* Each reads to the end of the file and adds at least one point, or says why not. */
typedef enum status replay_reader(FILE *file, const struct replay_source *from,
                                  struct replay_list *l, struct why *w);
replay_reader replay_read_monami;
replay_reader replay_read_pam2025;
replay_reader replay_read_mahimahi;
replay_reader replay_read_ping;

#endif
