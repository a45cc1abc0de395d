/*
 * report_output.h: where a report goes. All of the text is there before the first
 * byte is written, and a file gets its name when it is whole (common/publish.h).
 */
#ifndef REPORTS_REPORT_OUTPUT_H
#define REPORTS_REPORT_OUTPUT_H

#include "reports/common/report_error.h"

#include <stdbool.h>
#include <stdio.h>

/* path: NULL for standard output. */
int report_output(const char *path, void (*print)(const void *what, FILE *out, void *with), const void *what,
                  void *with, struct report_error *e);

/* Columns of the terminal that standard output is; 0: it is none, or does not say. */
size_t report_width(void);

/* Standard output is a terminal that takes colour, and nobody forbids it. */
bool report_colour(void);

#endif
