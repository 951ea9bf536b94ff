#include "sim/base/decimal.h"

#include "tests/check.h"

static void good(const char *text, int power, int64_t want)
{
    int64_t v = -1;
    CHECK_EQ(decimal_read(text, strlen(text), power, &v), DECIMAL_GOOD);
    check_eq(v, want, text, __FILE__, __LINE__);
}

static void bad(const char *text, int power, enum decimal_fault want)
{
    int64_t v = 0;
    check_eq(decimal_read(text, strlen(text), power, &v), want, text, __FILE__, __LINE__);
}

static void digits_are_counted_never_approximated(void)
{
    good("0", 9, 0);
    good("12", 0, 12);
    good("12", 3, 12000);
    good("0.0014", 9, 1400000);
    good("26.26392865691423", 9, 26263928657);
    good("-7.5", 6, -7500000);
    good("+3.", 0, 3);
    good(".25", 2, 25);
    good("1.5e-3", 6, 1500);
    good("1.0E-4", 9, 100000);
    good("5e1", 9, INT64_C(50000000000));
    good("0e9999", 9, 0);
    good("9223372036854775807", 0, INT64_MAX);
    good("00000000000000000000000000001.5", 1, 15);
}

static void what_is_finer_is_rounded(void)
{
    good("0.4", 0, 0);
    good("0.5", 0, 1);
    good("-0.5", 0, -1);
    good("1.49999999999999999999999", 0, 1);
    good("9.9", 0, 10);
    good("5e-10", 9, 1);
    good("4.9e-10", 9, 0);
    good("5e-11", 9, 0);
    good("9e-99999", 9, 0);
}

static void anything_else_is_no_number(void)
{
    bad("", 0, DECIMAL_NO_NUMBER);
    bad(".", 0, DECIMAL_NO_NUMBER);
    bad("-", 0, DECIMAL_NO_NUMBER);
    bad("1e", 0, DECIMAL_NO_NUMBER);
    bad("1e+", 0, DECIMAL_NO_NUMBER);
    bad("e5", 0, DECIMAL_NO_NUMBER);
    bad("1.2.3", 0, DECIMAL_NO_NUMBER);
    bad("0x10", 0, DECIMAL_NO_NUMBER);
    bad("inf", 0, DECIMAL_NO_NUMBER);
    bad("nan", 0, DECIMAL_NO_NUMBER);
    bad(" 1", 0, DECIMAL_NO_NUMBER);
    bad("1 ", 0, DECIMAL_NO_NUMBER);
    bad("9223372036854775808", 0, DECIMAL_TOO_LARGE);
    bad("9223372036854775807.5", 0, DECIMAL_TOO_LARGE);
    bad("1e30", 0, DECIMAL_TOO_LARGE);
    bad("1e9999999999", 0, DECIMAL_TOO_LARGE);
}

CHECK_MAIN(CASE(digits_are_counted_never_approximated), CASE(what_is_finer_is_rounded),
           CASE(anything_else_is_no_number))
