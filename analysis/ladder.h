/*
 * ladder.h - the messages of a hand-over as a ladder: a column for each node, an arrow for each
 * message from its sending to its arrival, and what happened at each node in between.  From tables
 * event, message and disruption of a run.
 *
 *   ladder_read.c   what happened, and which arrival belongs to which sending
 *   ladder_words.c  what each is called
 *   ladder_svg.c    a picture to scale in time, to stand inside a page (ladder_parts.h)
 *   ladder_text.c   lines for a terminal
 */
#ifndef ANALYSIS_LADDER_H
#define ANALYSIS_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "sim/base/json.h"
#include "sim/base/status.h"

struct sqlite3;

enum { LADDER_LANES = 16, LADDER_NAME = 64, LADDER_WHAT = 200, LADDER_INSIDE = 112 };

enum ladder_kind {
    LADDER_BU, /* to the home agent or a correspondent: BU, MPS, HoTI, CoTI */
    LADDER_BA, /* and from it */
    LADDER_IKE,
    LADDER_NOTE, /* what happened at one node */
};

/* Times are those of the simulation, ns; -1: it did not happen. */
struct ladder_line {
    int64_t id; /* of the event */
    int64_t t;  /* it was sent, or it happened */
    int64_t arrived;
    int64_t lost;
    unsigned from; /* lanes; of a note both are the same */
    unsigned to;
    enum ladder_kind kind;
    char event[LADDER_NAME];    /* its name */
    char what[LADDER_WHAT];     /* "BU 17, BID 1 2, lifetime 60 s" */
    char inside[LADDER_INSIDE]; /* of IKE: "SK{IDi AUTH SA TSi TSr}"; "": nothing */
    char care_of[LADDER_NAME];  /* interface of the care-of address; "": not known */
    char peer[LADDER_NAME];     /* the address that it is for; "": not told */
    char policy[LADDER_NAME];   /* whose ESP carried it; "": none, in the clear */
    char why[LADDER_WHAT];      /* it was lost: "link_down at car.wlan0" */
    int64_t bytes;              /* of its IPv6 packet; 0: not known */
};

/* Nothing of a flow arrived in between, for twice its packet interval or longer. */
struct ladder_gap {
    char flow[LADDER_NAME]; /* "call.down" */
    int64_t from;
    int64_t to;
    int64_t interval;
    int64_t lost; /* packets */
};

/* Of one mobile node. ladder_release() in the end, also where reading failed. */
struct ladder {
    char node[LADDER_NAME];
    int64_t begin;
    int64_t end; /* of what was asked for; messages may arrive later */
    struct ladder_line *line;
    size_t n;
    size_t room;
    size_t more; /* lines that were too many */
    char lane[LADDER_LANES][LADDER_NAME];
    unsigned lanes;
    struct ladder_gap *gap; /* those of one flow stand together */
    size_t gaps;
    size_t gap_room;
};

/* Of `node`, with those it speaks with, what was sent or happened from `begin_ns` to `end_ns`; at
 * most `most` lines. */
MUST_CHECK enum status ladder_read(struct ladder *l, struct sqlite3 *db, const char *node,
                                   int64_t begin_ns, int64_t end_ns, size_t most, struct why *w);
void ladder_release(struct ladder *l);

/* An <svg>; nothing if the ladder is empty. */
void ladder_draw(FILE *out, const struct ladder *l);

/* Lines of at most 100 columns; `utf8`: with arrows. */
void ladder_print(FILE *out, const struct ladder *l, bool utf8);
void ladder_put(struct json_writer *j, const struct ladder *l); /* members of the open object */

/* ---- inside of ladder*.c ---- */

/* What happened, in words, of a row of table event `e`; together they are an SQL expression. */
extern const char ladder_words_sql[];
extern const char ladder_more_words_sql[];
extern const char ladder_inside_sql[]; /* and what its message held */
extern const char
    ladder_care_of_sql[]; /* and the care-of address that carried it; ?1 is the node */

#endif
