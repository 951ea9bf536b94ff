/*
 * json.h - writes JSON (RFC 8259) to a file: commas, indents and escapes are its business.
 *
 * `key` is the name of a member, NULL for an item of a list and for the outermost value.  Members
 * stand in the order of writing, so that equal calls make equal bytes.  Whether the file took
 * them is asked of the file.
 */
#ifndef SIM_BASE_JSON_H
#define SIM_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH = 64 };

struct json {
    FILE *out;
    unsigned indent; /* spaces a level; 0: all on one line */
    unsigned depth;
    char end[JSON_DEPTH];  /* what closes each level */
    bool some[JSON_DEPTH]; /* something stands in it */
};

struct json json_to(FILE *out, unsigned indent);

void json_object(struct json *j, const char *key);
void json_list(struct json *j, const char *key);
void json_end(struct json *j); /* of the innermost of both; after the outermost a line ends */

void json_text(struct json *j, const char *key, const char *text); /* NULL: null */
void json_int(struct json *j, const char *key, int64_t value);
void json_real(struct json *j, const char *key, double value); /* not finite: null */
void json_bool(struct json *j, const char *key, bool value);
void json_raw(struct json *j, const char *key, const char *json); /* it is JSON already */

#endif
