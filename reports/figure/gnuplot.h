/*
 * gnuplot.h: runs gnuplot on a script in a folder of its own, so that all
 * figures of a command are there as a whole or none is, and nothing is left behind.
 */
#ifndef REPORTS_GNUPLOT_H
#define REPORTS_GNUPLOT_H

#include "common/stale.h"
#include "reports/common/report_error.h"

#include <stddef.h>

/* For one script: of the processor's time; and without using any of it, on however busy a computer. */
#define GNUPLOT_SECONDS       60
#define GNUPLOT_STILL_SECONDS 120

struct gnuplot {
    char *dir;               /* where the figures go */
    struct work_folder work; /* in it, or of a temporary folder */
    char **kept;             /* names in the working folder, of what is to get its place */
    size_t kepts;
};

/* Makes `dir` if it is missing, and the working folder. From here on signals are noted, and end a run. */
int gnuplot_open(struct gnuplot *g, const char *dir, struct report_error *e);

/* NAME.gp in the working folder. */
int gnuplot_run(const struct gnuplot *g, const char *name, struct report_error *e);

/* All of a file of the working folder, with a 0 behind it, if it is whole (drawn.h); NULL with an error. */
char *gnuplot_read(const struct gnuplot *g, const char *name, const char *ending, size_t *size, struct report_error *e);

/* NAMEENDING is whole, and will get its place. */
int gnuplot_keep(struct gnuplot *g, const char *name, const char *ending, struct report_error *e);

/* Moves all that is kept to its place, and prints the names. */
int gnuplot_publish(struct gnuplot *g, struct report_error *e);

/* Removes the working folder with all that was not published. `bad` as it was, or -1 with an error. */
int gnuplot_close(struct gnuplot *g, int bad, struct report_error *e);

#endif
