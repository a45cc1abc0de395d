/*
 * xz_compress.c: Debian's xz packs a fixed text of 64 KiB: computation in user mode, with what a program's start costs.
 *
 * The text is words of a small vocabulary by a fixed sequence of numbers. What comes out is unpacked again after each
 * iteration, outside of all regions, and must be the text.
 */
#include "debian.h"
#include "load.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_SIZE = 64 << 10 };
#define TEXT   "/tmp/text"
#define PACKED "/tmp/text.xz"
#define BACK   "/tmp/text.back"

static char text[TEXT_SIZE], back[TEXT_SIZE];

static void make_text(void)
{
    static const char *const word[] = {"guest ",      "page ",  "ring ",  "trap ",
                                       "hypervisor ", "frame ", "event ", "clock\n"};
    uint32_t number = 1;
    for (size_t used = 0; used < TEXT_SIZE;) {
        number = number * 1103515245u + 12345u;
        const char *next = word[number >> 16 & 7];
        for (; *next && used < TEXT_SIZE; next++)
            text[used++] = *next;
    }
}

static const char *setup(struct load_run *run)
{
    run->chunk = 1;
    debian_begin();
    make_text();
    const int fd = load_file(TEXT, TEXT_SIZE);
    must(pwrite(fd, text, TEXT_SIZE, 0) == TEXT_SIZE, TEXT);
    close(fd);
    return NULL;
}

static void op(void)
{
    static const char *const pack[] = {"/usr/bin/xz", "-1", "-T1", "-c", TEXT, NULL};
    debian_make(pack, NULL, PACKED);
}

static void check(void)
{
    static const char *const unpack[] = {"/usr/bin/xz", "-dc", PACKED, NULL};
    struct stat packed;
    must(stat(PACKED, &packed) == 0 && packed.st_size > 0 && packed.st_size < TEXT_SIZE / 2, "what xz has packed");
    debian_make(unpack, NULL, BACK);
    const int fd = open(BACK, O_RDONLY | O_CLOEXEC);
    must(fd >= 0 && read(fd, back, TEXT_SIZE) == TEXT_SIZE && memcmp(text, back, TEXT_SIZE) == 0,
         "what xz has packed, unpacked");
    close(fd);
    must(unlink(PACKED) == 0, PACKED);
}

LOAD_THAT_NEEDS(xz_compress, "programs", "Debian's xz packs a text of 64 KiB, its start included", PVB_NEEDS_PROGRAMS,
                .setup = setup, .op = op, .reset = check, .teardown = check);
