/*
 * file_fault.c: lmbench's page fault: the first read of a page of a mapped file that is in memory. The kernel maps the
 * 64 KiB around a fault at once, so that the pages that are read lie that far apart, each a fault of its own.
 */
#include "load.h"

#include <sys/mman.h>
#include <unistd.h>

#define AROUND (64ul << 10)
#define FAULTS 32u

static int fd;
static volatile char *file;
static unsigned next;

static void reset(void)
{
    if (file)
        munmap((void *)file, FAULTS * AROUND);
    file = mmap(NULL, FAULTS * AROUND, PROT_READ, MAP_SHARED, fd, 0);
    must(file != MAP_FAILED, "mmap of a file");
    next = 0;
}

static const char *setup(struct load_run *run)
{
    run->chunk = FAULTS;
    fd = load_file("/tmp/fault", FAULTS * AROUND);
    reset();
    return NULL;
}

static void op(void)
{
    (void)file[next++ * AROUND];
}

static void teardown(void)
{
    munmap((void *)file, FAULTS * AROUND);
    file = NULL;
    close(fd);
    unlink("/tmp/fault");
}

LOAD(file_fault, "memory", "the first read of a page of a mapped file that is in memory", .setup = setup, .op = op,
     .reset = reset, .teardown = teardown);
