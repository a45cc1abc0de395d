/*
 * compare.h: two results beside each other: what differs, where, by how
 * much, and whether that is worse.
 *
 * The new result is paired with the base by hypervisor, mode and machine, by
 * workload and parameter, and by metric. What the base has and the new one
 * has not is never passed over in silence.
 */
#ifndef REPORTS_COMPARE_H
#define REPORTS_COMPARE_H

#include "reports/stats/judge.h"
#include "reports/compare/limits.h"
#include "reports/result/model.h"

/* METRIC_KIND, METRIC_COLD_KIND and METRIC_DETAIL say how a total came about, METRIC_HANDLER where a cost did. */
enum metric {
    METRIC_COST, /* the median */
    METRIC_MEAN,
    METRIC_MIN,
    METRIC_P99,
    METRIC_MAX,
    METRIC_COLD,
    METRIC_ENTRIES,
    METRIC_COLD_ENTRIES,
    METRIC_KIND,
    METRIC_COLD_KIND,
    METRIC_DETAIL,
    METRIC_HANDLER,
    METRIC_MOVED, /* samples, when nothing else about a cost differs */
    METRICS
};

struct metric_type {
    const char *group;
    enum better better; /* as reports/result/result-schema.json has it: x-better */
    bool judged;        /* without a limit of the user's; the others only when asked for */
    bool entries;       /* counts entries; else it is a cost in the cell's unit */
};

extern const struct metric_type metric_types[METRICS];

/* Per operation. */
struct finding {
    enum metric metric;
    enum pvb_class class;
    char name[140]; /* "cost", "mmu_update", "VMMCALL/xen_version" */
    const char *unit;
    bool exact;
    double base, now;
    enum verdict verdict;
    struct limit limit;
    struct noisy noisy; /* when it is not exact */
    char why[200];      /* what makes it inconclusive; "" otherwise */
};

/* One workload in one column. */
struct compare_cell {
    const char *hypervisor, *mode, *machine, *workload; /* workload: its label */
    struct finding *finding;
    size_t findings;
    enum verdict verdict;
    char why[360]; /* why it could not be compared; "" when it could */
    bool only_new, broken;
};

struct compare_options {
    struct limits limits;
    double floor;       /* of noise, as a share */
    bool force;         /* compare what is not comparable */
    char withheld[240]; /* why no verdict on a noisy metric may be given; "" when it may */
};

struct comparison {
    const struct result *base, *now;
    struct model model[2];
    struct compare_cell *cell;
    size_t cells, compared, tests; /* compared: cells of which anything was measured on both sides */
    size_t verdicts[VERDICTS];     /* cells of each */
    char (*different)[400];        /* in what the two are not comparable, and were compared by force */
    size_t differences;
    bool exact_only; /* noisy metrics are left out, instead of tested */
};

int compare_make(struct comparison *c, const struct result *base, const struct result *now, const char *base_path,
                 const char *now_path, const struct compare_options *o, struct report_error *e);
void compare_free(struct comparison *c);

/* The exit status: 0 good, 3 regression, 5 nothing could be concluded. */
int compare_status(const struct comparison *c);

/* The exit status in a word, for documents. */
const char *compare_verdict_word(int status);

/* Takes the noise floor from a second result of the base, and withholds verdicts when it differs. */
int compare_control(struct compare_options *o, const struct result *base, const struct result *control,
                    const char *base_path, const char *control_path, struct report_error *e);

/* --- parts of compare_make() ---------------------------------------------- */

/* Notes in what the two are not comparable. -1: no memory. */
int compare_comparable(struct comparison *c);

/* The values of one metric of a cell, one a boot. NULL with *n = 0 when there is none; the caller frees them. */
double *compare_boots(const struct model *m, unsigned column, size_t row, enum metric metric, size_t *n);

/* How many samples of a benchmark's exact cost have another value; both as in the result. */
double compare_moved(const json_t *base, const json_t *now);

/* Kinds of entries of which the first operation has another number; at most so many. */
#define COMPARE_COLD_MAX 32
struct compare_cold {
    enum pvb_class class;
    const char *name;
    double base, now; /* of the whole first iteration */
};
/* totals: of all kinds. */
size_t compare_cold(const json_t *base, const json_t *now, struct compare_cold into[COMPARE_COLD_MAX],
                    double totals[2]);

/* The verdict of a cell, from those of its findings. */
void compare_weigh(struct compare_cell *cell);

/* The findings of two cells that were both measured. -1: no memory. */
int compare_cells(struct comparison *c, struct compare_cell *into, size_t base_row, unsigned base_column,
                  size_t now_row, unsigned now_column, const struct limits *limits);

/* --- for people ------------------------------------------------------------ */

/* "page_fault pv on xen" */
void compare_place(const struct compare_cell *cell, char *into, size_t size);

/* "+1 mmu_update, +412 instructions (818 -> 1230, +50.4%)"; all that differs, the most telling first */
void compare_sentence(const struct compare_cell *cell, char *into, size_t size);

/* The finding of this metric, or NULL. */
const struct finding *compare_finding(const struct compare_cell *cell, enum metric metric);

/* Appends ": 3 worse, 40 the same; REGRESSION". `nothing`: why nothing could be concluded, or NULL. */
void compare_verdicts(const size_t verdicts[VERDICTS], int status, const char *nothing, char *into, size_t size);

/* "44 workloads compared: 1 worse, 2 better, 41 the same; REGRESSION" */
void compare_summary(const struct comparison *c, char *into, size_t size);

struct compare_names {
    const char *base, *now; /* the files, as they may be shown (text.h) */
};

enum compare_format { COMPARE_TEXT, COMPARE_COLOUR, COMPARE_MARKDOWN, COMPARE_JUNIT, COMPARE_GITHUB, COMPARE_JSON };

void compare_print_table(const struct comparison *c, const struct compare_names *n, enum compare_format format,
                         bool all, FILE *out);
void compare_print_junit(const struct comparison *c, const struct compare_names *n, FILE *out);
void compare_print_github(const struct comparison *c, const struct compare_names *n, FILE *out);
json_t *compare_finding_json(const struct finding *f);
void compare_print_json(const struct comparison *c, const struct compare_names *n, FILE *out);

#endif
