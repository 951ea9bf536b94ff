/*
 * units.h - strict quantities: time, rate, size, share, as exact integers.
 *
 * A quantity in a scenario is text with a unit.  It is read through decimal
 * digits and never a double, so "1.5 ms" is 1500000 ns and nothing else.  What
 * is not exact in the integer unit ("0.1 ns") is refused, not rounded.
 */
#ifndef SIM_BASE_UNITS_H
#define SIM_BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/status.h"

typedef int64_t sim_time; /* nanoseconds since the start of the run, or a length of time */

#define SIM_US    ((sim_time)1000)
#define SIM_MS    (1000 * SIM_US)
#define SIM_S     (1000 * SIM_MS)
#define SIM_NEVER INT64_MAX

#define SHARE_ONE 1000000000u /* a share (probability) is in parts per 10^9 */

/* Each reads all of `text` or answers ST_SYNTAX / ST_RANGE with a sentence that quotes it. */
MUST_CHECK enum status units_time(const char *text, sim_time *ns, struct why *w);
MUST_CHECK enum status units_rate(const char *text, int64_t *bit_per_s, struct why *w);
MUST_CHECK enum status units_size(const char *text, int64_t *bytes, struct why *w);
MUST_CHECK enum status units_length(const char *text, int64_t *um, struct why *w);
MUST_CHECK enum status units_share(const char *text, uint32_t *ppb, struct why *w);
MUST_CHECK enum status units_packets(const char *text, int64_t *packets, struct why *w);
MUST_CHECK enum status units_integer(const char *text, int64_t *value, struct why *w);
MUST_CHECK enum status units_real(const char *text, double *value, struct why *w);

/* What each of them reads, as a regular expression of all of a text (ECMA-262), from their tables.
 */
enum units_quantity {
    UNITS_TIME,
    UNITS_RATE,
    UNITS_SIZE,
    UNITS_LENGTH,
    UNITS_SHARE,
    UNITS_PACKETS
};
void units_pattern(char *out, size_t size, enum units_quantity what);

/* A number without a unit: of units_real(), without the fraction of units_integer(). */
#define UNITS_WHOLE_PATTERN "-?(0|[1-9][0-9]*)"
#define UNITS_REAL_PATTERN  UNITS_WHOLE_PATTERN "(\\.[0-9]+)?"

/* The largest unit in which the value is exact: 1500000 ns is "1500 us", 2 s is "2 s". */
void units_print_time(char *out, size_t size, sim_time ns);
void units_print_rate(char *out, size_t size, int64_t bit_per_s);
void units_print_size(char *out, size_t size, int64_t bytes);
void units_print_length(char *out, size_t size, int64_t um);
void units_print_share(char *out, size_t size, uint32_t ppb);

/* How long `bytes` take at `bit_per_s`, to the nearest ns: the one place where that is rounded. */
sim_time units_transmission(int64_t bytes, int64_t bit_per_s);

#endif
