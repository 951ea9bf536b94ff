/*
 * json.h - writes JSON (RFC 8259) to a file: commas, indents and escapes are its business.
 *
 * `key` is the name of a member, NULL for an item of a list and for the outermost value.  Members
 * stand in the order of writing, so that equal calls make equal bytes.  Whether the file took
 * them is asked of the file.  (The names json_* are libjansson's, which reads.)
 */
#ifndef SIM_BASE_JSON_H
#define SIM_BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_DEPTH = 64 };

struct json_writer {
    FILE *out;
    unsigned indent; /* spaces a level; 0: all on one line */
    unsigned depth;
    char end[JSON_DEPTH];  /* what closes each level */
    bool some[JSON_DEPTH]; /* something stands in it */
};

struct json_writer jw_to(FILE *out, unsigned indent);

void jw_object(struct json_writer *j, const char *key);
void jw_list(struct json_writer *j, const char *key);
void jw_end(struct json_writer *j); /* of the innermost of both; after the outermost a line ends */

void jw_text(struct json_writer *j, const char *key, const char *text); /* NULL: null */
void jw_int(struct json_writer *j, const char *key, int64_t value);
void jw_real(struct json_writer *j, const char *key, double value); /* not finite: null */
void jw_bool(struct json_writer *j, const char *key, bool value);
void jw_raw(struct json_writer *j, const char *key, const char *json); /* it is JSON already */

#endif
