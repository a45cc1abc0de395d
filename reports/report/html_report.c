/* html_report.c: the page of a result, from its top to its foot; html_report.h says what is on it. */
#include "reports/report/html_report.h"
#include "common/text.h"
#include "reports/common/number.h"
#include "reports/explain/flame.h"
#include "reports/html/html.h"
#include "reports/print/report_cell.h"
#include "reports/result/parts.h"

#include <stdlib.h>
#include <string.h>

#define FUNCTIONS "functions" /* the part that a result without an explanation has not */

void html_column(const struct model *m, unsigned column, char *into, size_t size)
{
    const struct model_column *c = &m->column[column];
    bool machines = false;
    char mode[MODEL_MODE];
    for (unsigned i = 1; i < m->columns; i++)
        machines = machines || strcmp(m->column[i].machine, m->column[0].machine) != 0;
    model_mode(m, column, mode);
    text_format(into, size, "%s %s%s%s", c->hypervisor, mode, machines ? ", " : "", machines ? c->machine : "");
}

/* --- tables ---------------------------------------------------------------------- */

/* As many hypervisors side by side as a table can hold. */
static void tables(const struct model *m, unsigned parts, const char *caption, struct notes *notes, FILE *out)
{
    struct report_slice slices[MODEL_COLUMNS_MAX];
    size_t count = report_cut(m, slices);
    if (parts & REPORT_NATIVE)
        count = report_with_native(m, slices, count);
    for (size_t done = 0, n; done < count; done += n) {
        struct table t;
        unsigned columns = 1;
        for (n = 0; done + n < count && columns + slices[done + n].count + MODEL_PAIRS_MAX <= TABLE_COLUMNS_MAX; n++)
            columns += slices[done + n].count + MODEL_PAIRS_MAX;
        report_costs_table(m, slices + done, n, parts, notes, &t);
        html_table(&t, &(struct html_table){.caption = caption, .link = "w-", .notes = notes, .sortable = true}, out);
        table_free(&t);
    }
}

static bool any_cold(const struct model *m)
{
    for (size_t i = 0; i < m->rows * m->columns; i++)
        if (m->cell[i].has_cold)
            return true;
    return false;
}

static void parts_table(const struct model *m, struct notes *notes, FILE *out)
{
    struct table t;
    report_parts_table(m, &t);
    if (t.rows) {
        const char *unit = parts_unit(m);
        bool timed = unit && strcmp(unit, "instructions") != 0;
        fprintf(out, "<h2 id=\"parts\">Whose the %s</h2>\n<p>%s</p>\n", timed ? "time is" : "instructions are",
                report_parts_words(m));
        html_table(&t,
                   &(struct html_table){.caption = timed ? "Time of one operation, mean"
                                                         : "Instructions of one operation, mean",
                                        .notes = notes},
                   out);
    }
    table_free(&t);
}

static void all_tables(const struct model *m, const struct report_options *o, struct notes *notes, FILE *out)
{
    const char *unit;
    char caption[200];
    bool one = model_one_unit(m, &unit);
    text_format(caption, sizeof(caption),
                "Cost of one operation: %.40s, median. A ratio above 1: the mode named first is dearer.",
                one ? unit : "in the unit of the column");
    fputs("<h2 id=\"costs\">Costs</h2>\n<p>", out);
    fputs(o->subtracted ? "The row <code>empty</code> has been subtracted from the others, iteration by iteration."
                        : "The row <code>empty</code> is the cost of the loop itself, which the others include.",
          out);
    fputs(" A workload's name leads to its entries.</p>\n", out);
    tables(m, REPORT_COSTS | REPORT_RATIOS, caption, notes, out);
    tables(m, REPORT_NATIVE, "The same as multiples of the cost without a hypervisor (native)", notes, out);
    fputs("<h2 id=\"entries\">Entries</h2>\n<p>Ways into the hypervisor, per operation: F forwarded events, H "
          "hypercalls, "
          "E emulated instructions, X VM exits.</p>\n",
          out);
    tables(m, REPORT_ENTRIES, "Entries into the hypervisor per operation, by class", notes, out);
    parts_table(m, notes, out);
    html_variants(m, out);
    html_guests(m, out);
    html_saves(m, out);
    if (!any_cold(m))
        return;
    fputs("<details>\n<summary>Cost of the first operation (cold)</summary>\n", out);
    tables(m, REPORT_COLD, "Cost of the first operation after the boot", notes, out);
    fputs("</details>\n", out);
}

/* --- workloads ------------------------------------------------------------------- */

/* "minivisor PV 818, HVM 88" */
static void in_short(const struct model *m, size_t row, FILE *out)
{
    const char *said = "";
    for (unsigned i = 0; i < m->columns; i++) {
        const struct model_cell *cell = model_at(m, row, i);
        char cost[NUMBER_SIZE];
        bool bad;
        const char *absence = cell_absence(cell, &bad);
        if (!absence)
            number_cost(cost, cell->cost, m->column[i].exact);
        if (i && strcmp(said, m->column[i].hypervisor) == 0)
            fputs(", ", out);
        else
            html_format(out, "%s%s ", i ? "; " : "", m->column[i].hypervisor);
        said = m->column[i].hypervisor;
        html_format(out, "%s %s", m->column[i].mode, absence ? absence : cost);
    }
}

/* A copy without what is 0 or empty, also for having nothing left but how it would be counted. NULL: nothing is left.
 */
static json_t *without_zeros(const json_t *object)
{
    const char *key;
    json_t *value, *rest = json_object();
    bool any = false;
    json_object_foreach((json_t *)object, key, value)
    {
        bool label = strcmp(key, "unit") == 0 || strcmp(key, "class") == 0 || strcmp(key, "isa") == 0;
        json_t *copy = json_is_object(value) ? without_zeros(value) : json_incref(value);
        if (copy && json_is_number(copy) && json_number_value(copy) == 0) {
            json_decref(copy);
            copy = NULL;
        }
        any = any || (copy && !label);
        if (copy)
            json_object_set_new(rest, key, copy);
    }
    if (any)
        return rest;
    json_decref(rest);
    return NULL;
}

/* What was measured beside costs and entries: as the result has it. */
static void beside(const struct model *m, size_t row, FILE *out)
{
    enum { PMU, HOST_SIDE, HOST };
    static const struct {
        const char *key, *title;
    } parts[] = {[PMU] = {"pmu", "Hardware counters (PMU)"},
                 [HOST_SIDE] = {"host_side", "On the hypervisor's side, beside the entries; what is not named is 0"},
                 [HOST] = {"host", "Measured by the host"}};
    for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
        bool titled = false;
        for (unsigned i = 0; i < m->columns; i++) {
            const json_t *whole = json_object_get(model_document(m, row, i), parts[p].key);
            json_t *value = p == HOST_SIDE ? without_zeros(whole) : json_incref((json_t *)whole);
            char name[200];
            if (!json_is_object(value) || !json_object_size(value)) {
                json_decref(value);
                continue;
            }
            if (!titled)
                fprintf(out, "<details class=\"aside\">\n<summary>%s</summary>\n", parts[p].title);
            titled = true;
            html_column(m, i, name, sizeof(name));
            fputs("<h4>", out);
            html_text(name, out);
            fputs("</h4>\n", out);
            html_facts(value, 4, out);
            json_decref(value);
        }
        fputs(titled ? "</details>\n" : "", out);
    }
}

/* The spread of one workload's cost: what one number cannot say. */
static void costs(const struct model *m, size_t row, struct notes *notes, FILE *out)
{
    static const char *const heads[] = {"median", "least", "most", "first", "samples", "distinct", "boots"};
    struct table t;
    char caption[200], name[200];
    table_start(&t);
    table_column(&t, "", "guest", false);
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        table_column(&t, "", heads[i], true);
    for (unsigned i = 0; i < m->columns; i++) {
        const struct model_cell *cell = model_at(m, row, i);
        char number[NUMBER_SIZE];
        size_t at = table_row(&t);
        html_column(m, i, name, sizeof(name));
        table_set(&t, at, 0, "%s", name);
        cell_cost(m, i, row, notes, &t, at, 1);
        cell_cold(m, i, row, notes, &t, at, 4);
        if (!cell->has_cost)
            continue;
        number_cost(number, cell->low, m->column[i].exact);
        table_set(&t, at, 2, "%s", number);
        number_cost(number, cell->high, m->column[i].exact);
        table_set(&t, at, 3, "%s", number);
        table_set(&t, at, 5, "%.0f", cell->samples);
        table_set(&t, at, 6, "%zu", cell->distinct);
        table_set(&t, at, 7, "%u", cell->costs);
    }
    text_format(caption, sizeof(caption), "Cost of %.96s per operation: its spread, and the first operation",
                m->row[row].label);
    html_table(&t, &(struct html_table){.caption = caption, .notes = notes}, out);
    table_free(&t);
}

void html_workloads(const struct model *m, struct notes *notes, FILE *out)
{
    fputs("<section class=\"workloads\">\n<h2 id=\"workloads\">Workloads</h2>\n<p>Every kind of entry of every "
          "workload, with what its handler in the "
          "hypervisor cost.</p>\n<div class=\"tools\" data-fold=\"details.workload\"></div>\n",
          out);
    for (size_t row = 0; row < m->rows; row++) {
        struct table t;
        char caption[200];
        report_kinds_head(m, &t);
        report_kinds_rows(m, row, notes, &t);
        fputs("<details class=\"workload\" ", out);
        html_id("id=\"w-", m->row[row].label, out);
        fputs("\">\n<summary>", out);
        html_text(m->row[row].label, out);
        fputs("<small>", out);
        in_short(m, row, out);
        fputs("</small></summary>\n", out);
        text_format(caption, sizeof(caption), "Entries of %.96s per operation, by kind", m->row[row].label);
        html_table(&t, &(struct html_table){.caption = caption, .notes = notes, .first = 1}, out);
        costs(m, row, notes, out);
        beside(m, row, out);
        fputs("</details>\n", out);
        table_free(&t);
    }
    fputs("</section>\n", out);
}

/* --- the page --------------------------------------------------------------------- */

static void head(const struct model *m, bool is_explained, FILE *out)
{
    const struct result *r = m->result;
    char revision[REVISION_TEXT];
    fputs("<header>\n<h1>What virtualization costs: ", out);
    html_text(r->suite, out);
    fputs("</h1>\n<p class=\"lead\">", out);
    html_format(out, "%.40s%spvbench %.40s", *r->date ? r->date : "date unknown", " · ",
                *r->pvbench ? r->pvbench : "?");
    if (*revision_text(r->revision, r->revision_unknown, revision))
        html_format(out, " · revision %s", revision);
    fputs("</p>\n</header>\n<nav aria-label=\"Parts of this page\">\n<ul>\n", out);
    static const char *const parts[][2] = {{"summary", "Summary"},         {"costs", "Costs"},
                                           {"entries", "Entries"},         {"figures", "Figures"},
                                           {FUNCTIONS, "Functions"},       {"workloads", "Workloads"},
                                           {"environment", "Environment"}, {"reproduce", "Reproduce"}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (is_explained || strcmp(parts[i][0], FUNCTIONS) != 0)
            fprintf(out, "<li><a href=\"#%s\">%s</a></li>\n", parts[i][0], parts[i][1]);
    fputs("</ul>\n</nav>\n", out);
}

/* Folded away, and on paper only what was unfolded: a flame graph is there to be walked through. */
static void functions(const struct model *m, const struct explanation *explained, FILE *out)
{
    const struct explain_choice all = {.filter = m->filter, .least = 0};
    fputs("<section class=\"" FUNCTIONS "\">\n<h2 id=\"" FUNCTIONS "\">Where the instructions are</h2>\n", out);
    explain_flames(explained, &all, "aside", out);
    fputs("</section>\n", out);
}

/* What no table has a column for, each with its first reason. */
static void unavailable(const struct model *m, FILE *out)
{
    json_t *said = model_unavailable(m);
    if (json_object_size(said)) {
        fputs("<h3>Not known</h3>\n", out);
        html_facts(said, 1, out);
    }
    json_decref(said);
}

void html_report(const struct model *m, const struct report_options *o, const struct html_figures *figures,
                 const struct explanation *explained, FILE *out)
{
    struct notes notes = {0};
    char title[160];
    text_format(title, sizeof(title), "pvbench: %.64s, %.40s", m->result->suite, m->result->date);
    html_begin(title, "costs", explained ? flame_css : "", out);
    head(m, explained, out);
    html_findings(m, out);
    all_tables(m, o, &notes, out);
    html_figures_print(figures, out);
    if (explained)
        functions(m, explained, out);
    html_workloads(m, &notes, out);
    html_notes(&notes, out);
    html_environment(m, out);
    unavailable(m, out);
    html_reproduce(m, out);
    fputs("<footer>Made by <code>pvbench report --format=html</code> from one result. This page needs no "
          "network.</footer>\n",
          out);
    html_end(out);
    notes_free(&notes);
}
