/*
 * changes.h: a map of what something changed: a line each, in blocks that are each held against one base, a column a
 * workload. Red is dearer, blue is cheaper.
 */
#ifndef REPORTS_CHANGES_H
#define REPORTS_CHANGES_H

#include "reports/figure/figure.h"

#define CHANGES_LABEL   96
#define CHANGES_COLUMNS 16                      /* of workloads; what has no room is named */
#define CHANGES_LINES   (2 * MODEL_COLUMNS_MAX) /* a head for each, at the most */

struct changes_line {
    bool is_head;    /* the name of a block, over it */
    unsigned column; /* of the model */
    char label[CHANGES_LABEL];
    const void *of; /* the asker's own */
};

struct changes {
    struct changes_line line[CHANGES_LINES];
    size_t lines;
    /* Costs per operation, of the base and now. False: one of both has none in this row. */
    bool (*costs)(const struct model *m, const struct changes_line *line, size_t row, double *base, double *now);
    const char *shows; /* for the data's first line */
    const char *says;  /* at the foot, behind what it was measured with */

    /* found by changes_draw() */
    size_t row[CHANGES_COLUMNS], rows, left_out;
    unsigned head_lines;
    double most; /* of the logarithms, either way */
};

/* All but what it finds must be there. */
enum figure_answer changes_draw(struct changes *c, struct figure *f);

/* "XEN PV against shipped": of a block. */
void changes_head(struct changes_line *line, const struct model *m, unsigned column, const char *mode,
                  const char *against);

#endif
