/*
 * filter.h: of a result only some of it: --workload, --hypervisor and --mode, with patterns as a shell has them. Each
 * may be given again, and takes more then; two of them together take what is of both. It notes what it is asked about,
 * so that a pattern that fits nothing can be refused with what there is.
 */
#ifndef REPORTS_FILTER_H
#define REPORTS_FILTER_H

#include "reports/common/report_error.h"

#include <stdbool.h>

#define FILTER_MAX  64  /* patterns of an option */
#define FILTER_SEEN 900 /* characters of what there is */

struct filter_axis {
    const char *pattern[FILTER_MAX];
    bool fits[FILTER_MAX]; /* anything so far */
    unsigned patterns;
    char seen[FILTER_SEEN]; /* ", a, b": what there is */
};

struct filter {
    struct filter_axis workload, hypervisor, mode;
    bool guest, anything; /* has taken one */
};

/* Their rows in a command's table, and their lines in its help. */
#define FILTER_OPTIONS(filter)                                                                                         \
    {"workload", .take = filter_add, .into = &(filter)->workload},                                                     \
        {"hypervisor", .take = filter_add, .into = &(filter)->hypervisor},                                             \
    {                                                                                                                  \
        "mode", .take = filter_add, .into = &(filter)->mode                                                            \
    }
#define FILTER_LINES(blanks)                                                                                           \
    "      --workload=GLOB    " blanks "only workloads that fit, as in a shell: 'blk_*', page_fault, page_fault/64\n"  \
    "      --hypervisor=GLOB  " blanks "only hypervisors that fit\n"                                                   \
    "      --mode=GLOB        " blanks "only modes that fit: hvm, or 'hvm+*' with devices; each of the three may be\n" \
    "                         " blanks "repeated\n"
/* In help whose words begin in the 26th column, or further right. */
#define FILTER_HELP    FILTER_LINES("")
#define FILTER_HELP_29 FILTER_LINES("    ")
#define FILTER_HELP_30 FILTER_LINES("     ")

/* As option_row.take: `into` is an axis. */
int filter_add(void *into, const char *command, const char *argument);

/* NULL takes everything. `mode`: the guest's words, "hvm+emulated"; a pattern may be of the mode alone. */
bool filter_takes_guest(struct filter *f, const char *hypervisor, const char *mode);

/* Of a guest that is taken. `label`: "page_fault/64"; a pattern may leave out the parameter. */
bool filter_takes_workload(struct filter *f, const char *label);

bool filter_is_set(const struct filter *f);

/* After it was asked about all that there is in `path`: -1 when a pattern fits nothing, or all of them together. */
int filter_check(const struct filter *f, const char *path, struct report_error *e);

#endif
