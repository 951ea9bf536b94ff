/*
 * constraint.h - which combinations of a sweep's values are run: "backbone.a.delay < 40 ms and not
 * (mode = mobike or mode = k-bit)".
 *
 * Comparisons with = != < <= > >= of parameters and values; and, or, not, parentheses.  A
 * parameter may be named by its last parts where they name only one.  Quantities compare as
 * numbers, in any unit of their kind; words only with = and !=.
 */
#ifndef SIM_BATCH_CONSTRAINT_H
#define SIM_BATCH_CONSTRAINT_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/key.h"
#include "sim/base/status.h"

/* `value` are all parameters with the values of one combination. */
MUST_CHECK enum status constraint_ask(const char *text, const struct key_pair *value, size_t n,
                                      bool *holds, struct why *w);

#endif
