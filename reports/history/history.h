/*
 * history.h: many nights' results of the same suite: what stepped, when, and
 * with which build.
 *
 * A series is one workload in one hypervisor, mode and machine. An exact metric
 * has no spread: each night is compared with the night before, as pvbench
 * compare does it, and any difference is a step. A noisy one is divided by E-divisive,
 * and its newest night is held against the fence of the nights since the last change.
 *
 * Nights that are not comparable (another guest, another emulator) are different
 * experiments: a step between them may have come with the experiment, so it is
 * told, and is no regression.
 */
#ifndef REPORTS_HISTORY_H
#define REPORTS_HISTORY_H

#include "reports/compare/compare.h"

#define HISTORY_NIGHTS_MAX  4096
#define HISTORY_SERIES_MAX  16384
#define HISTORY_NOISY_LEAST 9 /* nights since the last change, the newest included, that a verdict needs */
#define HISTORY_SENTENCE    1600

/* What one hypervisor was, one night. */
struct history_build {
    const char *hypervisor, *mode, *machine, *version, *sha256;
};

struct history_night {
    char *file;
    const char *date, *pvbench, *revision;
    struct history_build *build;
    size_t builds;
    unsigned experiment;   /* nights with the same number are comparable */
    const char *different; /* in what the experiment is another than the night before; "" when it is not */
};

struct history_skipped {
    char *file, *why;
};

/* `before`: the last night before that measured it. */
struct history_step {
    size_t night, before;
    struct compare_cell cell; /* exact: what differs */
    bool noisy, entries;      /* noisy: found by E-divisive, in the entries or in the cost */
    bool tonight;             /* the newest night made it believable */
    double from, to, p;       /* noisy: the medians on both sides */
    bool experiment;          /* the nights are not comparable */
    enum verdict verdict;
};

enum history_metric { HISTORY_COST, HISTORY_ENTRIES, HISTORY_METRICS };

struct history_series {
    const char *hypervisor, *mode, *machine, *workload, *unit;
    bool exact;                     /* the cost */
    bool entries_noisy;             /* counts that vary between boots */
    double *value[HISTORY_METRICS]; /* by night, per operation; NaN: not measured */
    struct history_step *step;      /* in order */
    size_t steps;
    size_t first, last;   /* nights that measured it */
    enum verdict verdict; /* of the newest night */
    char why[360];        /* what it rests on, where no step says it */
};

struct history_options {
    struct limits limits;
    double floor; /* of noise, as a share */
    bool force;   /* all nights are one experiment */
};

struct history {
    const char *folder;
    struct history_night *night;
    size_t nights;
    struct history_skipped *skipped;
    size_t skips;
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

/* Lists the results in the folder by their dates; what is none is noted. */
int history_files(struct history *h, const char *folder, struct report_error *e);

/* Reads every night, and notes each step of what is exact. */
int history_load(struct history *h, const struct history_options *o, struct report_error *e);

/* Steps of what is noisy, and the fence of the newest night. -1: no memory. */
int history_noisy(const struct history *h, struct history_series *s, const struct history_options *o);

/* The verdicts on the newest night. */
void history_judge(struct history *h);

/* The same string, kept as long as the history. */
const char *history_keep(struct history *h, const char *text);

/* A step more, in the order of nights; NULL: no memory. */
struct history_step *history_step(struct history_series *s, size_t night);

/* --- for people -------------------------------------------------------------- */

/* "page_fault pv on xen" */
void history_place(const struct history_series *s, char *into, size_t size);

/* "+1 mmu_update, +412 instructions (818 to 1230, +50.4%)" */
void history_sentence(const struct history *h, const struct history_series *s, const struct history_step *step,
                      char *into, size_t size);

/* "xen 4.17.4 -> 4.17.5; revision 1f2208974c81 -> 3adfd23e1f00": what is known to be another between the two. */
void history_builds(const struct history *h, const struct history_series *s, const struct history_step *step,
                    char *into, size_t size);

/* "no regression: 2 worse, …" */
void history_summary(const struct history *h, char *into, size_t size);

/* "2026-11-22" */
void history_day(const struct history_night *n, char into[16]);

enum history_format { HISTORY_TEXT, HISTORY_MARKDOWN, HISTORY_JSON, HISTORY_HTML };

void history_print_text(const struct history *h, bool markdown, FILE *out);
void history_print_json(const struct history *h, FILE *out);
void history_print_html(const struct history *h, FILE *out);

/* One series as a drawing: a line, and a mark at each step. */
void history_chart(const struct history *h, const struct history_series *s, FILE *out);

#endif
