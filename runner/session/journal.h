/*
 * journal.h: nothing measured is lost.
 *
 * One JSON line a finished boot, on disk before the next boot starts. The
 * first line says of which plan and which images, so that an interrupted run
 * is only ever continued with the same ones.
 *
 * Each line ends with a SHA-256 of itself and of the one of the line before: what is damaged is
 * found where it is, and no number that changed on the way becomes a measurement.
 */
#ifndef RUNNER_JOURNAL_H
#define RUNNER_JOURNAL_H

#include "runner/common/error.h"
#include "runner/common/files.h"

#include <jansson.h>
#include <stddef.h>

struct journal {
    char *path;
    int fd;
    char seal[SHA256_HEX]; /* of the last line; "" before the first */
};

/*
 * `header`: {"suite", "plan", "images": {name: sha256}, …}. An
 * older journal at the same place is kept beside it, with "~" at its name's end.
 */
int journal_create(struct journal *j, const char *path, const json_t *header, struct pvb_error *e);

/*
 * Opens an interrupted one. It must have been made for `header`'s plan and
 * images; `runs` is an array of one array a unit; they get what is there. A last
 * line that was cut off by the interruption is dropped.
 */
int journal_resume(struct journal *j, const char *path, const json_t *header, json_t *runs, struct pvb_error *e);

/* The value that an interrupted run's first line has at provenance.schedule.seed; 0: none. */
unsigned journal_seed(const char *path);

int journal_add(struct journal *j, size_t unit, json_t *run, struct pvb_error *e);

/* Closes it; `remove` when the result is complete and written. */
void journal_close(struct journal *j, int remove);

#endif
