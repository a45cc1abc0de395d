/*
 * figure_draw.h: the list of figures, and how one becomes files: sources in a
 * folder of their own, gnuplot, and the whole of it moved to its place.
 */
#ifndef REPORTS_FIGURE_DRAW_H
#define REPORTS_FIGURE_DRAW_H

#include "reports/figure/figure.h"
#include "reports/figure/gnuplot.h"

struct figure_kind {
    const char *name;
    figure_shape *make;
    const char *missing; /* why it cannot be drawn */
    bool usual;          /* drawn when nothing is asked for */
};

#define FIGURE_NUMBER(name, shows, missing, usual) FIGURE_##name,
enum { FIGURES(FIGURE_NUMBER) FIGURE_KINDS };
extern const struct figure_kind figure_kinds[FIGURE_KINDS];

/* The formats by name, NULL-ended; the n-th is the bit 1 << n of enum figure_format. */
extern const char *const figure_formats[];

/* A result, with its file's name for messages, and the explanation beside it, or NULL. */
struct figure_source {
    const char *path;
    const struct model *m;
    const struct explanation *explained;
};

/* Draws one kind, in as many parts as its height asks for. 1: there is nothing to draw; why stands in `e`. */
int figure_draw(const struct figure_kind *kind, const struct figure_source *of, const struct figure_style *style,
                struct gnuplot *g, struct report_error *e);

/* A file of gnuplot's working folder. */
int figure_write(const struct gnuplot *g, const char *name, const char *ending, const char *text, size_t size,
                 struct report_error *e);

#endif
