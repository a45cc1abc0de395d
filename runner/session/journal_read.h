/*
 * journal_read.h: the way back into a journal. It is input like any other: whoever
 * wrote it, it is taken line by line, and refused with the line, what is wrong there, and the mend.
 */
#ifndef RUNNER_JOURNAL_READ_H
#define RUNNER_JOURNAL_READ_H

#include "runner/session/journal.h"

#define JOURNAL_SCHEMA    "pvbench.journal/2"
#define JOURNAL_SEAL      ",\"sha256\":\""
#define JOURNAL_SEAL_SIZE (sizeof(JOURNAL_SEAL) - 1 + SHA256_HEX - 1 + 2) /* with the line's "} */
#define AFRESH            "; leave out --resume to start afresh"

/* Of the line before and of this one up to its own, in place. */
void journal_seal(char seal[SHA256_HEX], const char *line, size_t size);

/* `runs` get the boots of `text`; `good` the size of what is sound: all but a last line that was cut off. */
int journal_read(struct journal *j, const char *text, size_t size, const json_t *header, json_t *runs, size_t *good,
                 struct pvb_error *e);

#endif
