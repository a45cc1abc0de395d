/*
 * compare.h: two results beside each other: what differs, where, by how
 * much, and whether that is worse.
 *
 * The new result is paired with the base by hypervisor, mode and machine, by
 * workload and parameter, and by metric. What the base has and the new one
 * has not is never passed over in silence, nor is what the base has lost.
 * Whether two numbers may be compared is comparable.h's to say.
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
    double mean_ratio;  /* of a noisy cost: the means', new over base; 0 when there is none */
    char why[200];      /* what makes it inconclusive; "" otherwise */
    bool told;          /* the difference stands, and `why` says why it is no verdict */
};

/* One workload in one column. */
struct compare_cell {
    const char *setting, *hypervisor, *mode, *machine, *workload; /* workload: its label */
    struct finding *finding;
    size_t findings;
    enum verdict verdict;
    char why[360];   /* why it could not be compared; "" when it could */
    char where[300]; /* in which functions; "" when that is not known */
    char held[300];  /* the older result that it was held against, where the base has none; "" otherwise */
    bool only_new, broken;
    bool baseless; /* the base did not measure it: an older result may have */
    size_t row;    /* of the new result, when it is baseless */
    unsigned column;
};

struct compare_options {
    struct limits limits;
    double floor;            /* of noise, as a share */
    bool force;              /* compare what is not comparable */
    struct filter *filter;   /* what of the results is compared */
    const char *settings[2]; /* of the base and of the new result: these two alone; NULL: each with its like */
    char withheld[240];      /* why no verdict on a noisy metric may be given; "" when it may */
};

/* A result from before the base. */
struct compare_older {
    struct result result;
    struct model model;
};

struct comparison {
    const struct result *base, *now;
    struct model model[2];
    struct compare_older **older; /* that cells were held against */
    size_t olders;
    struct compare_cell *cell;
    size_t cells, compared, tests;       /* compared: cells of which anything was measured on both sides */
    size_t verdicts[VERDICTS];           /* cells of each */
    size_t unasked;                      /* of the base's, that the new result was not asked for */
    size_t after_others;                 /* first operations that ran after other workloads than the base's */
    struct comparable_reasons different; /* in what the two are not comparable, and were compared by force */
    bool exact_only;                     /* noisy metrics are left out, instead of tested */
    const char *settings[2];             /* as in the options, in full; NULL: each with its like */
};

int compare_make(struct comparison *c, const struct result *base, const struct result *now, const char *base_path,
                 const char *now_path, const struct compare_options *o, struct report_error *e);
void compare_free(struct comparison *c);

/* The exit status: 0 good, 3 regression, 5 nothing could be concluded. */
int compare_status(const struct comparison *c);

/* The exit status in a word, for documents. */
const char *compare_verdict_word(int status);

/*
 * The same in steps, for a base that is the results of many nights. After compare_begin(), what the base did not
 * measure is looked for in older results, the next one first; compare_end() concludes.
 */
int compare_begin(struct comparison *c, const struct result *base, const struct result *now, const char *base_path,
                  const char *now_path, const struct compare_options *o, struct report_error *e);
/* True while there is something to be looked for. */
bool compare_wants_older(const struct comparison *c);
/* Takes over what is in `result`. -1: no memory. */
int compare_older(struct comparison *c, struct result *result, const char *path, const struct compare_options *o);
int compare_end(struct comparison *c, const char *now_path, const struct compare_options *o, struct report_error *e);

#define COMPARE_PATH_MAX 4096

/* A folder of nights as the base. */
struct compare_base {
    struct result result; /* the night before */
    char path[COMPARE_PATH_MAX];
    struct comparison comparison;
    /* Called when the base is known, before anything is judged: for a control of it; or NULL. */
    int (*ready)(const struct compare_base *b, struct compare_options *o, struct report_error *e);
    void *with;
};

bool compare_is_folder(const char *path);

/* Compares with what is there of the nights before; the caller frees the comparison, then the result. */
int compare_folder(struct compare_base *b, const char *folder, const struct result *now, const char *now_path,
                   struct compare_options *o, struct report_error *e);

/* Says of each difference in which functions it is, if both results have an explanation beside them. */
void compare_explain(struct comparison *c, const char *base_path, const char *now_path);

/* Takes the noise floor from a second result of the base, and withholds verdicts when it differs. */
int compare_control(struct compare_options *o, const struct result *base, const struct result *control,
                    const char *base_path, const char *control_path, struct report_error *e);

/* --- parts of compare_make() ---------------------------------------------- */

/* The values of one metric of a cell, one a boot. NULL with *n = 0 when there is none; the caller frees them. */
double *compare_boots(const struct model_place *at, enum metric metric, size_t *n);

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

/* The column of a model (0: of the base) that a column of the other one is held against; -1: there is none. */
int compare_column(const struct comparison *c, int side, const char *other);

/* The settings that were asked for, in full; and in what they may not be compared (compare_settings.c). */
int compare_settings(struct comparison *c, const char *base_path, const char *now_path, const struct compare_options *o,
                     struct report_error *e);

/* The row of this workload in another result; -1: it has none. */
long compare_row(const struct model *m, const struct model_row *like);

/* Both were measured: the findings. -1: no memory. */
int compare_measured(struct comparison *c, struct compare_cell *cell, const struct model_place *old,
                     const struct model_place *new, const struct limits *limits);

/* The new result lost what an older one has; NULL: it has no such workload. */
void compare_lost(struct compare_cell *into, const struct model_cell *now);

/* The verdict of a cell, from those of its findings. */
void compare_weigh(struct compare_cell *cell);

/* The findings of two cells that were both measured. -1: no memory. */
int compare_cells(struct comparison *c, struct compare_cell *into, const struct model_place *base,
                  const struct model_place *now, const struct limits *limits);

/* --- for people ------------------------------------------------------------ */

/* "kvm hvm: kvm 6.12.0, was 6.1.0": what is under test and another build, one a column from `*column` on. */
bool compare_next_build(const struct comparison *c, unsigned *column, char *into, size_t size);

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
