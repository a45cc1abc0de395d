/* tables_write.c: tables for papers as LaTeX and Markdown. */
#include "reports/figure/figure.h"
#include "reports/common/table.h"
#include "reports/figure/tables.h"

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

static unsigned published(const struct table_kind *kind)
{
    return kind->source ? TABLE_PUBLISHED : 0;
}

/* Of a paper's loads nothing is expected. */
static const char *part_name(const struct table_kind *kind, enum table_part part)
{
    if (part == TABLE_ENTRIES && kind->source)
        return "Entries into the hypervisor per iteration";
    static const char *const names[] = {
        [TABLE_COSTS] = "Median cost per operation, ",
        [TABLE_MULTIPLES] = "Multiples of the computer without a hypervisor",
        [TABLE_ENTRIES] = "Entries into the hypervisor per iteration, observed/expected",
    };
    return names[part];
}

static void latex_heads(const struct table_kind *kind, const struct model *m, FILE *out)
{
    const unsigned own = published(kind);
    char mode[MODEL_MODE];
    fputs(own ? " & \\multicolumn{2}{c}{published}" : "", out);
    for (unsigned g = 0; g < m->groups; g++) {
        const struct model_column *c = &m->column[m->group[g].first];
        fprintf(out, " & \\multicolumn{%u}{c}{", m->group[g].count);
        latex(c->hypervisor, out);
        fputs(", ", out);
        latex(c->machine, out);
        fputc('}', out);
    }
    fputs(" \\\\\n", out);
    fputs(own ? "\\cmidrule(lr){2-3}" : "", out);
    for (unsigned g = 0; g < m->groups; g++)
        fprintf(out, "\\cmidrule(lr){%u-%u}", m->group[g].first + own + 2,
                m->group[g].first + m->group[g].count + own + 1);
    fputs("\nOperation", out);
    for (unsigned i = 0; i < own; i++)
        fprintf(out, " & %s", kind->published[i]);
    for (unsigned c = 0; c < m->columns; c++) {
        fputs(" & ", out);
        model_mode(m, c, mode);
        latex(mode, out);
    }
    fputs(" \\\\\n", out);
}

/* "-" is a dash of its own. */
static void latex_cell(const char *text, bool good, FILE *out)
{
    fputs(good ? " & " : " & \\textbf{", out);
    latex(strcmp(text, "-") == 0 ? "--" : text, out);
    fputs(good ? "" : "}", out);
}

static void latex_part(const struct table_kind *kind, const struct model *m, enum table_part part, FILE *out)
{
    char text[TABLE_CELL];
    fprintf(out, "\\midrule\n\\multicolumn{%u}{@{}l}{\\emph{%s", m->columns + published(kind) + 1,
            part_name(kind, part));
    if (part == TABLE_COSTS)
        latex(unit_of(m), out);
    fputs("}} \\\\\n", out);
    for (size_t i = 0; i < kind->rows; i++) {
        if (!kind->row[i].workload && part != TABLE_COSTS)
            continue;
        latex(kind->row[i].name, out);
        if (note_of(kind, i) && part == TABLE_COSTS)
            fprintf(out, "\\textsuperscript{%u}", note_of(kind, i));
        for (unsigned p = 0; p < published(kind); p++) {
            table_published(&kind->row[i], p, part, text);
            latex_cell(text, true, out);
        }
        for (unsigned c = 0; c < m->columns; c++) {
            bool good = table_text(&kind->row[i], m, c, part, text);
            latex_cell(text, good, out);
        }
        fputs(" \\\\\n", out);
    }
}

void table_write_latex(const struct table_kind *kind, const struct model *m, const char *name, FILE *out)
{
    char source[400];
    fprintf(out, "%% %s.tex: %s. Made by pvbench figure.\n%% It needs \\usepackage{booktabs}.\n\\begin{tabular}{@{}l",
            name, kind->what);
    for (unsigned c = 0; c < m->columns + published(kind); c++)
        fputc('r', out);
    fputs("@{}}\n\\toprule\n", out);
    latex_heads(kind, m, out);
    for (enum table_part part = TABLE_COSTS; part < TABLE_PARTS; part++)
        if (table_has(kind, m, part))
            latex_part(kind, m, part, out);
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
    fputs(". The cost of the empty loop is included; bold: other entries than expected.", out);
    if (kind->source) {
        fputc(' ', out);
        latex(kind->source, out);
        fputc('.', out);
    }
    fputs("\\par}\n", out);
}

static void markdown_row(const struct table_kind *kind, size_t i, const struct model *m, enum table_part part,
                         FILE *out)
{
    char text[TABLE_CELL];
    fprintf(out, "| %s", kind->row[i].name);
    if (part == TABLE_COSTS && note_of(kind, i))
        fprintf(out, " <sup>%u</sup>", note_of(kind, i));
    for (unsigned p = 0; p < published(kind); p++) {
        table_published(&kind->row[i], p, part, text);
        fprintf(out, " | %s", text);
    }
    for (unsigned c = 0; c < m->columns; c++) {
        bool good = table_text(&kind->row[i], m, c, part, text);
        fputs(good ? " | " : " | **", out);
        table_markdown_text(text, out);
        fputs(good ? "" : "**", out);
    }
    fputs(" |\n", out);
}

static void markdown_heads(const struct table_kind *kind, const struct model *m, FILE *out)
{
    char mode[MODEL_MODE];
    fputs("| operation", out);
    for (unsigned p = 0; p < published(kind); p++)
        fprintf(out, " | %s", kind->published[p]);
    for (unsigned c = 0; c < m->columns; c++) {
        fputs(" | ", out);
        table_markdown_text(m->column[c].hypervisor, out);
        fputc(' ', out);
        model_mode(m, c, mode);
        table_markdown_text(mode, out);
        fputs(", ", out);
        table_markdown_text(m->column[c].machine, out);
    }
    fputs(" |\n|---", out);
    for (unsigned c = 0; c < m->columns + published(kind); c++)
        fputs("|---:", out);
    fputs("|\n", out);
}

static void markdown_part(const struct table_kind *kind, const struct model *m, enum table_part part, FILE *out)
{
    fprintf(out, "%s%s%s:\n\n", part == TABLE_COSTS ? "" : "\n", part_name(kind, part),
            part == TABLE_COSTS ? unit_of(m) : "");
    markdown_heads(kind, m, out);
    for (size_t i = 0; i < kind->rows; i++)
        if (kind->row[i].workload || part == TABLE_COSTS)
            markdown_row(kind, i, m, part, out);
}

void table_write_markdown(const struct table_kind *kind, const struct model *m, FILE *out)
{
    char source[400];
    for (enum table_part part = TABLE_COSTS; part < TABLE_PARTS; part++)
        if (table_has(kind, m, part))
            markdown_part(kind, m, part, out);
    fputc('\n', out);
    for (size_t i = 0; i < kind->rows; i++)
        if (note_of(kind, i))
            fprintf(out, "<sup>%u</sup> %s.  \n", note_of(kind, i), kind->row[i].note);
    figure_source(m, source, sizeof(source));
    fputs("\nSuite ", out);
    table_markdown_text(m->result->suite, out);
    fputs(" on ", out);
    table_markdown_text(source, out);
    fputs(". The cost of the empty loop is included; bold: other entries than expected.", out);
    fprintf(out, "%s%s%s\n", kind->source ? " " : "", kind->source ? kind->source : "", kind->source ? "." : "");
}
