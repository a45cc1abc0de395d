/* anon_fault.c: the first write to a page of memory that is nobody's yet: the kernel finds one and clears it. */
#include "load.h"

#include <sys/mman.h>

#define FAULTS 64u

static volatile char *memory;
static unsigned next;

static void reset(void)
{
    if (memory)
        munmap((void *)memory, FAULTS * PAGE);
    memory = mmap(NULL, FAULTS * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory != MAP_FAILED, "mmap");
    next = 0;
}

static const char *setup(struct load_run *run)
{
    run->chunk = FAULTS;
    reset();
    return NULL;
}

static void op(void)
{
    memory[next++ * PAGE] = 1;
}

static void teardown(void)
{
    munmap((void *)memory, FAULTS * PAGE);
    memory = NULL;
}

LOAD(anon_fault, "memory", "the first write to a page of anonymous memory", .setup = setup, .op = op, .reset = reset,
     .teardown = teardown);
