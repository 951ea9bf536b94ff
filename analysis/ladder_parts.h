/*
 * ladder_parts.h - what the files of a ladder's picture share. Private to analysis.
 *
 *   ladder_layout.c   where everything stands
 *   ladder_svg.c      and how it is drawn
 */
#ifndef ANALYSIS_LADDER_PARTS_H
#define ANALYSIS_LADDER_PARTS_H

#include "analysis/ladder.h"

/* In units of the picture. */
enum {
    WIDTH = 960,
    AXIS = 58,
    FLOWS_AT = 72,
    FLOW_WIDTH = 15,
    FLOWS_MOST = 6,
    FIRST_LANE = 345,
    LAST_LANE = 540,
    LABELS = 560,
    LABEL_HEIGHT = 15,
    LABEL_CHARACTERS = 63,
    CUT_HEIGHT = 30,
    LEAST_HEIGHT = 260,
    HEAD = 34,
    HEAD_WITH_FLOWS = 92,
};

/* A stretch of time, and where it is drawn. */
struct stretch {
    int64_t from;
    int64_t to;
    double y;
    double height;
    bool cut;
};

struct label {
    size_t line;
    double want;
    double y;
    double x; /* of the point that it is about */
};

struct picture {
    FILE *out;
    const struct ladder *l;
    struct stretch *stretch;
    size_t stretches;
    struct label *left;
    size_t lefts;
    struct label *right;
    size_t rights;
    double head;
    double height; /* with the head */
};

/* Fills in all but `out`, `l` and `head`; the arrays are to be freed. */
void ladder_lay_out(struct picture *p);

double ladder_y(const struct picture *p, int64_t t);
double ladder_x(const struct ladder *l, unsigned lane);

#endif
