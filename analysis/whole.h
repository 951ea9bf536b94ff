/*
 * whole.h - files that are there whole or not at all: written under another name, looked at, and
 * only then renamed.  What failed is said with the path and the reason of the system.
 */
#ifndef ANALYSIS_WHOLE_H
#define ANALYSIS_WHOLE_H

#include <stdio.h>

#include "sim/base/status.h"

/* Closes `file`, also where it answers that not all of it was written. `path` is for the sentence.
 */
MUST_CHECK enum status whole_close(FILE *file, const char *path, struct why *w);

/* The same of a stream that stays open, such as stdout. */
MUST_CHECK enum status whole_flush(FILE *file, const char *path, struct why *w);

/* Whether another program wrote all of a picture, by its suffix: an SVG ends with </svg>, a PNG
 * with its chunk IEND (RFC 2083 4.1.4), a PDF with %%EOF. */
MUST_CHECK enum status whole_picture(const char *path, struct why *w);

/* The errno for which another program or a library could not write more of a file: the system says
 * so to who tries. 0: it takes more. The file is spoilt then. */
int whole_reason(const char *path);

#endif
