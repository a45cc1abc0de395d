/*
 * model.h: a result turned by a quarter: one row a workload, one column a
 * hypervisor, mode and machine; several boots of a column are one cell.
 *
 * The unit of every statistic is a boot: a cell's cost is the median of its
 * boots' medians, and the samples of different boots are never pooled. The median
 * of an even number of boots is the mean of the two in the middle, everywhere.
 */
#ifndef REPORTS_MODEL_H
#define REPORTS_MODEL_H

#include "reports/common/filter.h"
#include "reports/result/comparable.h"

#define MODEL_ROWS_MAX    1024
#define MODEL_COLUMNS_MAX 64
#define MODEL_LABEL       96 /* characters of a row's */

struct model_column {
    const char *setting, *hypervisor, *mode, *machine;
    const struct result_run *run; /* one of its boots, a good one if there is any */
    const char *unit;             /* "" when nothing was measured */
    bool exact, mixed_units;
};

/* Two columns of a group whose ratio means something: they differ in one thing. */
struct model_pair {
    unsigned over, under;
    const char *name; /* "pv/hvm"; of guests that differ in their devices "pv/emulated" */
};

#define MODEL_PAIRS_MAX 4

/* The columns of one hypervisor on one machine stand side by side. */
struct model_group {
    unsigned first, count;
    struct model_pair pair[MODEL_PAIRS_MAX];
    unsigned pairs;
};

struct model_row {
    const char *name;
    const char *subsystem; /* what part of a system it exercises; "" when it is not said */
    uint64_t parameter;
    char label[MODEL_LABEL]; /* name, or name/parameter */
};

struct model_kind {
    enum pvb_class class;
    const char *name;
    double count, per_operation;
    const char *unit; /* NULL: the handler was not timed */
    bool exact;
    double min, mean, max;
    double trimmed;                   /* the mean of the boots' trimmed means */
    const struct result_kind *sample; /* of one boot, for its details */
    unsigned boots;
    double least, most; /* per operation, of one boot */
};

/* Costs are per operation. */
struct model_cell {
    unsigned boots, bad;                 /* boots that measured it, and that could not */
    const struct result_benchmark *any;  /* one that measured it, else one that could not; NULL: the suite has none */
    const struct result_benchmark *lost; /* the first of `bad` */
    bool has_cost;
    const char *unit;                        /* of this cell's cost; "" when it has none */
    bool exact;                              /* so is its class */
    const struct result_benchmark *measured; /* the last boot that has a cost */
    bool mixed;             /* its boots are in several units or classes, or measure different things */
    double *boot;           /* each boot's median, ascending */
    unsigned costs;         /* how many */
    double cost, low, high; /* the cost; the extreme samples of all boots */
    double mean, trimmed;   /* the means of the boots' means and trimmed means */
    bool has_interval;
    double interval_low, interval_high; /* 95 % of the median over boots; noisy costs only */
    double operations;                  /* of one iteration */
    size_t distinct;
    double at_median, samples; /* of the boot with the most distinct values */
    bool has_cold;
    double cold;
    struct comparable_before before;  /* what ran before it in its boots */
    bool has_entries, entries_differ; /* differ: between boots */
    unsigned counted;                 /* boots whose entries are known */
    double all_operations;            /* of those boots */
    double per_operation[PVB_CLASSES], entries;
    double missing; /* entries that the total counts and no kind has */
    struct model_kind *kind;
    size_t kinds;
};

/* Where one measurement stands. */
struct model_place {
    const struct model *in;
    size_t row;
    unsigned column;
};

struct model {
    const struct result *result;
    struct filter *filter; /* what of the result it is of; NULL: all */
    struct model_column column[MODEL_COLUMNS_MAX];
    unsigned columns;
    struct model_group group[MODEL_COLUMNS_MAX];
    unsigned groups;
    struct model_row *row;
    size_t rows;
    struct model_cell *cell; /* rows x columns */
};

/*
 * Of what `filter` takes, or of all of it when that is NULL; whether a pattern fits nothing, the caller asks. `path` is
 * named in the message when the result is too much for a table.
 */
int model_make(struct model *m, const struct result *result, struct filter *filter, const char *path,
               struct report_error *e);
void model_free(struct model *m);

/* It has a row and a column for it. */
bool model_has(const struct model *m, const struct result_run *run, const struct result_benchmark *b);

struct model_cell *model_at(const struct model *m, size_t row, unsigned column);

/* What the result has of a cell, of one boot: for what the model does not know. NULL: nothing. */
const json_t *model_document(const struct model *m, size_t row, unsigned column);

/* The cost of the row `empty`, an iteration each, is taken off the others. -1: no column has it. */
int model_subtract_empty(struct model *m);

/* True when every column that measured anything has this one unit. */
bool model_one_unit(const struct model *m, const char **unit);

/* One cost over another, where both are comparable in a row. */
struct model_ratio {
    double median, mean; /* mean: 0 when there is none */
    double held;         /* what both of them hold: the one that is nearer to 1; 1 when they contradict each other */
};

/* A median and a mean disagree when one is more than so many times the other: then both are said. */
#define MODEL_MEAN_APART 1.1

bool model_mean_disagrees(double median, double mean);

bool model_ratio(const struct model *m, const struct model_pair *pair, size_t row, struct model_ratio *ratio);

/* A column's mode as it stands in a sentence: "PV", "HVM+emulated". */
#define MODEL_MODE 48
void model_mode(const struct model *m, unsigned column, char into[MODEL_MODE]);

/* Without a hypervisor: there is nothing to enter. */
bool model_is_native(const struct model *m, unsigned column);

/* The column without a hypervisor on the machine of `column`, or -1: also when `column` is that one. */
int model_native(const struct model *m, unsigned column);

/* One column over another, as model_ratio(). */
bool model_over(const struct model *m, size_t row, unsigned column, unsigned base, struct model_ratio *ratio);

/*
 * What no table has a column for, each with its first reason: a new object, the
 * caller's. Costs and entries are not in it: they have their footnotes.
 */
json_t *model_unavailable(const struct model *m);

#endif
