/*
 * explain.h: an explanation: in which functions the instructions of each operation are, and by which calls the
 * processor came there (pvbench run --explain; doc/explain.md has the format). And how it is shown.
 */
#ifndef REPORTS_EXPLAIN_H
#define REPORTS_EXPLAIN_H

#include "reports/common/filter.h"
#include "reports/common/report_error.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct explain_function {
    const char *owner; /* guest, minivisor, xen, kernel, a module of the kernel's, a program by its path on the host, or
                          programs, where that is not known; or entry: it is the root of
                          all that is executed for one kind of entry, which is its name */
    const char *name;  /* without the source file that Xen puts before it */
};

#define EXPLAIN_TOP (-1)

struct explain_node {
    int parent; /* a node that stands before, or EXPLAIN_TOP */
    unsigned function;
    uint64_t self, entered; /* instructions; how often its function's first instruction was executed there */
    uint64_t left;          /* how often the guest was left there, for a hypervisor or by an interrupt */
};

/* One function of a region, all nodes together. */
struct explain_row {
    unsigned function, caller; /* of the callers the one below which it executed most; `caller` is its own number where
                                  nobody called it */
    uint64_t self, with_callees, entered, left;
};

/* What one entry executed outside of the guest, and its functions in the order in which it came to them. */
struct explain_path {
    uint64_t instructions;
    unsigned *function;
    size_t functions;
};

/* The entries of one kind. */
struct explain_entry {
    unsigned kind; /* the function that is its root */
    uint64_t count;
    struct explain_path least, most; /* of them, by their instructions */
};

/* An instruction of a function. */
struct explain_code {
    unsigned function;
    uint64_t start, address, count; /* where the function begins; where it is itself; times that it was executed */
};

struct explain_region {
    uint64_t instructions;
    bool has_total;
    uint64_t total; /* of the samples, as the guest took them */
    struct explain_node *node;
    size_t nodes;
    struct explain_entry *entry;
    size_t entries;
    struct explain_code *code; /* none in what an older pvbench explained */
    size_t codes;
    /* The two iterations that differ most, or NULL where all are alike. The list of the region's; not of themselves. */
    struct explain_region *shortest, *longest;
};

enum { EXPLAIN_COLD, EXPLAIN_STEADY, EXPLAIN_REGIONS };

struct explain_bench {
    char label[96];
    uint64_t iterations, ops;
    struct explain_region region[EXPLAIN_REGIONS];
};

struct explain_run {
    const char *setting;
    struct explain_function *function;
    size_t functions;
    struct explain_bench *bench;
    size_t benches;
    struct explain_lines *lines; /* explain_lines.h; NULL: none were read */
};

#define EXPLAIN_DEBUG_MAX 16 /* files with DWARF */

struct explanation {
    const char *path;
    json_t *document; /* holds the texts */
    struct explain_run *run;
    size_t runs;
};

/* What a command was asked for: these of the explanation's, NULL or 0 for all of them. */
struct explain_choice {
    const char *setting;   /* its key, or the beginning of it */
    const char *before;    /* the key of the guest that all are held against, NULL: each against itself */
    struct filter *filter; /* NULL: all */
    bool cold;
    double least;                         /* share of a row that is shown, of 1 */
    const char *debug[EXPLAIN_DEBUG_MAX]; /* files that know lines of source */
    unsigned debugs;
};

int explain_load(struct explanation *x, const char *path, struct report_error *e);
/* Of text; `path` is for what is said. */
int explain_parse(struct explanation *x, const char *path, const char *text, size_t size, struct report_error *e);
void explain_free(struct explanation *x);

/* Is it a guest that is asked for, and were workloads, so that one which has nothing to say must say so? */
bool explain_wants_guest(const struct explain_choice *c, const struct explain_run *run);
bool explain_names_workload(const struct explain_choice *c);

/* Which of its regions is asked for. */
unsigned explain_region(const struct explain_choice *c);
/* Each workload of each guest that is asked for, in the explanation's order. */
typedef void explain_visit(const struct explain_run *run, const struct explain_bench *bench,
                           const struct explain_choice *c, void *with);
void explain_each(const struct explanation *x, const struct explain_choice *c, explain_visit *visit, void *with);
/* Operations of the region. */
double explain_operations(const struct explain_bench *bench, unsigned region);

/* The workload's, in the guest's run; NULL: it is not explained. */
const struct explain_bench *explain_find(const struct explanation *x, const char *setting, const char *label,
                                         const struct explain_run **run);

/* The like of what a workload is held against. */
const struct explain_bench *explain_find_before(const struct explanation *base, const struct explain_choice *c,
                                                const struct explain_run *of, const char *label,
                                                const struct explain_run **run);

/* A workload's label, as everywhere: blk_read/32. */
void explain_label(char *into, size_t size, const char *name, uint64_t parameter);

/* Whose a function is, by its owner. */
enum explain_whose { EXPLAIN_GUEST, EXPLAIN_HYPERVISOR, EXPLAIN_KERNEL, EXPLAIN_PROGRAMS, EXPLAIN_OWNERS };
enum explain_whose explain_whose(const char *owner);

/* The size of a name without what the compiler has appended. */
size_t explain_source_name(const char *name);
/* As strcmp(); 0: they are the same function, of whichever build. */
int explain_order(const struct explain_function *a, const struct explain_function *b);
bool explain_is_same(const struct explain_function *a, const struct explain_function *b);

/* A mean has as many digits as there were iterations; more than these say nothing. */
double explain_thousandth(double value);

/* What was executed at each node and below; the caller frees them. */
uint64_t *explain_with_callees(const struct explain_region *region);

/* One row a function that executed or called one, the largest first; the caller frees them. */
struct explain_row *explain_rows(const struct explain_run *run, const struct explain_region *region, size_t *count);

/* The ways to show it. */
void explain_text(const struct explanation *x, const struct explain_choice *c, FILE *out);
/* By lines of source; they have been read. */
void explain_by_line(const struct explanation *x, const struct explain_choice *c, FILE *out);
/* Which code of the guest's asked for the hypervisor. */
void explain_entries(const struct explanation *x, const struct explain_choice *c, FILE *out);
/* The functions of each kind of entry, its shortest and its longest path. */
void explain_paths(const struct explanation *x, const struct explain_choice *c, FILE *out);
void explain_sums(const struct explanation *x, const struct explain_choice *c, FILE *out);
void explain_folded(const struct explanation *x, const struct explain_choice *c, FILE *out);
void explain_html(const struct explanation *x, const struct explain_choice *c, FILE *out);
/* The part of a page that has its flame graphs: of this one, and of a result's; class: explain_pictures.h. */
void explain_flames(const struct explanation *x, const struct explain_choice *c, const char *class, FILE *out);
void explain_callgrind(const struct explanation *x, const struct explain_choice *c, FILE *out);
void explain_pprof(const struct explanation *x, const struct explain_choice *c, FILE *out); /* bytes, no text */

/* What the longest iteration executed that the shortest did not. */
void explain_spread(const struct explanation *x, const struct explain_choice *c, FILE *out);

/* What changed from `base` to `x`. */
void explain_against(const struct explanation *x, const struct explanation *base, const struct explain_choice *c,
                     FILE *out);

/* The same call by call: flame graphs, and stacks with both numbers, "STACK BEFORE NOW", for other programs. */
void explain_changed_html(const struct explanation *x, const struct explanation *base, const struct explain_choice *c,
                          FILE *out);
void explain_changed_folded(const struct explanation *x, const struct explanation *base, const struct explain_choice *c,
                            FILE *out);

/* The largest of these changes of one workload, in one line: "__mfn_valid -27, is_iomem_page -26 (gone), 10 others
 * -61"; empty where one of them does not explain it, or where nothing changed. */
void explain_in_short(const struct explanation *x, const struct explanation *base, const char *setting,
                      const char *workload, char *into, size_t size);

/* The one beside a result, NAME.explain.json of NAME.json, if the result has its hash. False: there is none. */
bool explain_beside(struct explanation *x, const char *result, const json_t *document);

#endif
