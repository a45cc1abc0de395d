/* memory.c: the last line of a program without memory; memory.h says why. */
#include "common/memory.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

void out_of_memory(void)
{
    static const char line[] = "pvbench: out of memory; give it more (ulimit -v, or the limit of its cgroup)\n";
    if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
        _Exit(1);
    exit(1);
}

void *memory_zeroed(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size);
    if (!memory)
        out_of_memory();
    return memory;
}

void *memory_grown(void *memory, size_t size)
{
    memory = realloc(memory, size);
    if (!memory)
        out_of_memory();
    return memory;
}

struct stream {
    char **text, *bytes;
    size_t *size, used, room;
    bool lost; /* there was no memory for it: what exit() still writes of it goes nowhere */
};

static ssize_t stream_write(void *cookie, const char *bytes, size_t size)
{
    struct stream *s = cookie;
    if (s->lost)
        return (ssize_t)size;
    if (s->room - s->used <= size) {
        const size_t room = 2 * (s->used + size + 1);
        char *more = realloc(s->bytes, room);
        if (!more) {
            s->lost = true;
            out_of_memory();
        }
        s->bytes = more;
        s->room = room;
    }
    memcpy(s->bytes + s->used, bytes, size);
    s->used += size;
    s->bytes[s->used] = 0;
    return (ssize_t)size;
}

/* For ftell() alone. */
static int stream_seek(void *cookie, off64_t *offset, int from)
{
    const struct stream *s = cookie;
    if (*offset || from == SEEK_SET)
        return -1;
    *offset = (off64_t)s->used;
    return 0;
}

static int stream_close(void *cookie)
{
    struct stream *s = cookie;
    *s->text = s->bytes;
    *s->size = s->used;
    free(s);
    return 0;
}

FILE *memory_stream(char **text, size_t *size)
{
    static const cookie_io_functions_t functions = {.write = stream_write, .seek = stream_seek, .close = stream_close};
    struct stream *s = calloc(1, sizeof(*s));
    FILE *f = NULL;
    *text = NULL;
    *size = 0;
    if (s) {
        *s = (struct stream){.text = text, .size = size, .bytes = calloc(1, 1), .room = 1};
        f = s->bytes ? fopencookie(s, "w", functions) : NULL;
    }
    if (!f)
        out_of_memory();
    return f;
}

static void *get(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        out_of_memory();
    return memory;
}

void memory_guards_json(void)
{
    json_set_alloc_funcs(get, free);
}
