/*
 * wrap.h: text that is fit to be shown (common/text.h), measured and wrapped
 * for a terminal.
 */
#ifndef REPORTS_WRAP_H
#define REPORTS_WRAP_H

#include "common/text.h"

/* Columns on a terminal: one a character of UTF-8. */
size_t text_width(const char *text);

/* Prints `text` wrapped at `width` columns; `indent` stands before every line but the first. */
void text_wrap(FILE *out, const char *text, size_t width, size_t indent);

#endif
