/*
 * differences.h - a comparison of two runs as text for people and as JSON.
 */
#ifndef SIM_APP_DIFFERENCES_H
#define SIM_APP_DIFFERENCES_H

#include <stdio.h>

#include "analysis/compare.h"

/* `name` of the two sides, as the user gave them. */
void differences_print(FILE *out, const struct comparison *c, const char *const name[2]);
void differences_json(FILE *out, const struct comparison *c, const char *const name[2]);

#endif
