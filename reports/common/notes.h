/*
 * notes.h: numbered footnotes. The same text is one note, however often it
 * is referred to, so that a table of a hundred "n/a" has one reason below it.
 */
#ifndef REPORTS_NOTES_H
#define REPORTS_NOTES_H

#include <stddef.h>
#include <stdio.h>

#define NOTES_MARKS 8 /* at one cell */

struct notes {
    char **text;
    size_t count;
};

/* The numbers that stand at a cell; 0 ends them. */
struct notes_marks {
    unsigned number[NOTES_MARKS];
};

/* Refers to the note with this text at `marks`, and makes it when it is new. */
void notes_add(struct notes *n, struct notes_marks *marks, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void notes_copy(struct notes *into, const struct notes *from); /* into: has none; notes_free() it */
void notes_free(struct notes *n);

/* "¹ ³", or "" */
void notes_superscript(const struct notes_marks *marks, char *into, size_t size);

#endif
