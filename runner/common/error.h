/*
 * error.h: how a part of the runner says what is wrong.
 *
 * Functions that can fail return -1 and leave one line here: the file, the
 * place, what is wrong, the mend. Only the command at the top prints it.
 */
#ifndef RUNNER_ERROR_H
#define RUNNER_ERROR_H

#define PVB_ERROR_SIZE 1024

struct pvb_error {
    char text[PVB_ERROR_SIZE];
};

/* Always -1, so that it can be returned. */
int pvb_fail(struct pvb_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
