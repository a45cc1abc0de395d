/*
 * disk_read.c: pages read from the guest's disk, past the kernel's cache. The parameter says how many are asked for at
 * once: they are submitted together, and all are waited for (Linux's asynchronous I/O, io_submit(2)).
 *
 * Each page was written before and holds its number, and must hold it when it has been read.
 */
#include "drivers.h"
#include "load.h"

#include <fcntl.h>
#include <linux/aio_abi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { DEPTH_MAX = 32, PATIENCE_S = 10 };

static aio_context_t context;
static int disk = -1;
static unsigned depth;
static unsigned char *pages;
static struct iocb request[DEPTH_MAX], *requests[DEPTH_MAX];

/* Every other page of the disk: the kernel would make one request of those that touch. */
static size_t place(unsigned i)
{
    return i * 2 * PAGE;
}

static void number(unsigned char *page, unsigned n)
{
    for (size_t i = 0; i < PAGE; i++)
        page[i] = (unsigned char)(n * 7 + i);
}

static const char *setup(struct load_run *run)
{
    const char *why = drivers_load(), *path = why ? NULL : drivers_disk();
    depth = run->parameter ? (unsigned)run->parameter : 1;
    if (!path)
        return why ? why : "the guest has no disk";
    if (run->parameter > DEPTH_MAX)
        return "at most 32 pages are asked for at once";
    run->ops_per_iteration = depth;
    disk = open(path, O_RDWR | O_DIRECT | O_CLOEXEC);
    must(disk >= 0, path);
    pages = aligned_alloc(PAGE, DEPTH_MAX * PAGE);
    must(pages, "memory");
    context = 0;
    must(syscall(SYS_io_setup, DEPTH_MAX, &context) == 0, "io_setup");
    for (unsigned i = 0; i < depth; i++) {
        number(pages + i * PAGE, i);
        must(pwrite(disk, pages + i * PAGE, PAGE, (off_t)place(i)) == (ssize_t)PAGE, path);
        request[i] = (struct iocb){.aio_lio_opcode = IOCB_CMD_PREAD,
                                   .aio_fildes = (uint32_t)disk,
                                   .aio_buf = (uintptr_t)(pages + i * PAGE),
                                   .aio_nbytes = PAGE,
                                   .aio_offset = (int64_t)place(i)};
        requests[i] = &request[i];
    }
    memset(pages, 0xee, depth * PAGE); /* what is read must come from the disk */
    return NULL;
}

static void op(void)
{
    const struct timespec patience = {.tv_sec = PATIENCE_S};
    struct io_event event[DEPTH_MAX];
    must(syscall(SYS_io_submit, context, (long)depth, requests) == (long)depth, "io_submit");
    must(syscall(SYS_io_getevents, context, (long)depth, (long)depth, event, &patience) == (long)depth, "io_getevents");
    for (unsigned i = 0; i < depth; i++)
        must(event[i].res == (int64_t)PAGE, "a page from the disk");
}

static void teardown(void)
{
    unsigned char expected[PAGE];
    for (unsigned i = 0; i < depth; i++) {
        number(expected, i);
        must(memcmp(pages + i * PAGE, expected, PAGE) == 0, "what a page of the disk holds");
    }
    must(syscall(SYS_io_destroy, context) == 0 && close(disk) == 0, "io_destroy");
    free(pages);
}

LOAD_THAT_NEEDS(disk_read, "I/O", "a page read from the disk, past the cache; parameter: asked for at once",
                PVB_NEEDS_PROGRAMS, .setup = setup, .op = op, .teardown = teardown);
