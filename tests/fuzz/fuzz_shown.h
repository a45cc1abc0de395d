/* fuzz_shown.h: what every writer keeps to, whatever a result says: no byte commands a terminal, all of it is UTF-8. */
#ifndef TESTS_FUZZ_SHOWN_H
#define TESTS_FUZZ_SHOWN_H

#include "common/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shown {
    char *text;
    size_t size;
    FILE *out;
};

static inline FILE *shown_begin(struct shown *s)
{
    *s = (struct shown){NULL, 0, NULL};
    s->out = open_memstream(&s->text, &s->size);
    if (!s->out)
        abort();
    return s->out;
}

/* The text, the caller's to free: lines that are clean but for tabs, and the line ends that CSV has. */
static inline char *shown_end(struct shown *s)
{
    if (fclose(s->out) || strlen(s->text) != s->size)
        abort();
    char *plain = strdup(s->text);
    if (!plain)
        abort();
    for (char *at = plain; *at; at++)
        if (strchr("\n\t\r", *at))
            *at = ' ';
    if (!text_is_clean(plain)) {
        fprintf(stderr, "shown, but not clean: %s\n", s->text);
        abort();
    }
    free(plain);
    return s->text;
}

static inline void shown_text(struct shown *s)
{
    free(shown_end(s));
}

/* One JSON document, and nothing else. */
static inline void shown_json(struct shown *s)
{
    json_error_t error;
    char *text = shown_end(s);
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!document) {
        fprintf(stderr, "shown, but no JSON: %s\n", error.text);
        abort();
    }
    json_decref(document);
    free(text);
}

/* A page has one script, its own. */
static inline void shown_page(struct shown *s)
{
    char *text = shown_end(s);
    size_t scripts = 0;
    for (const char *at = text; (at = strstr(at, "<script")); at++)
        scripts++;
    if (scripts != 1)
        abort();
    free(text);
}

/* A refusal: one line that says something. */
static inline void shown_error(const char *text)
{
    if (!*text || !text_is_clean(text))
        abort();
}

#endif
