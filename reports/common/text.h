/*
 * text.h: text that comes from a result may be anything; here it is made
 * fit for a terminal, and measured.
 */
#ifndef REPORTS_TEXT_H
#define REPORTS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Replaces what could command a terminal or turn the order of a line
 * (control characters, bidirectional overrides) by '?', in place.
 */
void text_clean(char *text);

/* A name: 1 to 63 of the characters a-z A-Z 0-9 _ . + - and no dot in front. */
bool text_is_name(const char *text);

/* Columns on a terminal: one a character of UTF-8. */
size_t text_width(const char *text);

/* Prints `text` wrapped at `width` columns; `indent` stands before every line but the first. */
void text_wrap(FILE *out, const char *text, size_t width, size_t indent);

/* Adds to what stands in `into`, an array of `size` bytes; what finds no room is cut off. */
void text_append(char *into, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
