/* glibc lets a program bring its own malloc; this one counts and hands on. */
#include "tests/bench/malloc_count.h"

#include <stddef.h>
#include <stdlib.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t n);

static unsigned long calls;

unsigned long malloc_count(void)
{
    return calls;
}

void *malloc(size_t n)
{
    calls++;
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    calls++;
    return __libc_calloc(n, size);
}

void *realloc(void *old, size_t n)
{
    calls++;
    return __libc_realloc(old, n);
}
