/*
 * save_stream.c: see save_stream.h. It is not ours: whatever does not fit is no stream.
 *
 * libxl's: a head, then records; inside its record LIBXC_CONTEXT, which says no length, libxc's: two heads, then
 * records of its own up to END. All of them are padded to 8 bytes and in the order of x86's bytes, but for the heads'
 * first words.
 */
#include "hypervisor-harness/xen-domain/save_stream.h"

#include <endian.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIBXL_IDENT   0x4c6962786c466d74ul /* "LibxlFmt" */
#define LIBXC_MARKER  UINT64_MAX
#define LIBXC_IDENT   0x58454e46u /* "XENF" */
#define PAGES_A_BATCH 4096u
#define WITHOUT_DATA  0xdu /* types from here on: allocated only, broken, none (the top 4 bits of a page's number) */

enum { LIBXL_HEAD = 16, LIBXL_CONTEXT = 1, LIBXC_HEAD = 24, LIBXC_DOMAIN = 16, LIBXC_END = 0, LIBXC_PAGES = 1 };

struct record {
    uint32_t type, length;
};

static bool read_at(int file, uint64_t at, void *into, size_t size)
{
    return pread(file, into, size, (off_t)at) == (ssize_t)size;
}

/* A record of pages: how many, and all their numbers, before the data. */
static bool take_pages(int file, uint64_t at, uint32_t length, struct stream *s, uint64_t *last)
{
    uint32_t head[2];
    static uint64_t page[PAGES_A_BATCH];
    if (length < sizeof(head) || !read_at(file, at, head, sizeof(head)) || !head[0] || head[0] > PAGES_A_BATCH ||
        (length - sizeof(head)) / sizeof(*page) < head[0] ||
        !read_at(file, at + sizeof(head), page, head[0] * sizeof(*page)))
        return false;
    for (uint32_t i = 0; i < head[0]; i++) {
        const uint64_t number = page[i] & ~(0xfull << 60);
        if (page[i] >> 60 >= WITHOUT_DATA)
            continue;
        if (!s->pages || number <= *last)
            s->rounds++;
        *last = number;
        s->pages++;
    }
    return true;
}

static bool find_context(int file, uint64_t size, uint64_t *at)
{
    uint64_t ident;
    struct record r;
    if (!read_at(file, 0, &ident, sizeof(ident)) || be64toh(ident) != LIBXL_IDENT)
        return false;
    for (*at = LIBXL_HEAD; *at < size; *at += sizeof(r) + (((uint64_t)r.length + 7) & ~7ull)) {
        if (!read_at(file, *at, &r, sizeof(r)))
            return false;
        if (r.type != LIBXL_CONTEXT)
            continue;
        *at += sizeof(r);
        return true;
    }
    return false;
}

bool save_read_stream(int file, struct stream *s)
{
    struct stat of;
    uint64_t at, marker, last = 0;
    uint32_t ident;
    struct record r;
    *s = (struct stream){0};
    if (fstat(file, &of) || !find_context(file, (uint64_t)of.st_size, &at) ||
        !read_at(file, at, &marker, sizeof(marker)) || marker != LIBXC_MARKER ||
        !read_at(file, at + sizeof(marker), &ident, sizeof(ident)) || be32toh(ident) != LIBXC_IDENT)
        return false;
    s->bytes = (uint64_t)of.st_size;
    for (at += LIBXC_HEAD + LIBXC_DOMAIN; at < s->bytes; at += sizeof(r) + (((uint64_t)r.length + 7) & ~7ull)) {
        if (!read_at(file, at, &r, sizeof(r)))
            return false;
        if (r.type == LIBXC_END)
            return true;
        if (r.type == LIBXC_PAGES && !take_pages(file, at + sizeof(r), r.length, s, &last))
            return false;
    }
    return false;
}
