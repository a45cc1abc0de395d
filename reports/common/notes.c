/* notes.c: finds or makes a footnote; notes.h says why. */
#include "reports/common/notes.h"
#include "common/memory.h"
#include "common/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static unsigned number_of(struct notes *n, const char *text)
{
    for (size_t i = 0; i < n->count; i++)
        if (strcmp(n->text[i], text) == 0)
            return (unsigned)i + 1;
    char **more = realloc(n->text, (n->count + 1) * sizeof(*more));
    if (!more)
        out_of_memory();
    n->text = more;
    n->text[n->count] = strdup(text);
    if (!n->text[n->count])
        out_of_memory();
    return (unsigned)++n->count;
}

void notes_add(struct notes *n, struct notes_marks *marks, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    text_vformat(text, sizeof(text), format, args);
    va_end(args);
    unsigned number = number_of(n, text);
    for (int i = 0; i < NOTES_MARKS; i++) {
        if (marks->number[i] == number)
            return;
        if (!marks->number[i]) {
            marks->number[i] = number;
            return;
        }
    }
}

void notes_copy(struct notes *into, const struct notes *from)
{
    for (size_t i = 0; i < from->count; i++)
        number_of(into, from->text[i]);
}

void notes_free(struct notes *n)
{
    for (size_t i = 0; i < n->count; i++)
        free(n->text[i]);
    free(n->text);
    *n = (struct notes){0};
}

void notes_superscript(const struct notes_marks *marks, char *into, size_t size)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    into[0] = 0;
    for (int i = 0; i < NOTES_MARKS && marks->number[i]; i++) {
        char plain[16];
        snprintf(plain, sizeof(plain), "%s%u", i ? " " : "", marks->number[i]);
        for (const char *d = plain; *d; d++) {
            size_t used = strlen(into);
            snprintf(into + used, size - used, "%s", *d == ' ' ? " " : digits[*d - '0']);
        }
    }
}
