/*
 * figure.h: a figure is laid out here, in points, and drawn by gnuplot.
 *
 * A figure is two files: the data with the places of its bars and words,
 * and the script that draws them. Both stay beside the pictures, so that
 * a figure can be drawn again, or otherwise, without pvbench. To keep words
 * from running into each other the layout knows how wide they are.
 */
#ifndef REPORTS_FIGURE_H
#define REPORTS_FIGURE_H

#include "reports/result/model.h"

#include <stdio.h>

#define FIGURE_ROWS_MAX 200 /* what one page can show */
#define FIGURE_WIDTH    468 /* points: 165 mm, the text of a page */
#define FIGURE_FONT     8.0 /* points: names, axes */
#define FIGURE_SMALL    6.5 /* points: numbers, kinds */
#define FIGURE_KEY      7.5 /* points: the legend */
#define FIGURE_LABEL    80  /* bytes of a column's name */

enum figure_format { FIGURE_SVG = 1, FIGURE_PDF = 2, FIGURE_PNG = 4 };

struct figure_page {
    const char *name; /* of the files, without the ending */
    double height;    /* points */
    unsigned formats;
};

/* What a figure function answers; FIGURE_NOTHING: there is nothing to draw. */
enum figure_answer { FIGURE_DRAWN, FIGURE_NOTHING };

/* Each writes NAME's data and script. */
enum figure_answer figure_cost(const struct model *m, const char *name, unsigned formats, FILE *data, FILE *script);
enum figure_answer figure_entries(const struct model *m, const char *name, unsigned formats, FILE *data, FILE *script);

/* Points that `text` takes in the figures' font at `size` points. */
double figure_text_width(const char *text, double size);

/* "PV", or as much more as tells the columns apart: "xen PV", "xen PV host". */
void figure_column_label(const struct model *m, unsigned column, char into[FIGURE_LABEL]);

/* Where the numbers come from, in one line for the foot of a figure. */
void figure_source(const struct model *m, char *into, size_t size);

/* The script's beginning (size, formats, the loop over them) and its end. */
void figure_script_begin(const struct figure_page *page, const char *what, FILE *script);
void figure_script_end(FILE *script);

/* One line at the top: a box and a text each. `fill`: gnuplot's fillstyle. */
struct figure_key {
    const char *text, *colour, *fill;
};
void figure_legend(const struct figure_key *keys, size_t count, double height, FILE *script);

/*
 * `text` at the foot, wrapped, its last line at the bottom; returns how many lines it takes.
 * With script NULL nothing is written.
 */
unsigned figure_foot(const char *text, double height, FILE *script);
#define FIGURE_FOOT_LINE 9.0 /* points */

/* The first two lines of a data file. */
void figure_data_begin(const struct model *m, const char *name, const char *what, FILE *data);

#endif
