/*
 * caption.h - what a figure of a study rests on, in a few lines: how many samples and of what,
 * which interval, what was left out and why, and from which study it is.
 */
#ifndef ANALYSIS_CAPTION_H
#define ANALYSIS_CAPTION_H

#include "analysis/kinds.h"

enum { CAPTION_WIDTH = 110 };

void caption_write(const struct chart *c, const struct kind *kind, char *out, size_t size);

#endif
