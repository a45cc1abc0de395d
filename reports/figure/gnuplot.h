/*
 * gnuplot.h: runs gnuplot on a script in a folder of its own, so that a
 * figure is there as a whole or not at all, and nothing is left behind.
 */
#ifndef REPORTS_GNUPLOT_H
#define REPORTS_GNUPLOT_H

#include "reports/common/report_error.h"

#define GNUPLOT_SECONDS 60

struct gnuplot {
    char *dir, *work; /* where the figures go; a new folder in it */
};

/* Makes `dir` if it is missing, and the working folder. From here on signals are noted, and end a run. */
int gnuplot_open(struct gnuplot *g, const char *dir, struct report_error *e);

/* NAME.gp in the working folder. */
int gnuplot_run(const struct gnuplot *g, const char *name, struct report_error *e);

/* Moves NAMEENDING from the working folder to its place. */
int gnuplot_keep(const struct gnuplot *g, const char *name, const char *ending, struct report_error *e);

/* Removes the working folder with all that was not kept. */
void gnuplot_close(struct gnuplot *g);

#endif
