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

struct paper_row {
    const char *name, *workload; /* workload: NULL where nothing here measures it */
    const char *note;            /* what is different here */
    /* Not its cost, but the way to the back end or back (reports/result/parts.h), of this parameter. */
    enum { WAY_NONE, WAY_OUT, WAY_IN } way;
    uint64_t parameter;
};

struct table_kind {
    const char *name, *what;
    const struct paper_row *row;
    size_t rows;
};

#define TABLE_KINDS 2
extern const struct table_kind table_kinds[TABLE_KINDS];

/* Writes SUITE-NAME.tex and .md and prints their names. 1: none of its workloads was run, which has been said. */
int table_make(const struct table_kind *kind, const struct model *m, struct gnuplot *g, const char *path,
               struct report_error *e);

void table_write_latex(const struct table_kind *kind, const struct model *m, const char *name, FILE *out);
void table_write_markdown(const struct table_kind *kind, const struct model *m, FILE *out);

/* What stands in a cell, in plain text. */
#define TABLE_CELL 48
void table_cost(const struct paper_row *row, const struct model *m, unsigned column, char into[TABLE_CELL]);
/* "2/2", "2" where nothing is expected; false: what was observed is not what is expected. */
bool table_entries(const struct paper_row *row, const struct model *m, unsigned column, char into[TABLE_CELL]);

#endif
