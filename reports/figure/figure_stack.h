/*
 * figure_stack.h: stacked bars whose pieces have names: which pieces there are is the figure's business, where each
 * lies and which words fit into it is told here. The layout (figure_stack.c) draws nothing, so that it can be tested by
 * itself; figure_stack_write.c draws it.
 */
#ifndef REPORTS_FIGURE_STACK_H
#define REPORTS_FIGURE_STACK_H

#include "reports/figure/figure.h"

#define STACK_BAR    11.5 /* points at the default font size: a bar's height */
#define STACK_GAP    0.6  /* of a bar, between workloads */
#define STACK_NAME   1.1  /* of a bar, for the workload's name in a narrow figure */
#define STACK_PAD    3.0  /* points, too, between a bar's end and words */
#define STACK_SMALL  8.0  /* of the axis: what has more goes to another panel, if there is less too */
#define STACK_PANELS 2
#define STACK_LINE   0.8 /* of a bar: a line of words below it */
#define STACK_BELOW  0.2 /* of a bar, behind these lines */
#define STACK_LINES  2
#define STACK_LOOKS  8

struct stack;

struct stack_bar {
    size_t row;
    unsigned column, panel;
    double total, place; /* place: in bars from the panel's top */
    unsigned pieces;
    char text[160]; /* behind its end; it begins with what the figure says of the whole bar */
    char line[STACK_LINES][160];
    unsigned lines; /* below it */
};

enum stack_fits { STACK_OUTSIDE, STACK_INSIDE, STACK_NAME_ALONE, STACK_LETTER };

struct stack_piece {
    const struct stack_bar *bar;
    unsigned look;
    const char *name;
    double value;    /* what it is worth, for the data */
    double from, to; /* on the axis */
    char text[96];   /* the name, with its number where that says something */
    enum stack_fits inside;
    char letter[2]; /* that stands in its place, and before its text below the bar; or "" */
};

struct stack_panel {
    double bars;         /* its height, in bars */
    double range, scale; /* of its axis: units, points a unit */
};

/* The looks of pieces; of distinct lightness, so that they stay apart in grey. The words inside need contrast. */
struct stack_look {
    const char *what, *colour, *ink, *border;
};

/* What a figure is made of. */
struct stack_shape {
    const struct stack_look *look;
    unsigned looks;
    const char *what, *axis;            /* the figure, in words; what its axis is */
    const char *piece, *pieces, *value; /* for the data's headings: "kind", "kinds", "entries per operation" */
    const char *total;                  /* the like of a bar's length */
    bool panels;                        /* small bars and large ones have a panel each */
    double most;                        /* of its axis, beyond which there are words alone; 0: as far as the bars go */
    /* What does not fit into its piece stands behind the bar; or, if this is true, below it by a letter. */
    bool below;
    unsigned unnamed; /* below: pieces of this look need no name */
    bool (*is_left_out)(const struct stack *s, size_t row);
    double (*length)(const struct stack *s, size_t row, unsigned column); /* of a bar, on the axis */
    void (*fill)(struct stack *s, struct stack_bar *bar);                 /* stack_add() for each of its pieces */
    /* What stands behind a bar; false: that is all. */
    bool (*end)(const struct stack *s, const struct stack_bar *bar, char *into, size_t size);
    const void *with;
};

struct stack {
    const struct figure *f;
    const struct model *m;
    const struct stack_shape *shape;
    double left, right;  /* of the panels on the page, in points */
    double column_width; /* of the widest column's label */
    struct stack_panel panel[STACK_PANELS];
    unsigned panels;
    struct stack_bar *bar;
    size_t bars;
    struct stack_piece *piece;
    size_t pieces;
};

void stack_lay_out(struct stack *s, const struct figure *f, const struct stack_shape *shape);
void stack_free(struct stack *s);

/* The next piece of a bar, outwards from the axis; the caller sets its text. */
struct stack_piece *stack_add(struct stack *s, struct stack_bar *bar, unsigned look, const char *name, double value,
                              double length);

/* All of the figure's data and script. */
void stack_write(const struct stack *s, struct figure *f, const char *foot);

/* That of the figure of entries. */
extern const struct stack_shape figure_entries_shape;

#endif
