/*
 * kallsyms.h: the functions of a kernel that has no table of symbols in its ELF file, as distributions' have none: by
 * the table that the kernel itself has for its /proc/kallsyms.
 */
#ifndef RUNNER_KALLSYMS_H
#define RUNNER_KALLSYMS_H

#include "runner/common/files.h"
#include "runner/machine/symbols.h"

/*
 * Words for symbols_read_lines() (symbols.h), of functions that are `owner`'s; the caller's. NULL: no such table is
 * found. The file may be anything.
 */
char *kallsyms_words(const struct blob *file, const char *owner, size_t *size);

/* These, into a table of symbols; nothing where there is no such table. */
void kallsyms_read(struct symbols *s, const struct blob *file, const char *owner);

#endif
