/* memory.c: the last line of a program without memory; memory.h says why. */
#include "command/memory.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

void out_of_memory(void)
{
    static const char line[] = "pvbench: out of memory; give it more (ulimit -v, or the limit of its cgroup)\n";
    if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
        _Exit(1);
    exit(1);
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
