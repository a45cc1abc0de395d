/*
 * symbols.h: which function an address is of, by an image's own table or by what a host in the lab told.
 */
#ifndef RUNNER_SYMBOLS_H
#define RUNNER_SYMBOLS_H

#include "runner/common/files.h"

struct symbol {
    uint64_t address;
    const char *name, *owner; /* a binary; a module of the kernel's */
};

/* All zeros is a table without any. The names of one that was read live as long as it. */
struct symbols {
    struct symbol *symbol;
    size_t count, room;
    char **text; /* what the names are kept in */
    size_t texts;
};

/* Every function of an ELF64 file, or none of a file that is malformed. The file must outlive the table. */
void symbols_read_elf(struct symbols *s, const struct blob *file, const char *owner);

/* What a host in the lab hands out (hypervisor-harness/lab/host/symbols.h): what is of "xen", or all else. */
void symbols_read_lines(struct symbols *s, const char *text, size_t size, bool xen);

#define SYMBOL_NAMELESS "(no name)"

/* A program's or a library's piece from `start` to `end`, loaded `moved` bytes behind where its file says: its
 * functions, and what lies between them as nameless ones, so that all of it is the owner's. The file must outlive the
 * table. */
void symbols_read_loaded(struct symbols *s, const struct blob *file, const char *owner, uint64_t start, uint64_t end,
                         uint64_t moved);

/* The one that lies at `address` or next below it; NULL: there is none, or it is too far away to be it. Of several at
 * one place it is always the same. */
const struct symbol *symbols_find(struct symbols *s, uint64_t address);

void symbols_free(struct symbols *s);

#endif
