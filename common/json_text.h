/*
 * json_text.h: text and documents as JSON. jansson has no value for a string
 * that is not UTF-8, and leaves out of a document what it has no value for.
 */
#ifndef COMMON_JSON_TEXT_H
#define COMMON_JSON_TEXT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* A string, cleaned as text.h says: a path or the like is always there. */
json_t *json_text(const char *text);

/* The list has this string. A `list` that is none, or NULL, has nothing. */
bool json_has_text(const json_t *list, const char *text);

/* The whole document and the end of the line; what it was is given back. Its failure is the stream's (ferror). */
void json_print(json_t *document, size_t flags, FILE *out);

#endif
