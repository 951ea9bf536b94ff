/*
 * decimal.h - the decimal numbers of measured files, as scaled integers.
 *
 * Through the digits and never a double: "0.0014" at power 9 is 1400000, on every machine.  What
 * is finer than the scale is rounded to the nearest, halves away from zero.
 */
#ifndef SIM_BASE_DECIMAL_H
#define SIM_BASE_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

enum decimal_fault { DECIMAL_GOOD, DECIMAL_NO_NUMBER, DECIMAL_TOO_LARGE };

/* The `n` bytes of `text` ("-12", "0.5", "1.5e-3"), times 10^power. No hex, no "inf", no blanks. */
enum decimal_fault decimal_read(const char *text, size_t n, int power, int64_t *value);

#endif
