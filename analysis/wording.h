/*
 * wording.h - numbers as a figure shows them: values of parameters along an axis, metrics with
 * their unit and in words, and texts that fit.
 */
#ifndef ANALYSIS_WORDING_H
#define ANALYSIS_WORDING_H

#include <stddef.h>

#include "sim/base/arena.h"
#include "sim/base/quantity.h"

/* How values are drawn: divided, and with a unit ("" for a bare number). */
struct scale {
    double divisor;
    const char *unit;
};

/* Of `n` values in base units, those that are NAN left out: ms, but s if all are large. */
struct scale wording_scale(enum quantity_kind kind, const double *value, size_t n);
/* The same of a metric's values. */
struct scale wording_metric_scale(const char *metric, const double *value, size_t n);

/* "lost packets of call.down"; what has no words stays as it is. */
void wording_metric(char *out, size_t size, const char *metric);

/* Broken into lines of at most `width` characters, at spaces. In place. */
void wording_wrap(char *text, size_t width);

/* Names of `n` values that differ in what matters: of long ones the common beginning and end, as
 * far as they are whole words or folders, become "...". Owned by the arena. */
const char **wording_labels(struct arena *a, const char *const *value, size_t n);

#endif
