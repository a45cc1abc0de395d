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

/*
 * What all handlers of an operation's entries cost together, in the mean; 0 when one of them was not timed. It can be
 * more than the operation: then it is watched, and the words say what by.
 */
double cell_handlers(const struct model_cell *cell);
bool cell_is_watched(const struct model_cell *cell);
const char *cell_watching(const struct model *m, unsigned column);

/* Footnotes on a column's head: boots that failed, builds that differ. */
void cell_column_notes(const struct model *m, unsigned column, struct notes *notes, struct notes_marks *marks);

#endif
