/*
 * report_print.h: the parts of the report in the order they are printed.
 */
#ifndef REPORTS_REPORT_PRINT_H
#define REPORTS_REPORT_PRINT_H

#include "reports/result/model.h"
#include "reports/common/notes.h"
#include "reports/common/table.h"

#include <stdio.h>

struct report_options {
    enum table_style style;
    bool cold, entries, parts, explained, subtracted;
    const struct model *prices; /* of another suite's result, for what is explained; NULL: there are none */
    size_t width;               /* columns of the terminal; 0: there is none */
};

void report_header(const struct model *m, const struct report_options *o, FILE *out);

/* What is to be decided by, a paragraph a hypervisor (reports/finding). */
void report_findings(const struct model *m, const struct report_options *o, FILE *out);

/* The columns of a hypervisor on a machine that fit beside each other. */
struct report_slice {
    const struct model_group *group;
    unsigned first, count;
};
/* Parts of a table; ratios are those of a group's pairs. */
enum { REPORT_COSTS = 1, REPORT_COLD = 2, REPORT_ENTRIES = 4, REPORT_NATIVE = 8, REPORT_RATIOS = 32 };
#define REPORT_SHORT 16 /* beside the parts: heads without machine and unit, which are the same all over */
#define REPORT_SLICE 6  /* columns of a slice; each makes one cell of each part, and all of them the group's ratios */

/* Returns how many slices there are. */
size_t report_cut(const struct model *m, struct report_slice slices[MODEL_COLUMNS_MAX]);
void report_costs_table(const struct model *m, const struct report_slice *slices, size_t count, unsigned parts,
                        struct notes *notes, struct table *t);

/* Those that have a base without a hypervisor, moved to the front: how many. */
size_t report_with_native(const struct model *m, struct report_slice *slices, size_t count);

/* The table: costs, ratios, entries by class; and the costs as multiples of those without a hypervisor. */
void report_costs(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out);

/* A table of kinds: its columns, then the lines of a workload. */
void report_kinds_head(const struct model *m, struct table *t);
void report_kinds_rows(const struct model *m, size_t row, struct notes *notes, struct table *t);

/* Beneath the kinds: what Xen's first domain did meanwhile; nothing when there was none. */
void report_first_domain(const struct model *m, const struct report_options *o, FILE *out);

/* One line a kind of entry: how many, what its handler cost, what it was about. */
void report_entries(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out);

/* What a mode costs more than the bare computer, and how much of it its entries are. */
void report_explained(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out);

/* Whose the instructions are, or on a host the time; the table has no rows when the result does not say. */
void report_parts_table(const struct model *m, struct table *t);
const char *report_parts_words(const struct model *m);
void report_parts(const struct model *m, const struct report_options *o, FILE *out);

/* "name         text" or a line of a Markdown list. */
void report_line(FILE *out, const struct report_options *o, const char *name, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* What belongs to numbers of a host: schedule, changes, noise floor, PMU. Nothing for those of the lab alone. */
void report_host(const struct model *m, const struct report_options *o, FILE *out);

struct variant;

/* "xen pv (xpti=on): syscall +1206 (804 to 2010, +150.0 %), 1 the same"; the caller's to free. */
char *report_variant(const struct model *m, const struct variant *v);
/* What each way to start a hypervisor changed; nothing when each was started in one. */
void report_variants(const struct model *m, const struct report_options *o, FILE *out);

struct company;

/* "xen pv, 2guests-yield: yield 2001 to 7579 (+278.8 %), …"; the caller's to free. NULL: no memory. */
char *report_guest(const struct model *m, const struct company *c);
/* What guests lose by those beside them, and what the next one costs; nothing where each is alone. */
void report_guests(const struct model *m, const struct report_options *o, FILE *out);

/* What it took to save and to restore the guest of a column, suspended first or live, the last time; NULL: it was not,
 * or no memory. The caller's to free. */
char *report_save(const struct model *m, unsigned column, bool live);
/* The same of all guests; nothing where none was. */
void report_saves(const struct model *m, const struct report_options *o, FILE *out);

/* What grows with the number of vCPUs; nothing where there are not three guests that differ in it. */
void report_vcpus(const struct model *m, const struct report_options *o, FILE *out);

void report_footer(const struct model *m, const struct report_options *o, const struct notes *notes, FILE *out);

#endif
