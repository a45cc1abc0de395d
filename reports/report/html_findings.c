/*
 * html_findings.c: the head of the page: what was measured, and what is to
 * be learned from it, in sentences. None is written before the numbers are
 * known: each is computed from the model, and left out where it does not hold.
 */
#include "common/text.h"
#include "reports/common/number.h"
#include "reports/finding/finding.h"
#include "reports/html/html.h"
#include "reports/print/report_cell.h"
#include "reports/report/html_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 6    /* workloads that a sentence names */
#define EQUAL     1.02 /* ratios below it, and above its inverse, are "about the same" */

struct tally {
    size_t measured, not_applicable, lost, asked;
    double entries; /* counted, in all boots */
    size_t counted;
};

static struct tally tally_of(const struct model *m)
{
    struct tally t = {0};
    for (size_t i = 0; i < m->rows * m->columns; i++) {
        const struct model_cell *cell = &m->cell[i];
        if (!cell->any)
            continue;
        t.asked++;
        if (cell->boots)
            t.measured++;
        else if (strcmp(cell->any->status, "not_applicable") == 0)
            t.not_applicable++;
        else
            t.lost++;
        if (cell->has_entries)
            t.entries += cell->entries * cell->all_operations;
        t.counted += cell->has_entries;
    }
    return t;
}

static void tile(const char *name, const char *value, const char *more, FILE *out)
{
    fprintf(out, "<div><dt>%s</dt><dd>", name);
    html_text(value, out);
    fputs("<small>", out);
    html_text(more, out);
    fputs("</small></dd></div>\n", out);
}

static void tiles(const struct model *m, const struct tally *t, FILE *out)
{
    char value[NUMBER_SIZE], more[120];
    const char *unit;
    bool exact = false, noisy = false, one = model_one_unit(m, &unit);
    for (unsigned i = 0; i < m->columns; i++) {
        exact = exact || (m->column[i].exact && *m->column[i].unit);
        noisy = noisy || (!m->column[i].exact && *m->column[i].unit);
    }
    fputs("<dl class=\"tiles\">\n", out);
    snprintf(value, sizeof(value), "%zu", m->rows);
    text_format(more, sizeof(more), "on %u hypervisor%s", m->groups, m->groups == 1 ? "" : "s");
    tile("workloads", value, more, out);
    snprintf(value, sizeof(value), "%u", m->columns);
    snprintf(more, sizeof(more), "in %zu boots", m->result->runs);
    tile("guests", value, more, out);
    snprintf(value, sizeof(value), "%zu of %zu", t->measured, t->asked);
    snprintf(more, sizeof(more), "%zu not applicable, %zu lost", t->not_applicable, t->lost);
    tile("measured", value, more, out);
    number_cost(value, t->entries, true);
    snprintf(more, sizeof(more), "counted in %zu of %zu", t->counted, t->measured);
    tile("entries", value, more, out);
    tile("costs", !noisy ? "exact" : exact ? "mixed" : "noisy", one ? unit : "in several units", out);
    fputs("</dl>\n", out);
}

/* "xen (PV, PVH and HVM, in the lab)" */
static void groups(const struct model *m, FILE *out)
{
    for (unsigned g = 0; g < m->groups; g++) {
        const struct model_group *group = &m->group[g];
        const struct model_column *c = &m->column[group->first];
        html_format(out, "%s%s %.40s (", g ? (g + 1 == m->groups ? " and " : ", ") : "", c->hypervisor,
                    c->run->version);
        for (unsigned i = 0; i < group->count; i++)
            html_format(out, "%s%s", i ? ", " : "", m->column[group->first + i].mode);
        html_format(out, "; %s)", strcmp(c->machine, "lab") == 0 ? "in the lab" : c->machine);
    }
}

static void measured(const struct model *m, FILE *out)
{
    bool lab = true, exact = true, noisy = true;
    fprintf(out, "<p>%zu workload%s, compiled once, ran as guests of ", m->rows, m->rows == 1 ? "" : "s");
    groups(m, out);
    fputs(". ", out);
    for (unsigned i = 0; i < m->columns; i++) {
        lab = lab && strcmp(m->column[i].machine, "lab") == 0;
        exact = exact && (m->column[i].exact || !*m->column[i].unit);
        noisy = noisy && (!m->column[i].exact || !*m->column[i].unit);
    }
    if (lab && exact)
        fputs("The lab's clock ticks once an instruction: a cost is a number of instructions, the same on every "
              "computer. "
              "It is not a time: the lab has no caches and no pipeline.",
              out);
    else if (!exact)
        fprintf(
            out,
            "Costs%s are noisy: each is a median over boots, and its interval stands beside it where there are boots "
            "enough.",
            noisy ? "" : " that were taken on a host");
    fputs("</p>\n", out);
}

static void code(const char *text, FILE *out)
{
    fputs("<code>", out);
    html_text(text, out);
    fputs("</code>", out);
}

struct ratios {
    size_t count, dearer, cheaper, contrary; /* contrary: the medians and the means say different things */
    double log_sum, mean_sum;
    struct model_ratio least, most; /* by what both hold */
    size_t least_row, most_row, contrary_row;
    size_t means;
};

/* 1 dearer, -1 cheaper, 0 about the same. */
static int side(double ratio)
{
    return ratio > EQUAL ? 1 : ratio < 1 / EQUAL ? -1 : 0;
}

static void add_ratio(struct ratios *r, const struct model_ratio *ratio, size_t row)
{
    const struct model_ratio even = {1, 1, 1};
    if (!r->count++) {
        r->least = r->most = even;
        r->least_row = r->most_row = row;
    }
    r->log_sum += log(ratio->median);
    r->mean_sum += ratio->mean > 0 ? log(ratio->mean) : 0;
    r->means += ratio->mean > 0;
    if (ratio->mean > 0 && side(ratio->median) != 0 && side(ratio->median) != side(ratio->mean)) {
        r->contrary_row = r->contrary++ ? r->contrary_row : row;
        return;
    }
    r->dearer += side(ratio->median) > 0;
    r->cheaper += side(ratio->median) < 0;
    if (ratio->held < r->least.held) {
        r->least = *ratio;
        r->least_row = row;
    }
    if (ratio->held > r->most.held) {
        r->most = *ratio;
        r->most_row = row;
    }
}

static struct ratios ratios_of(const struct model *m, const struct model_pair *pair)
{
    struct ratios r = {0};
    for (size_t row = 0; row < m->rows; row++) {
        struct model_ratio ratio;
        if (strcmp(m->row[row].name, "empty") != 0 && model_ratio(m, pair, row, &ratio))
            add_ratio(&r, &ratio, row);
    }
    return r;
}

static void name_group(const struct model *m, const struct model_group *g, FILE *out)
{
    char subject[200];
    finding_subject(m, g, subject, sizeof(subject));
    fputs("<strong>", out);
    html_text(subject, out);
    fputs("</strong>", out);
}

static double times(double ratio)
{
    return ratio > 1 ? ratio : 1 / ratio;
}

/* What the medians and the means both hold; and the larger one, where it is another. */
static void say_ratio(const struct model *m, const struct model_ratio *r, size_t row, FILE *out)
{
    char number[NUMBER_SIZE], other[NUMBER_SIZE];
    const bool by_mean = r->mean > 0 && r->held == r->mean;
    const double more = by_mean ? r->median : r->mean;
    number_ratio(number, times(r->held));
    html_format(out, " %s× %s in ", number, r->held > 1 ? "dearer" : "cheaper");
    code(m->row[row].label, out);
    if (r->mean <= 0 || times(more) < EQUAL * times(r->held))
        return;
    number_ratio(other, times(more));
    fprintf(out, by_mean ? " (in the mean; %s× in the median)" : " (in the median; %s× in the mean)", other);
}

static void contrary_finding(const struct model *m, const struct model_pair *pair, const struct ratios *r, FILE *out)
{
    struct model_ratio ratio;
    char median[NUMBER_SIZE], mean[NUMBER_SIZE];
    if (!r->contrary || !model_ratio(m, pair, r->contrary_row, &ratio))
        return;
    number_ratio(median, ratio.median);
    number_ratio(mean, ratio.mean);
    fprintf(out, " In %zu the median and the mean do not agree: %s of ", r->contrary, pair->name);
    code(m->row[r->contrary_row].label, out);
    fprintf(out, " is %s in the median and %s in the mean.\n", median, mean);
}

static void geomean_finding(const struct model_pair *pair, const struct ratios *r, FILE *out)
{
    char number[NUMBER_SIZE], mean[NUMBER_SIZE];
    double medians = exp(r->log_sum / (double)r->count), means = exp(r->mean_sum / (double)r->count);
    number_ratio(number, medians);
    number_ratio(mean, means);
    fprintf(out, ". Geometric mean of %s: %s", pair->name, number);
    if (r->means == r->count && model_mean_disagrees(medians, means))
        fprintf(out, " of the medians, %s of the means", mean);
    fputs(".\n", out);
}

static void ratio_finding(const struct model *m, const struct model_pair *pair, FILE *out)
{
    struct ratios r = ratios_of(m, pair);
    char over[MODEL_MODE], under[MODEL_MODE];
    if (!r.count)
        return;
    model_mode(m, pair->over, over);
    model_mode(m, pair->under, under);
    html_format(out, " %s is dearer than %s in %zu of %zu workloads, cheaper in %zu, and about the same in %zu", over,
                under, r.dearer, r.count, r.cheaper, r.count - r.dearer - r.cheaper - r.contrary);
    const bool most = side(r.most.held) > 0, least = side(r.least.held) < 0;
    if (most || least)
        fputs(": at the most it is", out);
    if (most)
        say_ratio(m, &r.most, r.most_row, out);
    fputs(most && least ? " and" : "", out);
    if (least)
        say_ratio(m, &r.least, r.least_row, out);
    geomean_finding(pair, &r, out);
    contrary_finding(m, pair, &r, out);
}

/* Workloads that enter the hypervisor in one mode and never in the other: where the difference comes from. */
static void entry_finding(const struct model *m, unsigned in, unsigned never, FILE *out)
{
    char mode[MODEL_MODE], other[MODEL_MODE];
    size_t found = 0;
    model_mode(m, in, mode);
    model_mode(m, never, other);
    for (size_t row = 0; row < m->rows; row++) {
        const struct model_cell *a = model_at(m, row, in), *b = model_at(m, row, never);
        if (!a->has_entries || !b->has_entries || a->entries <= 0 || b->entries > 0)
            continue;
        if (found == 0)
            html_format(out, " These enter the hypervisor in %s and never in %s:", mode, other);
        if (found++ < NAMED_MAX) {
            fputs(found > 1 ? ", " : " ", out);
            code(m->row[row].label, out);
        }
    }
    if (found > NAMED_MAX)
        fprintf(out, " and %zu more", found - NAMED_MAX);
    fputs(found ? ".\n" : "", out);
}

/* The kind of entry whose handler costs most, of those that happen once an operation or more. */
static void dearest_finding(const struct model *m, const struct model_group *g, FILE *out)
{
    const struct model_kind *most = NULL;
    size_t at_row = 0;
    unsigned at_column = 0;
    char number[NUMBER_SIZE], name[200];
    for (unsigned i = g->first; i < g->first + g->count; i++)
        for (size_t row = 0; row < m->rows; row++)
            for (size_t k = 0; k < model_at(m, row, i)->kinds; k++) {
                const struct model_kind *kind = &model_at(m, row, i)->kind[k];
                if (!kind->unit || kind->per_operation < 0.5 || (most && kind->mean <= most->mean))
                    continue;
                most = kind;
                at_row = row;
                at_column = i;
            }
    if (!most)
        return;
    number_cost(number, most->mean, most->exact);
    html_column(m, at_column, name, sizeof(name));
    fputs(" The entry that is dearest to handle is <code>", out);
    html_text(most->name, out);
    fputs("</code> of ", out);
    fputs("<code>", out);
    html_text(m->row[at_row].label, out);
    fputs("</code> in ", out);
    html_format(out, "%s: %s %s in the mean.", name, number, most->unit);
    fputc('\n', out);
}

/* Measurements whose handlers took longer than the operation: not a mistake, but the price of watching. */
static void watching_finding(const struct model *m, const struct model_group *g, FILE *out)
{
    const struct model_cell *worst = NULL;
    size_t found = 0, at_row = 0;
    unsigned at_column = 0;
    double most = 1;
    char handlers[NUMBER_SIZE], cost[NUMBER_SIZE], name[200];
    for (unsigned i = g->first; i < g->first + g->count; i++)
        for (size_t row = 0; row < m->rows; row++) {
            const struct model_cell *cell = model_at(m, row, i);
            if (!cell_is_watched(cell))
                continue;
            found++;
            if (cell_handlers(cell) / cell->mean < most)
                continue;
            most = cell_handlers(cell) / cell->mean;
            worst = cell;
            at_row = row;
            at_column = i;
        }
    if (!worst)
        return;
    number_cost(handlers, cell_handlers(worst), worst->exact);
    number_cost(cost, worst->mean, worst->exact);
    html_column(m, at_column, name, sizeof(name));
    fprintf(out, " In %zu measurement%s the handlers took longer than the operation, most of all in ", found,
            found == 1 ? "" : "s");
    code(m->row[at_row].label, out);
    html_format(out, " (%s: %s, where the operation takes %s in the mean): %s.", name, handlers, cost,
                cell_watching(m, at_column));
    fputc('\n', out);
}

/* How much of what was asked for a hypervisor could do. */
static void measured_finding(const struct model *m, const struct model_group *g, FILE *out)
{
    size_t asked = 0, good = 0;
    for (unsigned i = g->first; i < g->first + g->count; i++)
        for (size_t row = 0; row < m->rows; row++) {
            asked += model_at(m, row, i)->any != NULL;
            good += model_at(m, row, i)->boots > 0;
        }
    fprintf(out, " %zu of %zu measurements were taken.\n", good, asked);
}

/* What a reader must know before believing a number. */
static void warnings(const struct model *m, const struct tally *t, FILE *out)
{
    size_t differ = 0, missing = 0, named = 0;
    for (size_t i = 0; i < m->rows * m->columns; i++) {
        const struct model_cell *cell = &m->cell[i];
        bool costs = cell->costs && m->column[i % m->columns].exact && cell->boot[0] != cell->boot[cell->costs - 1];
        differ += costs || cell->entries_differ;
        missing += cell->missing != 0;
    }
    if (t->lost) {
        fprintf(out, "<li><strong class=\"bad\">Lost: %zu measurement%s</strong>", t->lost, t->lost == 1 ? "" : "s");
        for (size_t i = 0; i < m->rows * m->columns && named < NAMED_MAX; i++) {
            const struct model_cell *cell = &m->cell[i];
            char name[200];
            if (!cell->any || cell->boots || strcmp(cell->any->status, "not_applicable") == 0)
                continue;
            html_column(m, (unsigned)(i % m->columns), name, sizeof(name));
            html_format(out, "%s%s in %s %s", named++ ? ", " : ": ", m->row[i / m->columns].label, name,
                        cell->any->status);
        }
        fputs(t->lost > NAMED_MAX ? " and others.</li>\n" : ".</li>\n", out);
    }
    if (differ)
        fprintf(out, "<li><strong class=\"bad\">Boots differ</strong> in %zu measurements that should be exact.</li>\n",
                differ);
    if (missing)
        fprintf(
            out,
            "<li><strong class=\"bad\">Entries are missing</strong>: in %zu measurements the total and the kinds do "
            "not agree.</li>\n",
            missing);
    if (!t->lost && !differ && !missing && t->counted == t->measured && t->measured)
        fputs("<li><strong class=\"good\">Complete</strong>: nothing was lost, and every entry is of a known kind and "
              "adds "
              "up to the total.</li>\n",
              out);
}

/* What is to be decided by, before all else. */
static void opening(const struct model *m, FILE *out)
{
    bool ratios = false, any = false;
    for (unsigned g = 0; g < m->groups; g++) {
        char *text = finding_text(m, &m->group[g]);
        if (!text)
            continue;
        fputs(any ? "" : "<ul class=\"findings opening\">\n", out);
        any = true;
        fputs("<li>", out);
        name_group(m, &m->group[g], out);
        fputs(": ", out);
        html_text(text, out);
        fputs("</li>\n", out);
        ratios = ratios || m->group[g].count > 1;
        free(text);
    }
    fputs(any ? "</ul>\n" : "", out);
    if (any && ratios)
        fprintf(
            out,
            "<p class=\"soft\">Multiples are what the medians and the means both hold. A median and a mean disagree "
            "where one is more than %.0f %% above the other: then the smaller multiple stands here, and the notes "
            "to the tables have both.</p>\n",
            100 * (MODEL_MEAN_APART - 1));
}

void html_findings(const struct model *m, FILE *out)
{
    struct tally t = tally_of(m);
    fputs("<section aria-labelledby=\"summary\">\n<h2 id=\"summary\">Summary</h2>\n", out);
    opening(m, out);
    measured(m, out);
    tiles(m, &t, out);
    fputs("<ul class=\"findings\">\n", out);
    warnings(m, &t, out);
    for (unsigned g = 0; g < m->groups; g++) {
        fputs("<li>", out);
        name_group(m, &m->group[g], out);
        fputs(":", out);
        for (unsigned i = 0; i < m->group[g].pairs; i++) {
            const struct model_pair *pair = &m->group[g].pair[i];
            ratio_finding(m, pair, out);
            entry_finding(m, pair->over, pair->under, out);
            entry_finding(m, pair->under, pair->over, out);
        }
        dearest_finding(m, &m->group[g], out);
        watching_finding(m, &m->group[g], out);
        measured_finding(m, &m->group[g], out);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n</section>\n", out);
}
