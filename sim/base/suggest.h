/*
 * suggest.h - the word that was probably meant.
 */
#ifndef SIM_BASE_SUGGEST_H
#define SIM_BASE_SUGGEST_H

#include <stddef.h>

/* The nearest of the words that were tried; NULL if none is near. */
struct suggestion {
    const char *wrong;
    const char *best;
    size_t distance;
};
struct suggestion suggest_for(const char *wrong);
void suggest_try(struct suggestion *s, const char *word);

#endif
