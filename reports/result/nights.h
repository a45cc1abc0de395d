/*
 * nights.h: a folder of results in the order of the dates that stand in them, not of their names.
 *
 * A night is all that was measured in it: several suites, hypervisors and computers, a second run on the same
 * day, a retry. It is a day (UTC), and what follows less than NIGHT_GAP later, so that midnight does not divide
 * it. A copy of a result is the same measurement, and counts once; so does one that is within a merged result beside
 * it.
 */
#ifndef REPORTS_NIGHTS_H
#define REPORTS_NIGHTS_H

#include "reports/result/result_shared.h"

#define NIGHT_GAP  (6 * 3600) /* seconds */
#define NIGHTS_MAX 4096       /* results in a folder */

struct nights_file {
    char *path, *date, *revision; /* revision: of pvbench; "": not known */
    char commit[16];              /* that it is of, where they are known (nights_by_commits); else "" */
    int64_t time;
    uint64_t identity;
    uint64_t *origin; /* the runs of pvbench that it is of: one, or those that it was merged from */
    size_t origins;
    const char *holder; /* the path of a merged result that has all of it, or NULL */
    unsigned night;
    bool extra; /* not of the folder */
};

/* What is in the folder and is not counted. */
struct nights_left {
    char *path, *why;
    bool damaged; /* it was to be a result, perhaps the newest one; else a copy, or something else altogether */
};

struct nights {
    struct nights_file *file; /* in order */
    size_t files;
    unsigned count; /* of nights */
    struct nights_left *left;
    size_t lefts;
    struct shared shared; /* what the results that are read of it have in common */
};

/*
 * Reads the results NAME.json of a folder. `extra`: one more, or NULL, which is named `extra_path` and stands
 * behind all others of its time, or of all times when it has no date; what is a copy of it in the folder is left out.
 */
int nights_read(struct nights *n, const char *folder, const struct result *extra, const char *extra_path,
                struct report_error *e);
/*
 * In the order of a list of commits, oldest first, in place of that of dates; each commit is a night. A result is of
 * the commit that its file's name begins with, else of its revision; what is of none of them is left out.
 */
int nights_by_commits(struct nights *n, const char *path, struct report_error *e);

void nights_free(struct nights *n);

/* Parts of it. */
int nights_leave(struct nights *n, const char *path, bool damaged, const char *why);
void nights_file_free(struct nights_file *file);

/* What was to be a result and is none; NULL: nothing. */
const struct nights_left *nights_damaged(const struct nights *n);

#endif
