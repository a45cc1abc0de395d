/*
 * export.h: a result in the formats of other tools. One function a format.
 *
 * Values are per operation. A workload that was not measured is in no
 * format as a number; where the format can say so (CSV, OpenMetrics), it does.
 */
#ifndef REPORTS_EXPORT_H
#define REPORTS_EXPORT_H

#include "reports/result/model.h"

typedef void export_format(const struct model *m, FILE *out);

export_format export_google_benchmark, export_go, export_bencher, export_github_action, export_openmetrics, export_csv;

/* --- what several of them need (export_common.c) --------------------------- */

/* As many digits as it takes to read the same number again. */
void export_number(double value, FILE *out);
json_t *export_json_number(double value);

/* "page_fault/64/minivisor/pv" */
void export_name(const struct model_row *row, const struct model_column *column, char *into, size_t size);

/* Everything measured in one boot that the model is of, in the result's order. */
typedef void export_visit(const struct result_run *run, const struct result_benchmark *b, const json_t *document,
                          void *with);
void export_each(const struct model *m, export_visit *visit, void *with);

/* Entries of all kinds. */
double export_entries(const struct result_benchmark *b);

#endif
