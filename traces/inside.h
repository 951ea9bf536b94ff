/*
 * inside.h - what ESP packets hold, as the observer saw it before they were sealed: sums and a
 * line of words, each distinct content once.
 *
 * A packet carries the number of its content in pkt_mark.inside.  The table grows with the number
 * of distinct contents, not with that of packets; its owner releases it.
 */
#ifndef TRACES_INSIDE_H
#define TRACES_INSIDE_H

#include <stdint.h>

#include "traces/count.h"

struct inside {
    uint16_t sum[COUNTS]; /* with what ESP within holds */
    uint32_t within;      /* the content of ESP that stands in it; 0: none, or unknown */
    char *words;          /* "BU seq 3 BID 1 2"; "": of no note, or nobody reads it */
};

struct insides; /* opaque */

struct insides *insides_new(void);
void insides_free(struct insides *t);

/* The number of that content, 1 or above; what `content` points at is copied. */
uint32_t insides_number(struct insides *t, const struct inside *content);

const struct inside *insides_at(const struct insides *t, uint32_t number); /* NULL: none */
uint32_t insides_count(const struct insides *t);                           /* distinct contents */

#endif
