/*
 * quantity.h - a text that may be any quantity, as a sweep's values are: its kind by its unit.
 */
#ifndef SIM_BASE_QUANTITY_H
#define SIM_BASE_QUANTITY_H

#include <stdbool.h>

enum quantity_kind {
    QUANTITY_WORD, /* no number: compared as text */
    QUANTITY_NUMBER,
    QUANTITY_TIME,   /* ns */
    QUANTITY_RATE,   /* bit/s */
    QUANTITY_SIZE,   /* bytes */
    QUANTITY_LENGTH, /* micrometres */
    QUANTITY_SHARE,  /* parts per 10^9 */
    QUANTITY_PACKETS
};

struct quantity {
    enum quantity_kind kind;
    double value; /* in the unit of its kind; exact below 2^53 */
};

struct quantity quantity_of(const char *text);
const char *quantity_kind_text(enum quantity_kind kind); /* "a time" */

#endif
