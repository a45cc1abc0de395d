/*
 * figure_lines.h: small panels side by side, a line a column of the model: the
 * frame of the figures that show curves. Lines differ by colour and by dash.
 */
#ifndef REPORTS_FIGURE_LINES_H
#define REPORTS_FIGURE_LINES_H

#include "reports/figure/figure.h"

struct lines {
    struct figure *f;
    struct figure_columns columns;
    const char *foot, *xlabel, *ylabel;
    size_t panels; /* that find room */
    unsigned across;
    double width, height, left; /* points: of a panel's plot; what is left of it, for its numbers */
};

/* How many of `wanted` panels find room on a page, with a foot of `foot_lines` lines; sets the figure's height. */
void lines_lay_out(struct lines *l, struct figure *f, size_t wanted, unsigned most_across, double ratio,
                   const char *foot);

/* After figure_begin() and the data. */
void lines_begin(struct lines *l, const char *xlabel, const char *ylabel);

/* One panel's frame: its title, its ranges (logarithmic where said), up to the plot. */
struct lines_axis {
    double low, high;
    bool log;
};
void lines_panel(struct lines *l, size_t panel, const char *title, const struct lines_axis *x,
                 const struct lines_axis *y);
/* Labels of an axis ('x' or 'y') at these values: those that find room, the first and the last above all. */
void lines_tics(const struct lines *l, char axis, const struct lines_axis *range, const double *value, size_t count);
void lines_end(struct lines *l);

/* "lc rgb '#…' dt 2", and the point type of a column. */
void lines_look(const struct model *m, unsigned column, char into[64]);

#endif
