/* explain_paths.h: the path of each kind of entry, of an explanation and the result beside which it stands. */
#ifndef REPORTS_EXPLAIN_PATHS_H
#define REPORTS_EXPLAIN_PATHS_H

#include "reports/explain/explain.h"
#include "reports/result/result.h"

void explain_paths(const struct explanation *x, const struct result *r, const struct explain_choice *c, FILE *out);

#endif
