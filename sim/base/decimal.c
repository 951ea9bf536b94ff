#include "sim/base/decimal.h"

#include <ctype.h>
#include <stdbool.h>

enum { EXPONENT_MAX = 9999 };

/* A number cut into its parts: 0.digits * 10^place. */
struct parts {
    const char *digits; /* may have a point in it */
    const char *end;
    long place;
    bool negative;
};

static const char *read_exponent(const char *p, const char *end, long *exponent)
{
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    if (p == end)
        return NULL;
    for (; p < end && isdigit((unsigned char)*p); p++) {
        if (*exponent < EXPONENT_MAX)
            *exponent = 10 * *exponent + (*p - '0');
    }
    if (negative)
        *exponent = -*exponent;
    return p;
}

static bool cut(const char *text, const char *end, struct parts *d)
{
    const char *p = text;
    bool point = false;
    bool any = false;
    long exponent = 0;
    d->negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    d->digits = p;
    d->place = 0;
    for (; p < end; p++) {
        if (*p == '.' && !point) {
            point = true;
        } else if (isdigit((unsigned char)*p)) {
            any = true;
            d->place += !point;
        } else {
            break;
        }
    }
    d->end = p;
    if (any && p < end && (*p == 'e' || *p == 'E'))
        p = read_exponent(p + 1, end, &exponent);
    d->place += exponent;
    return any && p == end;
}

enum decimal_fault decimal_read(const char *text, size_t n, int power, int64_t *value)
{
    struct parts d;
    int64_t v = 0;
    if (!cut(text, text + n, &d))
        return DECIMAL_NO_NUMBER;
    long left = d.place + power; /* digits in front of the point */
    const char *p = d.digits;
    while (left > 0 && (p < d.end || v)) {
        int digit = p < d.end ? *p++ : '0';
        if (digit == '.')
            continue;
        if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit - '0', &v))
            return DECIMAL_TOO_LARGE;
        left--;
    }
    if (p < d.end && *p == '.')
        p++;
    if (left == 0 && p < d.end && *p >= '5' && __builtin_add_overflow(v, 1, &v))
        return DECIMAL_TOO_LARGE;
    *value = d.negative ? -v : v;
    return DECIMAL_GOOD;
}
