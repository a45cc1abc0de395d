/*
 * report_print.h: the parts of the report in the order they are printed.
 */
#ifndef REPORTS_REPORT_PRINT_H
#define REPORTS_REPORT_PRINT_H

#include "reports/result/model.h"
#include "reports/common/notes.h"
#include "reports/common/table.h"

struct report_options {
    enum table_style style;
    bool cold, entries, subtracted;
};

void report_header(const struct model *m, const struct report_options *o, FILE *out);

/* The table: costs, ratios, entries by class. */
void report_costs(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out);

/* One line a kind of entry: how many, what its handler cost, what it was about. */
void report_entries(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out);

void report_footer(const struct model *m, const struct report_options *o, const struct notes *notes, FILE *out);

#endif
