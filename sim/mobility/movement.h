/*
 * movement.h - how nodes move, from a file: straight and evenly from each waypoint to the next.
 *
 * Before its first waypoint and after its last a node stands still.  Formats:
 *   monami      CSV: t_s or t_ms, x_m, y_m, and `node` where there are several
 *   setdest     of ns-2: $node_(0) set X_ 1.5   and   $ns_ at 2.0 "$node_(0) setdest x y speed"
 *   sumo        floating car data of SUMO: <timestep time=..><vehicle id=.. x=.. y=../>
 *   bonnmotion  .movements: a node a line, triples of t, x and y
 * Positions are whole micrometres, times whole nanoseconds.  Whatever does not fit is an error
 * with file and line.
 */
#ifndef SIM_MOBILITY_MOVEMENT_H
#define SIM_MOBILITY_MOVEMENT_H

#include <stdbool.h>
#include <stdio.h>

#include "sim/base/arena.h"
#include "sim/base/units.h"

enum movement_format {
    MOVEMENT_MONAMI,
    MOVEMENT_SETDEST,
    MOVEMENT_SUMO,
    MOVEMENT_BONNMOTION,
    MOVEMENT_FORMATS,
};

struct waypoint {
    sim_time t;
    int64_t x; /* um, to the east */
    int64_t y; /* um, to the north */
};

struct movement {
    const char *node;
    const struct waypoint *at; /* in order of time; two at one time are a jump */
    size_t n;                  /* above 0 */
};

struct movements {
    const char *file;
    struct movement *of; /* in the order of the file */
    size_t n;
};

/* Where x is a longitude and y a latitude, in degrees: the place that becomes 0, 0. The land
 * around it is taken as flat, the earth as a sphere of 6371.0088 km. */
struct movement_origin {
    bool given;
    double latitude;
    double longitude;
};

struct movement_source {
    const char *path;
    enum movement_format format;
    struct movement_origin origin;
};

MUST_CHECK enum status movement_load(const struct movement_source *from, struct arena *arena,
                                     struct movements *all, struct why *w);

/* The same from a file that is open; `from->path` names it. */
MUST_CHECK enum status movement_read(FILE *file, const struct movement_source *from,
                                     struct arena *arena, struct movements *all, struct why *w);

/* The node of that name; NULL asks for the only one. */
MUST_CHECK enum status movement_find(const struct movements *all, const char *node,
                                     const struct movement **found, struct why *w);

struct position {
    double x; /* um */
    double y;
};
struct position movement_at(const struct movement *m, sim_time t);

#endif
