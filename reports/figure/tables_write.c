/* tables_write.c: tables for papers as LaTeX and Markdown. */
#include "reports/figure/figure.h"
#include "reports/common/table.h"
#include "reports/figure/tables.h"

#include <ctype.h>
#include <string.h>

static void latex(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (*text == '\\')
            fputs("\\textbackslash{}", out);
        else if (*text == '~' || *text == '^')
            fprintf(out, "\\%c{}", *text);
        else if (*text == '<' || *text == '>')
            fprintf(out, "$%c$", *text);
        else if (strchr("_%#&${}", *text))
            fprintf(out, "\\%c", *text);
        else
            fputc(*text, out);
    }
}

static void upper(const char *text, FILE *out)
{
    for (; *text; text++)
        fputc(toupper((unsigned char)*text), out);
}

/* The notes' numbers go by the rows that have one. */
static unsigned note_of(const struct table_kind *kind, size_t row)
{
    unsigned number = 0;
    for (size_t i = 0; i <= row; i++)
        number += kind->row[i].note != NULL;
    return kind->row[row].note ? number : 0;
}

static const char *unit_of(const struct model *m)
{
    const char *unit;
    return model_one_unit(m, &unit) ? unit : "each column in its own unit";
}

static void latex_heads(const struct model *m, FILE *out)
{
    for (unsigned g = 0; g < m->groups; g++) {
        const struct model_column *c = &m->column[m->group[g].first];
        fprintf(out, " & \\multicolumn{%u}{c}{", m->group[g].count);
        latex(c->hypervisor, out);
        fputs(", ", out);
        latex(c->machine, out);
        fputc('}', out);
    }
    fputs(" \\\\\n", out);
    for (unsigned g = 0; g < m->groups; g++)
        fprintf(out, "\\cmidrule(lr){%u-%u}", m->group[g].first + 2, m->group[g].first + m->group[g].count + 1);
    fputs("\nOperation", out);
    for (unsigned c = 0; c < m->columns; c++) {
        fputs(" & ", out);
        upper(m->column[c].mode, out);
    }
    fputs(" \\\\\n", out);
}

static void latex_name(const struct table_kind *kind, size_t i, FILE *out)
{
    latex(kind->row[i].name, out);
    if (note_of(kind, i))
        fprintf(out, "\\textsuperscript{%u}", note_of(kind, i));
}

/* "-" is a dash of its own. */
static void latex_cell(const char *text, bool good, FILE *out)
{
    fputs(good ? " & " : " & \\textbf{", out);
    latex(strcmp(text, "-") == 0 ? "--" : text, out);
    fputs(good ? "" : "}", out);
}

void table_write_latex(const struct table_kind *kind, const struct model *m, const char *name, FILE *out)
{
    char text[TABLE_CELL], source[400];
    fprintf(out, "%% %s.tex: %s. Made by pvbench figure.\n%% It needs \\usepackage{booktabs}.\n\\begin{tabular}{@{}l",
            name, kind->what);
    for (unsigned c = 0; c < m->columns; c++)
        fputc('r', out);
    fputs("@{}}\n\\toprule\n", out);
    latex_heads(m, out);
    fprintf(out, "\\midrule\n\\multicolumn{%u}{@{}l}{\\emph{Median cost per operation, ", m->columns + 1);
    latex(unit_of(m), out);
    fputs("}} \\\\\n", out);
    for (size_t i = 0; i < kind->rows; i++) {
        latex_name(kind, i, out);
        for (unsigned c = 0; c < m->columns; c++) {
            table_cost(&kind->row[i], m, c, text);
            latex_cell(text, true, out);
        }
        fputs(" \\\\\n", out);
    }
    fprintf(out,
            "\\midrule\n\\multicolumn{%u}{@{}l}{\\emph{Entries into the hypervisor per iteration, observed/expected}} "
            "\\\\\n",
            m->columns + 1);
    for (size_t i = 0; i < kind->rows; i++) {
        if (!kind->row[i].workload)
            continue;
        latex(kind->row[i].name, out);
        for (unsigned c = 0; c < m->columns; c++) {
            bool good = table_entries(&kind->row[i], m, c, text);
            latex_cell(text, good, out);
        }
        fputs(" \\\\\n", out);
    }
    fputs("\\bottomrule\n\\end{tabular}\n\n\\smallskip\n{\\footnotesize\\raggedright\n", out);
    for (size_t i = 0; i < kind->rows; i++)
        if (note_of(kind, i)) {
            fprintf(out, "\\textsuperscript{%u}~", note_of(kind, i));
            latex(kind->row[i].note, out);
            fputs(".\n", out);
        }
    figure_source(m, source, sizeof(source));
    fputs("Suite ", out);
    latex(m->result->suite, out);
    fputs(" on ", out);
    latex(source, out);
    fputs(". The cost of the empty loop is included; bold: other entries than expected.\\par}\n", out);
}

static void markdown_row(const struct table_kind *kind, size_t i, const struct model *m, bool entries, FILE *out)
{
    char text[TABLE_CELL];
    fprintf(out, "| %s", kind->row[i].name);
    if (!entries && note_of(kind, i))
        fprintf(out, " <sup>%u</sup>", note_of(kind, i));
    for (unsigned c = 0; c < m->columns; c++) {
        bool good = true;
        if (entries)
            good = table_entries(&kind->row[i], m, c, text);
        else
            table_cost(&kind->row[i], m, c, text);
        fputs(good ? " | " : " | **", out);
        table_markdown_text(text, out);
        fputs(good ? "" : "**", out);
    }
    fputs(" |\n", out);
}

static void markdown_heads(const struct model *m, const char *first, FILE *out)
{
    fprintf(out, "| %s", first);
    for (unsigned c = 0; c < m->columns; c++) {
        fputs(" | ", out);
        table_markdown_text(m->column[c].hypervisor, out);
        fputc(' ', out);
        upper(m->column[c].mode, out);
        fputs(", ", out);
        table_markdown_text(m->column[c].machine, out);
    }
    fputs(" |\n|---", out);
    for (unsigned c = 0; c < m->columns; c++)
        fputs("|---:", out);
    fputs("|\n", out);
}

void table_write_markdown(const struct table_kind *kind, const struct model *m, FILE *out)
{
    char source[400];
    fprintf(out, "Median cost per operation, %s:\n\n", unit_of(m));
    markdown_heads(m, "operation", out);
    for (size_t i = 0; i < kind->rows; i++)
        markdown_row(kind, i, m, false, out);
    fputs("\nEntries into the hypervisor per iteration, observed/expected:\n\n", out);
    markdown_heads(m, "operation", out);
    for (size_t i = 0; i < kind->rows; i++)
        if (kind->row[i].workload)
            markdown_row(kind, i, m, true, out);
    fputc('\n', out);
    for (size_t i = 0; i < kind->rows; i++)
        if (note_of(kind, i))
            fprintf(out, "<sup>%u</sup> %s.  \n", note_of(kind, i), kind->row[i].note);
    figure_source(m, source, sizeof(source));
    fputs("\nSuite ", out);
    table_markdown_text(m->result->suite, out);
    fputs(" on ", out);
    table_markdown_text(source, out);
    fputs(". The cost of the empty loop is included; bold: other entries than expected.\n", out);
}
