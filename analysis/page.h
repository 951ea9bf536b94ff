/*
 * page.h - what the pages of a run and of a study are made of: head, contents, sections, badges,
 * boxes for what is wide.  HTML and well-formed XML at once, without scripts.
 */
#ifndef ANALYSIS_PAGE_H
#define ANALYSIS_PAGE_H

#include <stddef.h>
#include <stdio.h>

#include "sim/base/status.h"

/* Of a section: its id, and its heading. */
struct page_section {
    const char *id;
    const char *title;
};

/* Until <h1>, the page's only one. */
void page_begin(FILE *out, const char *title);
void page_end(FILE *out, const char *words);

/* Links to sections; each of them must come. */
void page_contents(FILE *out, const struct page_section *of, size_t n);
void page_section(FILE *out, const struct page_section *s); /* its heading, an h2 */

void page_element(FILE *out, const char *element, const char *text);

enum page_badge { PAGE_GOOD, PAGE_BAD, PAGE_NOTE };
void page_badge(FILE *out, enum page_badge kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* What may be wider than the page scrolls inside; `label` is what it is called when it is read
 * out. */
void page_box(FILE *out, const char *class, const char *label);
void page_box_end(FILE *out);

#endif
