/*
 * figure_stack.h: where each piece of a stacked bar lies and which words fit
 * into it. No drawing here, so that the layout can be tested by itself.
 */
#ifndef REPORTS_FIGURE_STACK_H
#define REPORTS_FIGURE_STACK_H

#include "reports/figure/figure.h"

#define STACK_BAR    11.5 /* points at the default font size: a bar's height */
#define STACK_GAP    0.6  /* of a bar, between workloads */
#define STACK_NAME   1.1  /* of a bar, for the workload's name in a narrow figure */
#define STACK_PAD    3.0  /* points, too, between a bar's end and words */
#define STACK_SMALL  8.0  /* entries: what has more goes to another panel, if there is less too */
#define STACK_PANELS 2

struct stack_bar {
    size_t row;
    unsigned column, panel;
    double total, place; /* place: in bars from the panel's top */
    char text[160];      /* behind its end */
};

struct stack_piece {
    const struct stack_bar *bar;
    const struct model_kind *kind;
    double from, to;
    char text[96]; /* the kind, with its count when that is not 1 */
    bool inside;   /* the text fits */
};

struct stack_panel {
    double bars;         /* its height, in bars */
    double range, scale; /* of its axis: entries, points an entry */
};

struct stack {
    const struct figure *f;
    const struct model *m;
    double left, right;  /* of the panels on the page, in points */
    double column_width; /* of the widest column's label */
    struct stack_panel panel[STACK_PANELS];
    unsigned panels;
    struct stack_bar *bar;
    size_t bars;
    struct stack_piece *piece;
    size_t pieces;
};

/* -1: out of memory. */
int stack_lay_out(struct stack *s, const struct figure *f);
void stack_free(struct stack *s);

/* Measured wherever it exists, and entered the hypervisor nowhere. */
bool stack_row_is_empty(const struct model *m, size_t row);

#endif
