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

struct explanation;

#define FIGURE_ROWS_MAX     200   /* what can be shown */
#define FIGURE_PAGE_WIDTH   468.0 /* points: 165 mm, the text of a page */
#define FIGURE_COLUMN_WIDTH 241.0 /* points: 85 mm, one of two columns (IEEE, ACM) */
#define FIGURE_PAGE_HEIGHT  640.0 /* points: what a page leaves beside a caption */
#define FIGURE_LABEL        80    /* bytes of a column's name */
#define FIGURE_COLOUR       8     /* bytes of "#0b3c6f" */
#define FIGURE_FONT         "DejaVu Sans"
#define FIGURE_MARGIN       6.0 /* points */

enum figure_format { FIGURE_SVG = 1, FIGURE_PDF = 2, FIGURE_PNG = 4, FIGURE_CAIROLATEX = 8 };

/* What the user chose. Sizes are in points. */
struct figure_style {
    double width, most_height; /* of a figure, and of a page: a longer figure comes in parts */
    const char *font;
    double size; /* of names and axes; other words follow from it */
    unsigned formats;
    bool asked;       /* for this figure by its name, though little may be in it */
    const char *base; /* "xen/hvm": what others are multiples of; NULL: the first hvm */
};

/* The usual style. */
#define FIGURE_STYLE(formats)                                                                                          \
    {                                                                                                                  \
        FIGURE_PAGE_WIDTH, FIGURE_PAGE_HEIGHT, FIGURE_FONT, 8, formats, false, NULL                                    \
    }

enum figure_words { FIGURE_NAMES, FIGURE_SMALL, FIGURE_KEY }; /* names and axes; numbers and kinds; the legend */

/*
 * What the parts of one figure share, so that their axes are the same and a bar is as long in one as in another:
 * measured when the figure is tried in one piece.
 */
struct figure_shared {
    bool known;
    double names, columns, words; /* points: the widest of each */
    double least, most;           /* on the axis */
    double scale[2];              /* points a unit, of the panels */
};

/* One figure, or one part of it, while it is written. */
struct figure {
    const struct model *m, *whole;       /* m: the part's rows only */
    const struct explanation *explained; /* that beside the result, or NULL */
    const struct figure_style *style;
    struct figure_shared *shared; /* NULL: there is one part */
    const char *name;             /* of the files, without the ending */
    FILE *data, *script;
    double height;                    /* points; the shape sets it before anything is written */
    unsigned labels, objects, arrows; /* written so far */
};

/* What a figure function answers; FIGURE_NOTHING: there is nothing to draw. */
enum figure_answer { FIGURE_DRAWN, FIGURE_NOTHING };

/* Writes the data and the script. */
typedef enum figure_answer figure_shape(struct figure *f);

/*
 * The table of figures: figure_NAME, each in a file of its own; what it shows; why it cannot be drawn; whether it
 * is drawn when nothing is asked for.
 */
#define FIGURES(ROW)                                                                                                   \
    ROW(entries, "entries into the hypervisor per operation, by kind", "no workload was seen to enter the hypervisor", \
        true)                                                                                                          \
    ROW(cost, "cost of an operation, on a logarithmic scale", "no workload has a cost above 0", true)                  \
    ROW(normalized, "costs as multiples of one column's, with raw values",                                             \
        "there is no cost beside that of the base; see --base", false)                                                 \
    ROW(cold, "the first operation's cost as a multiple of the later ones'",                                           \
        "no workload has a first operation's cost beside that of later ones in one unit", false)                       \
    ROW(breakdown, "the guest's part, transitions, handlers",                                                          \
        "no hypervisor timed its handlers in the boot that has the costs", false)                                      \
    ROW(parts, "whose the instructions are: guest, hypervisor, back end",                                              \
        "the result does not say whose the instructions are; run the suite in the lab with --parts", false)            \
    ROW(functions, "the largest functions of an operation, PV beside HVM",                                             \
        "no explanation of this result stands beside it; run the suite in the lab with --explain", false)              \
    ROW(scaling, "cost against the parameter, with the crossovers",                                                    \
        "no workload has costs for three parameters or more; run the suite scaling", false)                            \
    ROW(cdf, "how costs that vary are distributed", "no cost varies enough for a curve; see --only=cdf", false)        \
    ROW(heatmap, "hypervisors and modes by subsystem",                                                                 \
        "there are no two columns with costs of the same workloads in one unit", false)                                \
    ROW(mitigations, "what each protection against a processor's faults changed",                                      \
        "no hypervisor was started in several ways; run the suite mitigations", false)                                 \
    ROW(isolation, "what a guest loses by those beside it",                                                            \
        "no guest was measured alone and beside others; run the suite neighbours", false)                              \
    ROW(density, "what the next guest costs, against how many are there",                                              \
        "no boot has three guests or more beside the measured one; run the suite guests", false)                       \
    ROW(fairness, "the share of the processor that guests get, against that which is due to them",                     \
        "no guest was traced beside others that want the processor all the time; run the suite fairness", false)

#define FIGURE_DECLARED(name, shows, missing, usual) figure_shape figure_##name;
FIGURES(FIGURE_DECLARED)

/* The names and the widths of words. */

double figure_font_size(const struct figure *f, enum figure_words words);

/* 1 for the default font size: what a height in points is to be multiplied with. */
double figure_zoom(const struct figure *f);

/* The figure is so narrow that workloads' names stand above their bars instead of beside them. */
bool figure_narrow(const struct figure *f);

/* Points that `text` takes in DejaVu Sans at `size` points; the usual fonts of papers are narrower. */
double figure_text_width(const char *text, double size);
double figure_width_of(const struct figure *f, const char *text, enum figure_words words);

/* "PV", or as much more as tells the columns apart: "xen PV", "xen PV host". */
void figure_column_label(const struct model *m, unsigned column, char into[FIGURE_LABEL]);

/* Where the numbers come from, in one line for the foot of a figure. */
void figure_source(const struct model *m, char *into, size_t size);

/* A cell's cost, "815", or why there is none: "n/a", "crashed". */
void figure_value_text(const struct model *m, size_t row, unsigned column, char *into, size_t size);

/*
 * A column's look: the colour says the mode, its shade which of several settings of that mode (the carrier, so many
 * vCPUs, neighbours, a protection), the texture (or a line's dashes) the hypervisor. The colours are of distinct
 * lightness, so that modes stay apart in grey.
 */
void figure_colour(const struct model *m, unsigned column, char into[FIGURE_COLOUR]);
void figure_line_colour(const struct model *m, unsigned column, char into[FIGURE_COLOUR]);
const char *figure_fill(const struct model *m, unsigned column);
unsigned figure_dash(const struct model *m, unsigned column);

/* What the parts share; before it is known `value`, which is kept for them. */
double figure_share(double *shared, bool known, double value);

/* Parts of a script. */

/* The first two lines of the data; the script's beginning (size, formats, fonts, the loop over the formats). */
void figure_begin(struct figure *f, const char *what);
void figure_end(struct figure *f);

/* `text` in the script, as gnuplot reads it, in the format's own words. */
void figure_text(const struct figure *f, const char *text, enum figure_words words);

/* At a place on the page, from its lower left; align: left, center or right. */
void figure_label(struct figure *f, const char *text, enum figure_words words, double x, double y, const char *align,
                  const char *colour);
void figure_box(struct figure *f, double left, double bottom, double right, double top, const char *colour,
                const char *fill);

/* Under the numbers of an axis at `bottom`, around `middle` where the page has the room. */
void figure_axis_label(struct figure *f, const char *text, double middle, double bottom);

/* Where the plot stands on the page. */
void figure_plot_area(const struct figure *f, double left, double bottom, double right, double top);

/* The cells of a map in it, as many as columns and rows: of each its place, its colour, whether its words are white,
 * and the words, in the data's first block. `border`: a colour. */
void figure_cells(const struct figure *f, size_t columns, size_t rows, const char *border);

/* At the top, in as many lines as it takes: a box and a text each, or a line where there is a dash type. */
struct figure_key {
    const char *text, *colour, *fill; /* fill: gnuplot's fillstyle */
    unsigned dash;
};

/* Points that it takes. */
double figure_legend_height(const struct figure *f, const struct figure_key *keys, size_t count);
void figure_legend(struct figure *f, const struct figure_key *keys, size_t count);

/* All columns of the result, with the unit of each where there are several. */
struct figure_columns {
    char label[MODEL_COLUMNS_MAX][FIGURE_LABEL], colour[MODEL_COLUMNS_MAX][FIGURE_COLOUR];
    struct figure_key key[MODEL_COLUMNS_MAX];
};
void figure_columns(const struct model *m, struct figure_columns *into);

/* `text` at the foot, wrapped. Points that it takes. */
double figure_foot_height(const struct figure *f, const char *text);
void figure_foot(struct figure *f, const char *text);

#endif
