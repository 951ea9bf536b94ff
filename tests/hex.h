/*
 * hex.h - bytes of a vector as they are printed: hexadecimal digits, two a byte.
 */
#ifndef TESTS_HEX_H
#define TESTS_HEX_H

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Answers how many bytes; a vector that is mistyped ends the test. */
static inline size_t bytes_of_hex(const char *hex, uint8_t *out)
{
    size_t n = strlen(hex) / 2;
    assert(strlen(hex) == 2 * n);
    for (size_t k = 0; k < n; k++) {
        unsigned v = 0;
        int read = sscanf(hex + 2 * k, "%2x", &v);
        assert(read == 1);
        out[k] = (uint8_t)v;
    }
    return n;
}

#endif
