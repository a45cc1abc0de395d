/* lines.c: cuts a stream of bytes into lines of bounded length. */
#include "collectors/lines.h"

static void deliver(struct lines *l)
{
    size_t size = l->used;
    while (size && l->text[size - 1] == '\r')
        size--;
    l->line(l->context, l->text, size, l->cut);
    l->used = 0;
    l->cut = false;
}

void lines_feed(struct lines *l, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n')
            deliver(l);
        else if (l->used < LINES_MAX)
            l->text[l->used++] = bytes[i];
        else
            l->cut = true;
    }
}

void lines_finish(struct lines *l)
{
    if (l->used)
        deliver(l);
}
