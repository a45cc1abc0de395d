/*
 * report_cell.h: what a table says about one cell of the model, and the
 * footnotes for all that is not as plain as a number.
 */
#ifndef REPORTS_REPORT_CELL_H
#define REPORTS_REPORT_CELL_H

#include "reports/print/report_print.h"

/* "n/a", "crashed", …: what stands where a cost should; NULL when there is one. */
const char *cell_absence(const struct model_cell *cell, bool *bad);

void cell_cost(const struct model *m, unsigned column, size_t row, struct notes *notes, struct table *t, size_t at_row,
               unsigned at_column);
void cell_cold(const struct model *m, unsigned column, size_t row, struct notes *notes, struct table *t, size_t at_row,
               unsigned at_column);
void cell_entries(const struct model *m, unsigned column, size_t row, struct notes *notes, struct table *t,
                  size_t at_row, unsigned at_column);

/* "F1 H2", "0" */
void cell_classes(const struct model_cell *cell, char *into, size_t size);

/* Footnotes on a column's head: boots that failed, builds that differ. */
void cell_column_notes(const struct model *m, unsigned column, struct notes *notes, struct notes_marks *marks);

#endif
