/*
 * table.h: cells in, aligned text or Markdown out. It knows nothing of what
 * the cells mean.
 */
#ifndef REPORTS_TABLE_H
#define REPORTS_TABLE_H

#include "reports/common/notes.h"

#include <stdbool.h>

#define TABLE_COLUMNS_MAX 32

struct table_cell {
    char *text; /* NULL: empty */
    struct notes_marks marks;
    bool bad; /* red, where there is colour */
    bool ordered;
    double order; /* by what a reader may sort the cell, when it is ordered */
};

struct table_column {
    char head[80], span[120]; /* neighbours with the same span share it as a second heading */
    bool right;               /* numbers */
    bool ratio;               /* of two costs; 1 is neither */
    struct notes_marks marks;
};

struct table {
    struct table_column column[TABLE_COLUMNS_MAX];
    unsigned columns;
    struct table_cell *cell;
    size_t rows;
};

enum table_style { TABLE_TEXT, TABLE_COLOUR, TABLE_MARKDOWN };

void table_start(struct table *t);
struct table_column *table_column(struct table *t, const char *span, const char *head, bool right);

/* Columns come before rows. */
size_t table_row(struct table *t);
struct table_cell *table_set(struct table *t, size_t row, unsigned column, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
size_t table_width(const struct table *t);
void table_print(const struct table *t, enum table_style style, FILE *out);
void table_free(struct table *t);

/* Each footnote on its own line; those of Markdown are a list. */
void table_notes(const struct notes *n, enum table_style style, FILE *out);

/* A text within a Markdown table or paragraph. */
void table_markdown_text(const char *text, FILE *out);

#endif
