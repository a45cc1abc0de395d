/*
 * figure_bars.h: horizontal bars, one a column of the model, grouped by
 * workload: the frame that several figures fill. The workloads' names stand
 * on the left, the words of a bar behind it.
 */
#ifndef REPORTS_FIGURE_BARS_H
#define REPORTS_FIGURE_BARS_H

#include "reports/figure/figure.h"

#define BARS_TEXT   64 /* bytes */
#define BARS_PIECES 5

struct bar {
    size_t row;
    unsigned column;
    double place;                /* of its middle, in bars from the top */
    bool drawn;                  /* else only its words are there */
    double value;                /* for the data: what the bar is about */
    double end[BARS_PIECES + 1]; /* on the axis: where its pieces begin and end */
    double words_at;             /* on the axis: its words stand behind that */
    char text[BARS_TEXT];
};

struct bars {
    struct figure *f;
    /* Set by the shape before bars_lay_out(): */
    const char *foot, *value;     /* value: what it is, for the data's heading */
    const struct figure_key *key; /* of the columns; of the pieces when there is more than one */
    size_t keys;
    unsigned pieces;
    /* Set here: */
    struct bar *bar;
    size_t count;
    double length;                   /* in bars, of all rows with the gaps */
    double left, right, top, bottom; /* of the plot on the page, in points */
    bool has_unit_line;              /* at 1 on the axis */
    double words;                    /* points: the widest words behind a bar, with their distance */
};

/* -1: out of memory. */
int bars_open(struct bars *b, struct figure *f, unsigned pieces);
void bars_free(struct bars *b);

/* The rows come in order; in a row, the columns. */
struct bar *bars_add(struct bars *b, size_t row, unsigned column);

/* The range of the values of what is drawn, in all parts of the figure; false: nothing is, in this one. */
bool bars_range(const struct bars *b, double *least, double *most);

/* After the last bar: places everything on the page, and sets the figure's height. */
void bars_lay_out(struct bars *b);

/* Data and script. `axis`: gnuplot's words for the x axis; `low`: its left end. */
void bars_write(struct bars *b, const char *what, const char *label, const char *axis, double low);

/* In place of both: pieces that are shares of a whole of 100. */
void bars_write_shares(struct bars *b, const char *what, const char *label);

/*
 * In place of both: bars from 1 to their values, which are ratios. The axis is logarithmic, so that half and
 * double are equally long.
 */
void bars_write_ratios(struct bars *b, const char *what, const char *label);

#endif
