/*
 * style.h - how the pages look: one style for those of a run and of a study, light and dark as the
 * reader's system has it, on a phone and on paper.
 */
#ifndef ANALYSIS_STYLE_H
#define ANALYSIS_STYLE_H

extern const char *const style_css[]; /* in order; NULL ends */

#endif
