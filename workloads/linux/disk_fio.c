/*
 * disk_fio.c: Debian's fio reads 64 pages of the guest's disk at random, past the kernel's cache. The parameter says
 * how many are under way at once.
 *
 * An iteration is a run of the program, an operation one of its reads. A sample is what fio says: the mean time from a
 * request to its end, times their number, over those that are under way at once. The entries are those of its whole
 * run.
 */
#include "debian.h"
#include "drivers.h"
#include "guest.h"
#include "load.h"
#include "said.h"

#include <stdio.h>

enum { READS = 64, DEPTH_MAX = 32, NS_A_MS = 1000000 };
#define SAID "/tmp/said"

static char file[48], depth_word[24];
static unsigned depth;

static const char *setup(struct load_run *run)
{
    const char *why = drivers_load(), *path = why ? NULL : drivers_disk();
    depth = run->parameter ? (unsigned)run->parameter : 1;
    if (!path)
        return why ? why : "the guest has no disk";
    if (run->parameter > DEPTH_MAX)
        return "at most 32 pages are asked for at once";
    debian_begin();
    snprintf(file, sizeof(file), "--filename=%s", path);
    snprintf(depth_word, sizeof(depth_word), "--iodepth=%u", depth);
    run->ops_per_iteration = READS;
    return NULL;
}

static uint64_t told(void)
{
    const char *const program[] = {
        "/usr/bin/fio",   "--name=read",          file,         "--rw=randread",     "--bs=4k",  "--size=1M",
        "--io_size=256k", "--norandommap",        "--direct=1", "--ioengine=libaio", depth_word, "--thread",
        "--disk_util=0",  "--output-format=json", NULL};
    char said[DEBIAN_WORDS_MAX];
    uint64_t reads, mean, error;
    debian_make(program, NULL, SAID);
    debian_read(SAID, said);
    must(said_number(said, "jobs/error", &error) && !error, "fio's job");
    must(said_number(said, "jobs/read/total_ios", &reads) && reads == READS, "the number of fio's reads");
    must(said_number(said, "jobs/read/lat_ns/mean", &mean) && mean, "the time of fio's reads");
    return mean * READS / depth * guest_tsc_khz() / NS_A_MS;
}

LOAD_THAT_NEEDS(disk_fio, "I/O", "Debian's fio reads pages from the disk at random; parameter: under way at once",
                PVB_NEEDS_PROGRAMS, .setup = setup, .told = told);
