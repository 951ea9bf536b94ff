#include "sim/base/units.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A unit as value = digits * scale / divisor, in the integer base unit. */
struct unit {
    const char *name;
    int64_t scale;
};

static const struct unit time_units[] = {
    {"ns", 1},           {"us", 1000},        {"ms", 1000000}, {"s", 1000000000},
    {"min", 60 * SIM_S}, {"h", 3600 * SIM_S}, {NULL, 0},
};
static const struct unit rate_units[] = {
    {"bit/s", 1},           {"kbit/s", 1000},     {"Mbit/s", 1000000},
    {"Gbit/s", 1000000000}, {"bps", 1},           {"kbps", 1000},
    {"Mbps", 1000000},      {"Gbps", 1000000000}, {NULL, 0},
};
static const struct unit size_units[] = {
    {"B", 1}, {"kB", 1000}, {"KiB", 1024}, {"MB", 1000000}, {"MiB", 1048576}, {NULL, 0},
};
static const struct unit length_units[] = {
    {"um", 1}, {"mm", 1000}, {"m", 1000000}, {"km", 1000000000}, {NULL, 0},
};
static const struct unit packet_units[] = {{"packets", 1}, {"packet", 1}, {NULL, 0}};

/* Digits of a decimal number: mantissa * 10^-decimals. */
struct decimal {
    int64_t mantissa;
    int decimals;
    bool negative;
    const char *rest;
};

/* "12", "12.5", "-3": no exponent, no leading '+', no octal, no bare '.'. */
static bool read_decimal(const char *text, struct decimal *d)
{
    const char *p = text;
    *d = (struct decimal){.negative = *p == '-'};
    if (d->negative)
        p++;
    if (!isdigit((unsigned char)*p) || (p[0] == '0' && isdigit((unsigned char)p[1])))
        return false;
    bool fraction = false;
    for (;; p++) {
        if (*p == '.' && !fraction && isdigit((unsigned char)p[1])) {
            fraction = true;
            continue;
        }
        if (!isdigit((unsigned char)*p))
            break;
        if (__builtin_mul_overflow(d->mantissa, 10, &d->mantissa) ||
            __builtin_add_overflow(d->mantissa, *p - '0', &d->mantissa))
            return false;
        d->decimals += fraction;
    }
    d->rest = p;
    return true;
}

/* mantissa * scale / 10^decimals, only if that is a whole number that fits. */
static bool exact(const struct decimal *d, int64_t scale, int64_t *value)
{
    int64_t mantissa = d->mantissa;
    int64_t divisor = 1;
    int decimals = d->decimals;
    for (; decimals > 0 && mantissa % 10 == 0; decimals--)
        mantissa /= 10;
    for (; decimals > 0; decimals--) {
        if (scale % 10 == 0) {
            scale /= 10;
        } else if (__builtin_mul_overflow(divisor, 10, &divisor)) {
            return false;
        }
    }
    int64_t product;
    if (__builtin_mul_overflow(mantissa, scale, &product) || product % divisor != 0)
        return false;
    *value = d->negative ? -(product / divisor) : product / divisor;
    return true;
}

static const char *skip_blank(const char *p)
{
    while (*p == ' ')
        p++;
    return p;
}

static void list_units(char *out, size_t size, const struct unit *units, const char *between)
{
    size_t len = 0;
    out[0] = '\0';
    for (; units->name && len < size; units++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", len ? between : "", units->name);
}

void units_pattern(char *out, size_t size, enum units_quantity what)
{
    static const struct unit *const units[] = {[UNITS_TIME] = time_units,
                                               [UNITS_RATE] = rate_units,
                                               [UNITS_SIZE] = size_units,
                                               [UNITS_LENGTH] = length_units,
                                               [UNITS_PACKETS] = packet_units};
    char names[96] = "%";
    if (what != UNITS_SHARE)
        list_units(names, sizeof names, units[what], "|");
    (void)snprintf(out, size, "^" UNITS_REAL_PATTERN " *(%s)%s$", names,
                   what == UNITS_SHARE ? "?" : ""); /* a share may go without */
}

static enum status with_unit(const char *text, const struct unit *units, const char *what,
                             const char *example, int64_t *value, struct why *w)
{
    struct decimal d;
    char names[96];
    list_units(names, sizeof names, units, " ");
    if (!read_decimal(text, &d))
        return why_set(w, ST_SYNTAX, "'%s' is not %s such as %s", text, what, example);
    const char *unit = skip_blank(d.rest);
    if (!*unit)
        return why_set(w, ST_SYNTAX, "'%s' has no unit; %s needs one of: %s", text, what, names);
    for (const struct unit *u = units; u->name; u++) {
        if (strcmp(u->name, unit) != 0)
            continue;
        if (!exact(&d, u->scale, value)) {
            return why_set(w, ST_RANGE, "'%s' is too large or finer than the smallest unit (%s)",
                           text, units->name);
        }
        return ST_OK;
    }
    return why_set(w, ST_SYNTAX, "'%s' is not a unit of %s in '%s'; one of: %s", unit, what, text,
                   names);
}

enum status units_time(const char *text, sim_time *ns, struct why *w)
{
    return with_unit(text, time_units, "a time", "'1.5 ms'", ns, w);
}

enum status units_rate(const char *text, int64_t *bit_per_s, struct why *w)
{
    return with_unit(text, rate_units, "a rate", "'30 Mbit/s'", bit_per_s, w);
}

enum status units_size(const char *text, int64_t *bytes, struct why *w)
{
    return with_unit(text, size_units, "a size", "'1428 B'", bytes, w);
}

enum status units_length(const char *text, int64_t *um, struct why *w)
{
    return with_unit(text, length_units, "a length", "'250 m'", um, w);
}

enum status units_packets(const char *text, int64_t *packets, struct why *w)
{
    return with_unit(text, packet_units, "a number of packets", "'250 packets'", packets, w);
}

enum status units_share(const char *text, uint32_t *ppb, struct why *w)
{
    struct decimal d;
    int64_t value = 0;
    if (!read_decimal(text, &d))
        return why_set(w, ST_SYNTAX, "'%s' is not a share such as '0.1 %%' or '0.001'", text);
    const char *unit = skip_blank(d.rest);
    bool percent = !strcmp(unit, "%");
    if (*unit && !percent)
        return why_set(w, ST_SYNTAX, "'%s' is not a share such as '0.1 %%' or '0.001'", text);
    if (!exact(&d, percent ? SHARE_ONE / 100 : SHARE_ONE, &value))
        return why_set(w, ST_RANGE, "'%s' is finer than one part in 10^9", text);
    if (value < 0 || value > SHARE_ONE)
        return why_set(w, ST_RANGE, "'%s' is not between 0 %% and 100 %%", text);
    *ppb = (uint32_t)value;
    return ST_OK;
}

enum status units_integer(const char *text, int64_t *value, struct why *w)
{
    struct decimal d;
    size_t digits = strspn(text + (*text == '-'), "0123456789");
    bool good = read_decimal(text, &d);
    if (!good && digits > 18 && !text[digits + (*text == '-')] && text[*text == '-'] != '0')
        return why_set(w, ST_RANGE, "'%.100s' is too %s: it has more than 63 bits", text,
                       *text == '-' ? "small" : "large");
    if (!good || *d.rest || d.decimals)
        return why_set(w, ST_SYNTAX, "'%s' is not a whole number", text);
    *value = d.negative ? -d.mantissa : d.mantissa;
    return ST_OK;
}

enum status units_real(const char *text, double *value, struct why *w)
{
    struct decimal d;
    if (!read_decimal(text, &d) || *d.rest)
        return why_set(w, ST_SYNTAX, "'%s' is not a number", text);
    *value = strtod(text, NULL);
    return ST_OK;
}

/* The largest unit that divides the value. */
static void print_with(char *out, size_t size, int64_t value, const struct unit *units, size_t n)
{
    const struct unit *best = units;
    for (size_t i = 0; i < n; i++) {
        if (value % units[i].scale == 0)
            best = &units[i];
    }
    (void)snprintf(out, size, "%" PRId64 " %s", value / best->scale,
                   value ? best->name : units[n - 1].name);
}

void units_print_time(char *out, size_t size, sim_time ns)
{
    print_with(out, size, ns, time_units, 4); /* up to seconds */
}

void units_print_rate(char *out, size_t size, int64_t bit_per_s)
{
    print_with(out, size, bit_per_s, rate_units, 4);
}

void units_print_size(char *out, size_t size, int64_t bytes)
{
    (void)snprintf(out, size, "%" PRId64 " B", bytes);
}

void units_print_length(char *out, size_t size, int64_t um)
{
    print_with(out, size, um, length_units, 3); /* up to metres */
}

void units_print_share(char *out, size_t size, uint32_t ppb)
{
    uint32_t whole = ppb / (SHARE_ONE / 100);
    uint32_t part = ppb % (SHARE_ONE / 100);
    int len = snprintf(out, size, "%" PRIu32 ".%07" PRIu32, whole, part);
    while (len > 0 && out[len - 1] == '0')
        out[--len] = '\0';
    if (len > 0 && out[len - 1] == '.')
        out[--len] = '\0';
    (void)snprintf(out + len, size - (size_t)len, " %%");
}

sim_time units_transmission(int64_t bytes, int64_t bit_per_s)
{
    assert(bytes >= 0 && bit_per_s > 0);
    assert(bytes < INT64_MAX / (8 * SIM_S)); /* 1.1 GB in one go */
    return (8 * SIM_S * bytes + bit_per_s / 2) / bit_per_s;
}
