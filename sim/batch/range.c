#include "sim/batch/range.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/decimal.h"

enum { POWER = 9 }; /* digits after the point that count */

struct number {
    int64_t value; /* times 10^POWER */
    const char *unit;
};

static bool read_number(const struct yaml_node *range, const char *key, const char *path,
                        struct number *out, struct complaints *c)
{
    const struct yaml_node *n = yaml_get(range, key);
    if (!n || n->kind != YAML_SCALAR) {
        complain(c, n ? &n->at : &range->at, path,
                 "a range needs %s, such as {from: 10 ms, to: 90 "
                 "ms, step: 20 ms}",
                 key);
        return false;
    }
    size_t digits = strspn(n->text, "-0123456789.");
    const char *unit = n->text + digits;
    unit += strspn(unit, " ");
    if (decimal_read(n->text, digits, POWER, &out->value) != DECIMAL_GOOD) {
        complain(c, &n->at, path, "'%.80s' is not a number with a unit", n->text);
        return false;
    }
    out->unit = unit;
    return true;
}

static const char *print(int64_t value, const char *unit, struct arena *arena)
{
    char text[64];
    int64_t one = 1000000000;
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    (void)snprintf(text, sizeof text, "%s%llu.%09llu", value < 0 ? "-" : "",
                   (unsigned long long)(size / (uint64_t)one),
                   (unsigned long long)(size % (uint64_t)one));
    size_t n = strlen(text);
    while (text[n - 1] == '0')
        text[--n] = '\0';
    if (text[n - 1] == '.')
        text[--n] = '\0';
    return *unit ? arena_format(arena, "%s %s", text, unit) : arena_text(arena, text);
}

static bool check_keys(const struct yaml_node *range, const char *path, struct complaints *c)
{
    bool good = true;
    for (size_t k = 0; k < range->n; k++) {
        const char *key = range->pair[k].key;
        if (!strcmp(key, "from") || !strcmp(key, "to") || !strcmp(key, "step"))
            continue;
        complain(c, &range->pair[k].at, path, "a range has from, to and step, not '%.60s'", key);
        good = false;
    }
    return good;
}

size_t range_values(const struct yaml_node *range, const char *path, const char ***value,
                    struct arena *arena, struct complaints *c)
{
    struct number from;
    struct number to;
    struct number step;
    if (!check_keys(range, path, c) || !read_number(range, "from", path, &from, c) ||
        !read_number(range, "to", path, &to, c) || !read_number(range, "step", path, &step, c))
        return 0;
    if (strcmp(from.unit, to.unit) != 0 || strcmp(from.unit, step.unit) != 0) {
        complain(c, &range->at, path, "from, to and step need the same unit");
        return 0;
    }
    bool away =
        (to.value > from.value && step.value < 0) || (to.value < from.value && step.value > 0);
    if (step.value == 0 || away) {
        complain(c, &range->at, path, "with this step it never comes from %s to %s",
                 print(from.value, from.unit, arena), print(to.value, to.unit, arena));
        return 0;
    }
    int64_t span;
    if (__builtin_sub_overflow(to.value, from.value, &span) || span / step.value >= RANGE_VALUES) {
        complain(c, &range->at, path, "more than %d values", RANGE_VALUES);
        return 0;
    }
    size_t n = (size_t)(span / step.value) + 1;
    if (span % step.value) {
        complain(c, &range->at, path, "the steps do not meet %s: the last would be %s",
                 print(to.value, to.unit, arena),
                 print(from.value + (int64_t)(n - 1) * step.value, to.unit, arena));
        return 0;
    }
    *value = arena_take(arena, n * sizeof **value);
    for (size_t k = 0; k < n; k++)
        (*value)[k] = print(from.value + (int64_t)k * step.value, from.unit, arena);
    return n;
}
