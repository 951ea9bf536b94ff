/* Tables of keys: finding one, and saying what is allowed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "scenarios/bind_parts.h"
#include "sim/base/units.h"

const struct key *bind_find_key(const struct key *keys, const char *name, size_t *at)
{
    for (const struct key *k = keys; k->name; k++) {
        size_t inner = 0;
        if (k->type == KEY_JOIN) {
            const struct key *found = bind_find_key(k->keys, name, &inner);
            if (found) {
                *at = k->at + inner;
                return found;
            }
        } else if (!strcmp(k->name, name)) {
            *at = k->at;
            return k;
        }
    }
    return NULL;
}

void bind_suggest_keys(struct suggestion *s, const struct key *keys)
{
    for (const struct key *k = keys; k->name; k++) {
        if (k->type == KEY_JOIN) {
            bind_suggest_keys(s, k->keys);
        } else {
            suggest_try(s, k->name);
        }
    }
}

size_t bind_list_keys(char *out, size_t size, size_t n, const struct key *keys)
{
    for (const struct key *k = keys; k->name; k++) {
        if (k->type == KEY_JOIN) {
            n = bind_list_keys(out, size, n, k->keys);
        } else if (n + strlen(k->name) + 8 < size) {
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? ", " : "", k->name);
        } else if (n + 5 < size) {
            n += (size_t)snprintf(out + n, size - n, " ...");
        }
    }
    return n;
}

const char *bind_type_text(enum key_type type)
{
    static const char *const text[] = {
        [KEY_BOOL] = "true or false",
        [KEY_INTEGER] = "a whole number",
        [KEY_REAL] = "a number",
        [KEY_TIME] = "a time such as '1.5 ms'",
        [KEY_RATE] = "a rate such as '30 Mbit/s'",
        [KEY_SIZE] = "a size such as '1428 B'",
        [KEY_LENGTH] = "a length such as '250 m'",
        [KEY_PACKETS] = "a number of packets such as '250 packets'",
        [KEY_SHARE] = "a share such as '0.1 %'",
        [KEY_WORD] = "a word",
        [KEY_TEXT] = "a text",
        [KEY_FILE] = "a file name",
        [KEY_ADDR] = "an IPv6 address",
        [KEY_PREFIX] = "an IPv6 prefix",
        [KEY_REF] = "a name",
        [KEY_TABLE] = "a map",
        [KEY_JOIN] = "a map",
        [KEY_LIST] = "a list",
        [KEY_MAP] = "a map of named entries",
        [KEY_PAIRS] = "a map of names to values",
        [KEY_NODE] = "anything",
    };
    return text[type];
}

static void print_number(const struct key *k, int64_t v, char *out, size_t size)
{
    if (k->type == KEY_TIME) {
        units_print_time(out, size, v);
    } else if (k->type == KEY_RATE) {
        units_print_rate(out, size, v);
    } else if (k->type == KEY_SIZE) {
        units_print_size(out, size, v);
    } else if (k->type == KEY_LENGTH) {
        units_print_length(out, size, v);
    } else if (k->type == KEY_SHARE) {
        units_print_share(out, size, (uint32_t)v);
    } else if (k->type == KEY_PACKETS) {
        (void)snprintf(out, size, "%" PRId64 " packets", v);
    } else {
        (void)snprintf(out, size, "%" PRId64, v);
    }
}

void bind_range_text(const struct key *k, char *out, size_t size)
{
    char low[48];
    char high[48];
    out[0] = '\0';
    if (k->min == k->max)
        return;
    print_number(k, k->min, low, sizeof low);
    print_number(k, k->max, high, sizeof high);
    (void)snprintf(out, size, "from %s to %s", low, high);
}
