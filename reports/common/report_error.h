/*
 * report_error.h: how a part of the reports says what is wrong: one line
 * with the file, the place, what is wrong, the mend. Only a command prints it.
 */
#ifndef REPORTS_REPORT_ERROR_H
#define REPORTS_REPORT_ERROR_H

struct report_error {
    char text[1024];
};

/* Always -1, so that it can be returned. */
int report_fail(struct report_error *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
