/*
 * addr2line.h: which line of source an address is of, asked of binutils' addr2line: it knows every form of DWARF, also
 * compressed or in a file of its own, and a file that is malformed ends a process that is not ours.
 */
#ifndef REPORTS_ADDR2LINE_H
#define REPORTS_ADDR2LINE_H

#include "reports/common/report_error.h"

#include <stddef.h>
#include <stdint.h>

#define ADDR2LINE_STILL_SECONDS 60 /* without a moment of the processor's: it is given up */

struct source_place {
    const char *function; /* "??" where it is not known */
    const char *file;     /* NULL: not known, and so is the line */
    unsigned line;
};

/* `place` has room for all of `count`; its texts live in *text, which is the caller's to free, also after a failure. */
int addr2line_ask(const char *path, const uint64_t *address, size_t count, struct source_place *place, char **text,
                  struct report_error *e);

#endif
