/*
 * explain_lines.h: which lines of source the instructions of an explanation are of, by files with DWARF that whoever
 * built the hypervisor, the kernel or the guests has kept.
 *
 * A file speaks for a binary of the explanation ("xen", "guest") when most of the functions that were executed there
 * begin in it where they began then: one of another build does not.
 */
#ifndef REPORTS_EXPLAIN_LINES_H
#define REPORTS_EXPLAIN_LINES_H

#include "reports/explain/explain.h"

struct explain_line {
    uint64_t address;
    const char *file;
    unsigned line;
};

/* For each run of `x` that is asked for, into run->lines; explain_free() frees them. */
int explain_lines_read(struct explanation *x, const struct explain_choice *c, struct report_error *e);
void explain_lines_free(struct explain_lines *l);

/* NULL: no file tells. `l` may be NULL. */
const struct explain_line *explain_lines_at(const struct explain_lines *l, uint64_t address);

#endif
