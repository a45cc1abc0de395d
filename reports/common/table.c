/* table.c: widths, alignment, two styles; table.h says why. */
#include "reports/common/table.h"
#include "common/memory.h"
#include "reports/common/wrap.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GAP              2
#define SUPERSCRIPT_SIZE 192
#define NOTES_WIDTH      100u

struct widths {
    size_t text[TABLE_COLUMNS_MAX], mark[TABLE_COLUMNS_MAX];
};

void table_start(struct table *t)
{
    memset(t, 0, sizeof(*t));
}

struct table_column *table_column(struct table *t, const char *span, const char *head, bool right)
{
    if (t->columns == TABLE_COLUMNS_MAX)
        abort();
    struct table_column *c = &t->column[t->columns++];
    text_format(c->head, sizeof(c->head), "%s", head);
    text_format(c->span, sizeof(c->span), "%s", span);
    c->right = right;
    return c;
}

size_t table_row(struct table *t)
{
    struct table_cell *more = realloc(t->cell, (t->rows + 1) * t->columns * sizeof(*more));
    if (!more)
        out_of_memory();
    t->cell = more;
    memset(more + t->rows * t->columns, 0, t->columns * sizeof(*more));
    return t->rows++;
}

struct table_cell *table_set(struct table *t, size_t row, unsigned column, const char *format, ...)
{
    struct table_cell *cell = &t->cell[row * t->columns + column];
    va_list args;
    free(cell->text);
    va_start(args, format);
    if (vasprintf(&cell->text, format, args) < 0)
        out_of_memory();
    va_end(args);
    text_mend(cell->text);
    return cell;
}

void table_free(struct table *t)
{
    for (size_t i = 0; i < t->rows * t->columns; i++)
        free(t->cell[i].text);
    free(t->cell);
    memset(t, 0, sizeof(*t));
}

static void widen(size_t *width, size_t to)
{
    *width = *width > to ? *width : to;
}

static size_t mark_width(const struct notes_marks *marks)
{
    char text[SUPERSCRIPT_SIZE];
    notes_superscript(marks, text, sizeof(text));
    return text_width(text);
}

/* The column behind the last that shares its span with `first`. */
static unsigned span_end(const struct table *t, unsigned first)
{
    unsigned end = first + 1;
    while (end < t->columns && *t->column[first].span && strcmp(t->column[first].span, t->column[end].span) == 0)
        end++;
    return end;
}

static size_t span_width(const struct widths *w, unsigned first, unsigned end)
{
    size_t width = 0;
    for (unsigned i = first; i < end; i++)
        width += w->text[i] + w->mark[i] + (i > first ? GAP : 0);
    return width;
}

static void measure(const struct table *t, struct widths *w)
{
    memset(w, 0, sizeof(*w));
    for (unsigned c = 0; c < t->columns; c++) {
        widen(&w->text[c], text_width(t->column[c].head));
        widen(&w->mark[c], mark_width(&t->column[c].marks));
        for (size_t r = 0; r < t->rows; r++) {
            const struct table_cell *cell = &t->cell[r * t->columns + c];
            widen(&w->text[c], cell->text ? text_width(cell->text) : 0);
            widen(&w->mark[c], mark_width(&cell->marks));
        }
    }
    /* A span that is wider than its columns widens them, each by a little. */
    for (unsigned c = 0, end; c < t->columns; c = end) {
        end = span_end(t, c);
        for (unsigned i = c; text_width(t->column[c].span) > span_width(w, c, end); i = i + 1 < end ? i + 1 : c)
            w->text[i]++;
    }
}

size_t table_width(const struct table *t)
{
    struct widths w;
    measure(t, &w);
    return span_width(&w, 0, t->columns);
}

static void pad(size_t n, FILE *out)
{
    fprintf(out, "%*s", (int)n, "");
}

/* One cell and the gap in front of it. Blanks are held back until something follows them. */
static void print_cell(const char *text, const struct notes_marks *marks, bool right, bool red, size_t text_room,
                       size_t mark_room, size_t *blanks, FILE *out)
{
    char mark[SUPERSCRIPT_SIZE];
    size_t width = text_width(text);
    notes_superscript(marks, mark, sizeof(mark));
    if (right)
        *blanks += text_room - width;
    if (width) {
        pad(*blanks, out);
        *blanks = 0;
        fprintf(out, "%s%s%s%s", red ? "\033[31m" : "", text, red ? "\033[0m" : "", mark);
    }
    *blanks += (right ? 0 : text_room - width) + mark_room - text_width(mark);
}

static void print_spans(const struct table *t, const struct widths *w, FILE *out)
{
    size_t blanks = 0;
    bool any = false;
    for (unsigned c = 0; c < t->columns; c++)
        any = any || *t->column[c].span;
    if (!any)
        return;
    for (unsigned c = 0, end; c < t->columns; c = end) {
        end = span_end(t, c);
        size_t width = text_width(t->column[c].span), room = span_width(w, c, end);
        blanks += c ? GAP : 0;
        if (width) {
            /* Above numbers, which stand on the right. */
            size_t before = t->column[c].right ? room - width : 0;
            pad(blanks + before, out);
            fputs(t->column[c].span, out);
            blanks = room - width - before;
        } else {
            blanks += room;
        }
    }
    fputc('\n', out);
}

static void print_text(const struct table *t, bool colour, FILE *out)
{
    static const struct notes_marks none;
    struct widths w;
    measure(t, &w);
    print_spans(t, &w, out);
    size_t blanks = 0;
    for (unsigned c = 0; c < t->columns; c++) {
        blanks += c ? GAP : 0;
        print_cell(t->column[c].head, &t->column[c].marks, t->column[c].right, false, w.text[c], w.mark[c], &blanks,
                   out);
    }
    fputc('\n', out);
    for (size_t i = 0, n = span_width(&w, 0, t->columns); i < n; i++)
        fputs("─", out);
    fputc('\n', out);
    for (size_t r = 0; r < t->rows; r++) {
        blanks = 0;
        for (unsigned c = 0; c < t->columns; c++) {
            const struct table_cell *cell = &t->cell[r * t->columns + c];
            blanks += c ? GAP : 0;
            print_cell(cell->text ? cell->text : "", cell->text ? &cell->marks : &none, t->column[c].right,
                       colour && cell->bad, w.text[c], w.mark[c], &blanks, out);
        }
        fputc('\n', out);
    }
}

void table_markdown_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (strchr("\\`*_{}[]<>#|~&$!", *text))
            fputc('\\', out);
        fputc(*text, out);
    }
}

static void markdown_marks(const struct notes_marks *marks, FILE *out)
{
    if (!marks->number[0])
        return;
    fputs("<sup>", out);
    for (int i = 0; i < NOTES_MARKS && marks->number[i]; i++)
        fprintf(out, "%s%u", i ? "," : "", marks->number[i]);
    fputs("</sup>", out);
}

static void print_markdown(const struct table *t, FILE *out)
{
    for (unsigned c = 0; c < t->columns; c++) {
        fputs(c ? " | " : "| ", out);
        if (*t->column[c].span) {
            table_markdown_text(t->column[c].span, out);
            fputs(": ", out);
        }
        table_markdown_text(t->column[c].head, out);
        markdown_marks(&t->column[c].marks, out);
    }
    fputs(" |\n", out);
    for (unsigned c = 0; c < t->columns; c++)
        fputs(t->column[c].right ? "|---:" : "|:---", out);
    fputs("|\n", out);
    for (size_t r = 0; r < t->rows; r++) {
        for (unsigned c = 0; c < t->columns; c++) {
            const struct table_cell *cell = &t->cell[r * t->columns + c];
            fputs(c ? " | " : "| ", out);
            table_markdown_text(cell->text ? cell->text : "", out);
            markdown_marks(&cell->marks, out);
        }
        fputs(" |\n", out);
    }
}

void table_print(const struct table *t, enum table_style style, FILE *out)
{
    if (style == TABLE_MARKDOWN)
        print_markdown(t, out);
    else
        print_text(t, style == TABLE_COLOUR, out);
}

void table_notes(const struct notes *n, enum table_style style, FILE *out)
{
    for (size_t i = 0; i < n->count; i++) {
        struct notes_marks mark = {{(unsigned)i + 1}};
        char number[64];
        notes_superscript(&mark, number, sizeof(number));
        if (style == TABLE_MARKDOWN) {
            fprintf(out, "%s%zu. ", i ? "" : "\n", i + 1);
            table_markdown_text(n->text[i], out);
            fputc('\n', out);
        } else {
            fprintf(out, "%s ", number);
            text_wrap(out, n->text[i], NOTES_WIDTH, text_width(number) + 1);
        }
    }
}
