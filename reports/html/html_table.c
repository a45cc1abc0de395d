/* html_table.c: a table for a browser. Without a script it is a table all the same. */
#include "reports/html/html.h"

#include <math.h>
#include <string.h>

static void marks(const struct notes_marks *m, const struct notes *notes, FILE *out)
{
    if (!m->number[0] || !notes)
        return;
    fputs("<sup>", out);
    for (int i = 0; i < NOTES_MARKS && m->number[i]; i++) {
        fprintf(out, "%s<a href=\"#note-%u\" title=\"", i ? " " : "", m->number[i]);
        if (m->number[i] <= notes->count)
            html_text(notes->text[m->number[i] - 1], out);
        fprintf(out, "\">%u</a>", m->number[i]);
    }
    fputs("</sup>", out);
}

static unsigned span_end(const struct table *t, unsigned first)
{
    unsigned end = first + 1;
    while (end < t->columns && *t->column[first].span && strcmp(t->column[first].span, t->column[end].span) == 0)
        end++;
    return end;
}

static bool starts_span(const struct table *t, unsigned column)
{
    const struct table_column *c = &t->column[column];
    return c != t->column && *c->span && strcmp(c->span, c[-1].span) != 0;
}

static void class_of(const struct table *t, unsigned column, const struct table_cell *cell, FILE *out)
{
    const struct table_column *c = &t->column[column];
    if (!c->right && !starts_span(t, column) && !(cell && cell->bad))
        return;
    fprintf(out, " class=\"%s%s%s%s\"", c->right ? "num" : "", starts_span(t, column) ? " first" : "",
            c->ratio ? " ratio" : "", cell && cell->bad ? " bad" : "");
}

static void spans(const struct table *t, unsigned first, FILE *out)
{
    bool any = false;
    for (unsigned c = first; c < t->columns; c++)
        any = any || *t->column[c].span;
    if (!any)
        return;
    fputs("<tr class=\"spans\">", out);
    for (unsigned c = first, end; c < t->columns; c = end) {
        end = span_end(t, c);
        if (!*t->column[c].span) {
            fputs("<td></td>", out);
            continue;
        }
        fprintf(out, "<th scope=\"colgroup\" colspan=\"%u\"%s>", end - c, c ? " class=\"first\"" : "");
        html_text(t->column[c].span, out);
        fputs("</th>", out);
    }
    fputs("</tr>\n", out);
}

static void heads(const struct table *t, const struct html_table *how, FILE *out)
{
    fputs("<tr>", out);
    for (unsigned c = how->first; c < t->columns; c++) {
        fputs("<th scope=\"col\"", out);
        class_of(t, c, NULL, out);
        fputs("><span>", out);
        html_text(t->column[c].head, out);
        fputs("</span>", out);
        marks(&t->column[c].marks, how->notes, out);
        fputs("</th>", out);
    }
    fputs("</tr>\n", out);
}

/* How many times a half or the double the largest ratio of the table is. */
static double largest_ratio(const struct table *t)
{
    double most = 1;
    for (size_t i = 0; i < t->rows * t->columns; i++)
        if (t->column[i % t->columns].ratio && t->cell[i].ordered && t->cell[i].order > 0)
            most = fmax(most, fabs(log2(t->cell[i].order)));
    return most;
}

/* A ratio's bar begins in the middle, which is 1; its scale is logarithmic. */
static void bar(const struct table_cell *cell, double most, FILE *out)
{
    double end = 50 + 50 * log2(cell->order) / most;
    fprintf(out, " style=\"--from:%.1f%%;--to:%.1f%%\" data-side=\"%s\"", fmin(50, end), fmax(50, end),
            cell->order > 1 ? "above" : "below");
}

static void cell(const struct table *t, const struct html_table *how, double most, size_t row, unsigned column,
                 FILE *out)
{
    const struct table_cell *c = &t->cell[row * t->columns + column];
    const char *text = c->text ? c->text : "";
    if (column == how->first) {
        fputs("<th scope=\"row\">", out);
        if (how->link && *text) {
            html_id("<a href=\"#", how->link, out);
            html_id("", text, out);
            fputs("\">", out);
        }
        html_text(text, out);
        fputs(how->link && *text ? "</a></th>" : "</th>", out);
        return;
    }
    fputs("<td", out);
    class_of(t, column, c, out);
    if (c->ordered)
        fprintf(out, " data-v=\"%.9g\"", c->order);
    if (t->column[column].ratio && c->ordered && c->order > 0)
        bar(c, most, out);
    fputc('>', out);
    html_text(text, out);
    if (c->text)
        marks(&c->marks, how->notes, out);
    fputs("</td>", out);
}

void html_table(const struct table *t, const struct html_table *how, FILE *out)
{
    double most = largest_ratio(t);
    fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", out);
    html_text(how->caption, out);
    fprintf(out, "\">\n<table class=\"%s%s\">\n<caption><span>", how->sortable ? "sortable" : "",
            how->prose ? " prose" : "");
    html_text(how->caption, out);
    fputs("</span></caption>\n<thead>\n", out);
    spans(t, how->first, out);
    heads(t, how, out);
    fputs("</thead>\n<tbody>\n", out);
    for (size_t r = 0; r < t->rows; r++) {
        fputs("<tr>", out);
        for (unsigned c = how->first; c < t->columns; c++)
            cell(t, how, most, r, c, out);
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table>\n</div>\n", out);
}

void html_notes(const struct notes *notes, FILE *out)
{
    if (!notes->count)
        return;
    fprintf(out, "<details class=\"notes\">\n<summary>Notes to the tables (%zu)</summary>\n<ol>\n", notes->count);
    for (size_t i = 0; i < notes->count; i++) {
        fprintf(out, "<li id=\"note-%zu\">", i + 1);
        html_text(notes->text[i], out);
        fputs("</li>\n", out);
    }
    fputs("</ol>\n</details>\n", out);
}
