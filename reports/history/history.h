/*
 * history.h: many nights' results: what stepped, when, and with which build.
 *
 * A series is one workload of one suite in one hypervisor, mode and machine. A night is all that was measured in
 * it (nights.h). An exact metric has no spread: it is compared with the last night that has it, as pvbench compare
 * does it, and any difference is a step; a retry is held against the night before, not against what it repeats.
 * A noisy one is divided by E-divisive, and its newest value is held against the fence of those since the last change.
 *
 * What may not be compared (comparable.h: another guest, another emulator, another unit) is another experiment: a
 * step between two of them may have come with the experiment, so it is told, and is no regression. Experiments
 * may alternate, as those of two computers do.
 */
#ifndef REPORTS_HISTORY_H
#define REPORTS_HISTORY_H

#include "reports/compare/compare.h"
#include "reports/result/nights.h"

#include <limits.h>

#define HISTORY_SERIES_MAX  16384
#define HISTORY_NOISY_LEAST 9 /* nights since the last change, the newest included, that a verdict needs */
#define HISTORY_SENTENCE    1600

/* What one hypervisor was, one night. */
struct history_build {
    const char *setting, *hypervisor, *mode, *machine, *version, *sha256;
};

struct history_result {
    const char *file, *date, *suite, *pvbench, *revision;
    const char *commit; /* that it is of, where the order is theirs; else "" */
    struct history_build *build;
    size_t builds;
    unsigned night;        /* which one it belongs to */
    const char *different; /* in what it begins another experiment; "" when it does not */
};

/* `before`: the result that it is held against. */
struct history_step {
    size_t at, before;        /* results */
    struct compare_cell cell; /* exact: what differs */
    bool noisy, entries;      /* noisy: found by E-divisive, in the entries or in the cost */
    bool tonight;             /* the newest night made it believable */
    double from, to, p;       /* noisy: the medians on both sides */
    bool experiment;          /* the nights are not comparable */
    enum verdict verdict;
};

enum history_metric { HISTORY_COST, HISTORY_ENTRIES, HISTORY_METRICS };

#define HISTORY_NONE UINT_MAX /* in place of an experiment: not measured */

struct history_series {
    const char *suite, *setting, *hypervisor, *mode, *machine, *workload, *unit;
    bool exact;                     /* the cost, where it was measured last */
    bool entries_noisy;             /* counts that vary between boots */
    double *value[HISTORY_METRICS]; /* by result, per operation; NaN: not measured */
    unsigned *experiment;           /* by result: the same number where it may be compared */
    bool *noisy;                    /* by result: the cost's class */
    const char **units;             /* by result: its unit */
    unsigned experiments;
    struct history_step *step; /* in order */
    size_t steps;
    size_t first, last;   /* results that measured it */
    enum verdict verdict; /* of the newest night */
    char why[360];        /* what it rests on, where no step says it */
};

struct history_options {
    struct filter *filter; /* what of the results is looked at */
    struct limits limits;
    double floor;        /* of noise, as a share */
    bool force;          /* all nights are one experiment */
    const char *commits; /* a list of them, whose order is the nights'; NULL: the order is that of dates */
};

struct history {
    const char *folder;
    struct nights list; /* the files */
    struct history_result *result;
    size_t results;
    unsigned nights;
    struct history_series *series;
    size_t all;
    size_t verdicts[VERDICTS]; /* series of each, newest night */
    json_t *words;             /* keeps the strings of all the above */
};

/* Reads the folder's results and draws the verdicts. */
int history_make(struct history *h, const char *folder, const struct history_options *o, struct report_error *e);
void history_free(struct history *h);

/* The exit status: 0 good, 3 the newest night is a regression, 5 nothing could be concluded. */
int history_status(const struct history *h);

/* --- parts of history_make() ------------------------------------------------ */

/* Reads every result, and notes each step of what is exact. */
int history_load(struct history *h, const struct history_options *o, struct report_error *e);

/* Steps of what is noisy, and the fence of the newest night. -1: no memory. */
int history_noisy(const struct history *h, struct history_series *s, const struct history_options *o);

/* The verdicts on the newest night. */
void history_judge(struct history *h);

/* It was measured in the newest night. */
bool history_tonight(const struct history *h, size_t result);

/* The same string, kept as long as the history. */
const char *history_keep(struct history *h, const char *text);

/* A value in the unit that the series has now; NaN: not measured, or in another one. */
double history_value(const struct history_series *s, enum history_metric metric, size_t result);

/* A step more, in the order of results; NULL: no memory. */
struct history_step *history_step(struct history_series *s, size_t at);

/* --- for people -------------------------------------------------------------- */

/* "page_fault pv on xen", with the suite where there are several */
void history_place(const struct history *h, const struct history_series *s, char *into, size_t size);

/* "+1 mmu_update, +412 instructions (818 to 1230, +50.4%)" */
void history_sentence(const struct history *h, const struct history_series *s, const struct history_step *step,
                      char *into, size_t size);

/* "xen 4.17.4 -> 4.17.5; revision 1f2208974c81 -> 3adfd23e1f00": what is known to be another between the two. */
void history_builds(const struct history *h, const struct history_series *s, const struct history_step *step,
                    char *into, size_t size);

/* "no regression: 2 worse, …" */
void history_summary(const struct history *h, char *into, size_t size);

/* The first result of the newest night, after which the night is named. */
const struct history_result *history_newest(const struct history *h);

/* "2026-11-22" */
void history_day(const struct history_result *n, char into[16]);

enum history_format { HISTORY_TEXT, HISTORY_MARKDOWN, HISTORY_JSON, HISTORY_HTML };

void history_print_text(const struct history *h, bool markdown, FILE *out);
void history_print_json(const struct history *h, FILE *out);
void history_print_html(const struct history *h, FILE *out);

/* One series as a drawing: a line, and a mark at each step. */
void history_chart(const struct history *h, const struct history_series *s, FILE *out);

#endif
