/* mmap_file.c: lmbench's mmap: a file of 1 MiB that is in memory is mapped, read every 160 KiB, and unmapped. */
#include "load.h"

#include <sys/mman.h>
#include <unistd.h>

#define SIZE   (1ul << 20)
#define STRIDE (160ul << 10)

static int fd;

static const char *setup(struct load_run *run)
{
    (void)run;
    fd = load_file("/tmp/mmap", SIZE);
    return NULL;
}

static void op(void)
{
    volatile char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(p != MAP_FAILED, "mmap");
    for (size_t i = 0; i < SIZE; i += STRIDE)
        (void)p[i];
    munmap((void *)p, SIZE);
}

static void teardown(void)
{
    close(fd);
    unlink("/tmp/mmap");
}

LOAD(mmap_file, "memory", "a file of 1 MiB is mapped, read in 7 places, and unmapped", .setup = setup, .op = op,
     .teardown = teardown);
