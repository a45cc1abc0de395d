/*
 * lines.h: bytes as they arrive become whole lines.
 *
 * A console delivers pieces, carriage returns, NULs and lines without end;
 * what follows gets clean lines of bounded length and is told when one was cut.
 */
#ifndef COLLECTORS_LINES_H
#define COLLECTORS_LINES_H

#include <stdbool.h>
#include <stddef.h>

#define LINES_MAX 16384

struct lines {
    char text[LINES_MAX];
    size_t used;
    bool cut; /* the line at hand is longer than that */
    void (*line)(void *context, const char *text, size_t size, bool cut);
    void *context;
};

void lines_feed(struct lines *l, const char *bytes, size_t size);

/* Delivers a last line that had no newline. */
void lines_finish(struct lines *l);

#endif
