/*
 * movement_parts.h - the readers of the formats of movement.h, and what they fill.
 */
#ifndef SIM_MOBILITY_MOVEMENT_PARTS_H
#define SIM_MOBILITY_MOVEMENT_PARTS_H

#include "sim/base/decimal.h"
#include "sim/base/lines.h"
#include "sim/mobility/movement.h"

#define MOVEMENT_LONGEST (1000000 * SIM_S) /* as long as a run may be */

/* One node while its file is read. */
struct track {
    char *node;
    struct waypoint *at;
    size_t n;
    size_t room;
    sim_time since;  /* setdest: of its last command */
    unsigned placed; /* setdest: 1 it has X_, 2 it has Y_ */
};

struct tracks {
    struct track *of;
    size_t n;
    size_t room;
    size_t *slot; /* by name: index + 1, open addressing */
    size_t slots;
    struct movement_origin origin;
    double um_east;  /* um of 10^-9 degree of longitude */
    double um_north; /* of latitude */
};

/* The node of that name, a new one if there is none. It stays until the next new one. */
struct track *tracks_of(struct tracks *all, const char *node, size_t n);
void track_add(struct track *t, struct waypoint p);

/* A coordinate, or a time in seconds, of `n` bytes of a file. */
enum decimal_fault tracks_time(const char *text, size_t n, sim_time *t);
enum decimal_fault tracks_coordinate(const struct tracks *all, bool north, const char *text,
                                     size_t n, int64_t *um);

/* What is wrong with a number, as the end of a sentence. */
const char *tracks_fault(enum decimal_fault fault, bool time);

/* Each reads to the end of the file, or says why not. */
typedef enum status movement_reader(FILE *file, const char *name, struct tracks *all,
                                    struct why *w);
movement_reader movement_read_monami;
movement_reader movement_read_setdest;
movement_reader movement_read_sumo;
movement_reader movement_read_bonnmotion;

#endif
