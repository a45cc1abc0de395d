/*
 * tables.h: tables for papers, in the terms of others' benchmarks, as LaTeX
 * (booktabs) and as Markdown: the cost of each operation, and its entries as observed
 * and as expected.
 */
#ifndef REPORTS_TABLES_H
#define REPORTS_TABLES_H

#include "reports/figure/gnuplot.h"
#include "reports/result/model.h"

#include <stdio.h>

#define TABLE_PUBLISHED 2 /* columns of a paper's own numbers */

struct paper_row {
    const char *name, *workload; /* workload: NULL where nothing here measures it */
    const char *note;            /* what is different here */
    double published[TABLE_PUBLISHED];
    /* Not its cost, but the way to the back end or back (reports/result/parts.h), of this parameter. */
    enum { WAY_NONE, WAY_OUT, WAY_IN } way;
    uint64_t parameter;
};

struct table_kind {
    const char *name, *what;
    const struct paper_row *row;
    size_t rows;
    /* The paper's own columns stand before those of the result, the second of them as a multiple of the first, as the
     * result's are of the bare computer's. NULL: none. */
    const char *source, *published[TABLE_PUBLISHED];
};

#define TABLE_KINDS 3
extern const struct table_kind table_kinds[TABLE_KINDS];

/* Writes SUITE-NAME.tex and .md and prints their names. 1: none of its workloads was run, which has been said. */
int table_make(const struct table_kind *kind, const struct model *m, struct gnuplot *g, const char *path,
               struct report_error *e);

void table_write_latex(const struct table_kind *kind, const struct model *m, const char *name, FILE *out);
void table_write_markdown(const struct table_kind *kind, const struct model *m, FILE *out);

/* A table has parts, one below the other; that of multiples only where there is something to be a multiple of. */
enum table_part { TABLE_COSTS, TABLE_MULTIPLES, TABLE_ENTRIES, TABLE_PARTS };
bool table_has(const struct table_kind *kind, const struct model *m, enum table_part part);

/* What stands in a cell, in plain text: a cost; "1.8"; "2/2", or "2" where nothing is expected. False: the entries that
 * were observed are not those that are expected. */
#define TABLE_CELL 48
bool table_text(const struct paper_row *row, const struct model *m, unsigned column, enum table_part part,
                char into[TABLE_CELL]);
void table_published(const struct paper_row *row, unsigned which, enum table_part part, char into[TABLE_CELL]);

#endif
