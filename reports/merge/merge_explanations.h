/*
 * merge_explanations.h: the explanations beside several results become the one beside the merged result, which has
 * the hash of each of its boots. What is not there, or of other boots, is left out and told.
 */
#ifndef REPORTS_MERGE_EXPLANATIONS_H
#define REPORTS_MERGE_EXPLANATIONS_H

#include "reports/result/merge.h"

int merge_explanations(const struct merge *m, const json_t *document, const char *output, bool quiet,
                       struct report_error *e);

#endif
