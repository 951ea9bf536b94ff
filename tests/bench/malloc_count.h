/* malloc_count.h - how often the process has asked for memory, by taking malloc's place. */
#ifndef TESTS_BENCH_MALLOC_COUNT_H
#define TESTS_BENCH_MALLOC_COUNT_H

unsigned long malloc_count(void);

#endif
