/*
 * json.h - the one thing about JSON that is easily done wrong.
 */
#ifndef SIM_APP_JSON_H
#define SIM_APP_JSON_H

#include <stdio.h>

/* In quotes, with what needs it escaped. */
void json_text(FILE *out, const char *text);

#endif
