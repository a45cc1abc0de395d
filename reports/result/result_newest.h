/*
 * result_newest.h: a folder in place of a result: the newest of its results,
 * by the date that stands in them, so that a nightly job need not know names.
 */
#ifndef REPORTS_RESULT_NEWEST_H
#define REPORTS_RESULT_NEWEST_H

#include "reports/result/result.h"

#define RESULT_PATH_MAX 4096

/*
 * Loads `path`, or, when it is a folder, the newest of the .json files in it
 * that is not the file `not`; `found` is what was loaded. A file there that
 * is no good result is an error: silence would make an old one the newest.
 */
int result_load_newest(struct result *r, const char *path, const char * not, char found[RESULT_PATH_MAX],
                       struct report_error *e);

#endif
