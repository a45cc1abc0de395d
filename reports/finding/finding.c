/* finding.c: which mode pays how many times for what; finding.h says what that means. */
#include "reports/finding/finding.h"
#include "reports/finding/finding_company.h"
#include "reports/finding/finding_variants.h"

#include "common/memory.h"
#include "common/text.h"
#include "reports/common/number.h"
#include "reports/result/groups.h"
#include "reports/result/variants.h"
#include "reports/result/vcpus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX 48
#define NAMED_MAX  7 /* groups in a list; the others are counted */

/* The modes of a hypervisor. Where a suite starts it in several ways, these are the modes as it ships; where its guests
 * differ in their vCPUs, those with the most. */
struct modes {
    const struct model *m;
    unsigned column[MODEL_COLUMNS_MAX], count;
};

/* A group of workloads, in one mode. */
struct work {
    char words[GROUP_WORDS];
    size_t place;
    double least, most; /* multiples of the cheapest mode's cost */
};

struct account {
    struct work work[GROUPS_MAX];
    unsigned works;
    size_t compared; /* workloads that another mode has, too */
    size_t contrary; /* of which the medians and the means say different things */
    const char *first_contrary;
};

void finding_subject(const struct model *m, const struct model_group *g, char *into, size_t size)
{
    const struct model_column *c = &m->column[g->first];
    const bool lab = strcmp(c->machine, "lab") == 0;
    text_format(into, size, "%s%s%.40s%s%s", c->hypervisor, *c->run->version ? " " : "", c->run->version,
                lab ? "" : " on ", lab ? "" : c->machine);
}

/* The cheapest of the columns that can be compared with this one; -1: there is none. */
static int cheapest(const struct modes *s, size_t row, unsigned column)
{
    struct model_ratio ratio;
    int best = -1;
    for (unsigned i = 0; i < s->count; i++) {
        const unsigned c = s->column[i];
        if (c != column && model_over(s->m, row, column, c, &ratio) &&
            (best < 0 || model_at(s->m, row, c)->cost < model_at(s->m, row, (unsigned)best)->cost))
            best = (int)c;
    }
    return best;
}

static struct work *work_of(struct account *a, const char *workload)
{
    struct work new = {.least = INFINITY};
    unsigned at = a->works;
    new.place = group_of(workload, new.words);
    for (unsigned i = 0; i < a->works; i++)
        if (strcmp(a->work[i].words, new.words) == 0)
            return &a->work[i];
    if (a->works == GROUPS_MAX)
        return NULL;
    for (; at && a->work[at - 1].place > new.place; at--)
        a->work[at] = a->work[at - 1];
    a->work[at] = new;
    a->works++;
    return &a->work[at];
}

static void make_account(const struct modes *s, unsigned column, struct account *a)
{
    const struct model *m = s->m;
    *a = (struct account){.works = 0};
    for (size_t row = 0; row < m->rows; row++) {
        struct model_ratio ratio;
        int base = strcmp(m->row[row].name, "empty") == 0 ? -1 : cheapest(s, row, column);
        struct work *w = base < 0 ? NULL : work_of(a, m->row[row].name);
        if (!w || !model_over(m, row, column, (unsigned)base, &ratio))
            continue;
        a->compared++;
        if (ratio.held == 1 && model_mean_disagrees(ratio.median, ratio.mean))
            a->first_contrary = a->contrary++ ? a->first_contrary : m->row[row].label;
        w->least = fmin(w->least, fmax(1, ratio.held));
        w->most = fmax(w->most, fmax(1, ratio.held));
    }
}

static bool is_clear(const struct work *w)
{
    return w->least >= FINDING_CLEAR;
}

static bool is_some(const struct work *w)
{
    return !is_clear(w) && w->most > FINDING_EQUAL;
}

/* "system calls, faults and page tables" */
static void list(const struct account *a, bool (*takes)(const struct work *), FILE *out)
{
    unsigned all = 0, said = 0;
    for (unsigned i = 0; i < a->works; i++)
        all += takes(&a->work[i]);
    const unsigned named = all > NAMED_MAX ? NAMED_MAX - 1 : all;
    for (unsigned i = 0; i < a->works && said < named; i++)
        if (takes(&a->work[i])) {
            fprintf(out, "%s%s", said == 0 ? " " : said + 1 == all ? " and " : ", ", a->work[i].words);
            said++;
        }
    if (all > named)
        fprintf(out, " and %u more", all - named);
}

/* "11.3 to 81.2 times" */
static void range(double least, double most, FILE *out)
{
    char low[NUMBER_SIZE], high[NUMBER_SIZE];
    number_ratio(low, least);
    number_ratio(high, most);
    fprintf(out, strcmp(low, high) == 0 ? "%s times" : "%s to %s times", low, high);
}

/* True when anything was said. */
static bool say_part(const struct account *a, bool clear, bool more, const char *whose, FILE *out)
{
    bool (*takes)(const struct work *) = clear ? is_clear : is_some;
    double least = INFINITY, most = 0;
    for (unsigned i = 0; i < a->works; i++)
        if (takes(&a->work[i])) {
            least = fmin(least, a->work[i].least);
            most = fmax(most, a->work[i].most);
        }
    if (most <= 0)
        return false;
    fputs(more ? ", and " : " pays ", out);
    if (clear) {
        range(least, most, out);
    } else {
        fputs("up to ", out);
        range(most, most, out);
    }
    fprintf(out, "%s for", more ? "" : whose);
    list(a, takes, out);
    return true;
}

/* What there is to be held against. */
static void reference(const struct modes *s, unsigned column, char into[MODEL_MODE])
{
    if (s->count > 2)
        snprintf(into, MODEL_MODE, "the cheapest mode");
    else
        model_mode(s->m, s->column[column == s->column[0]], into);
}

/* Of what the multiples are, the first clause that has any says. True when it was this one. */
static bool say_mode(const struct modes *s, unsigned column, const struct account *a, bool first, FILE *out)
{
    char mode[MODEL_MODE], other[MODEL_MODE], whose[MODEL_MODE + 20] = "";
    model_mode(s->m, column, mode);
    reference(s, column, other);
    if (first)
        text_format(whose, sizeof(whose), " what %s does", other);
    fputs(mode, out);
    const bool clear = say_part(a, true, false, whose, out), some = say_part(a, false, clear, whose, out);
    if (!clear && !some)
        fprintf(out, " takes no more than %.0f %% more than %s in %s%zu workload%s", 100 * (FINDING_EQUAL - 1), other,
                a->compared == 1 ? "" : "any of ", a->compared, a->compared == 1 ? "" : "s");
    return clear || some;
}

/* The mean is not hidden where it turns the sentence around. */
static void say_contrary(const struct account *a, FILE *out)
{
    if (!a->contrary)
        return;
    fprintf(out, ". Which mode is cheaper, the medians and the means do not agree about in %s", a->first_contrary);
    if (a->contrary > 1)
        fprintf(out, " and %zu more", a->contrary - 1);
}

/* Of a mode that has nothing beside it: from the cheapest to the dearest operation. */
static bool say_alone(const struct model *m, unsigned column, const char *before, FILE *out)
{
    const struct model_cell *least = NULL, *most = NULL;
    char mode[MODEL_MODE], low[NUMBER_SIZE], high[NUMBER_SIZE];
    size_t least_row = 0, most_row = 0;
    for (size_t row = 0; row < m->rows; row++) {
        const struct model_cell *cell = model_at(m, row, column);
        if (!cell->has_cost || m->column[column].mixed_units || strcmp(m->row[row].name, "empty") == 0)
            continue;
        least_row = !least || cell->cost < least->cost ? row : least_row;
        most_row = !most || cell->cost > most->cost ? row : most_row;
        least = model_at(m, least_row, column);
        most = model_at(m, most_row, column);
    }
    if (!least)
        return false;
    model_mode(m, column, mode);
    number_cost(low, least->cost, m->column[column].exact);
    number_cost(high, most->cost, m->column[column].exact);
    fprintf(out, "%s%s takes %s", before, mode, low);
    if (least != most)
        fprintf(out, " (%s) to %s", m->row[least_row].label, high);
    fprintf(out, " %s (%s) for an operation", m->column[column].unit, m->row[most_row].label);
    return true;
}

/* The clauses; how many. */
static unsigned clauses(const struct modes *s, FILE *out)
{
    struct account a, contrary = {.works = 0};
    unsigned said = 0;
    bool first = true;
    for (unsigned i = 0; i < s->count; i++) {
        make_account(s, s->column[i], &a);
        if (!a.compared)
            continue;
        fputs(said ? "; " : "", out);
        first = !say_mode(s, s->column[i], &a, first, out) && first;
        said++;
        contrary = a.contrary > contrary.contrary ? a : contrary;
    }
    say_contrary(&contrary, out);
    if (said)
        return said;
    for (unsigned i = 0; i < s->count; i++)
        said += say_alone(s->m, s->column[i], said ? "; " : "", out);
    return said;
}

/* What is held against another way of the same mode is no mode of its own. */
static bool is_another_way(const struct variant *v, size_t n, unsigned column)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].column == column)
            return !variant_is_base(&v[i]);
    return false;
}

/* Nor is what is held against the same guest alone. */
static bool is_beside_others(const struct company *c, size_t n, unsigned column)
{
    for (size_t i = 0; i < n; i++)
        if (c[i].column == column)
            return c[i].has_base;
    return false;
}

static unsigned most_vcpus(const struct model *m, const struct model_group *g)
{
    unsigned most = 1;
    for (unsigned c = g->first; c < g->first + g->count; c++) {
        const unsigned n = vcpus_of(m->column[c].mode, NULL);
        most = n > most ? n : most;
    }
    return most;
}

char *finding_text(const struct model *m, const struct model_group *g)
{
    char *text = NULL;
    size_t size = 0;
    struct variant v[MODEL_COLUMNS_MAX];
    struct company beside[MODEL_COLUMNS_MAX];
    struct modes s = {.m = m};
    FILE *out = model_is_native(m, g->first) ? NULL : memory_stream(&text, &size);
    if (!out)
        return NULL;
    const size_t n = variants_find(m, v), companies = companies_find(m, beside);
    const unsigned most = most_vcpus(m, g);
    for (unsigned c = g->first; c < g->first + g->count; c++)
        if (!is_another_way(v, n, c) && !is_beside_others(beside, companies, c) &&
            vcpus_of(m->column[c].mode, NULL) == most)
            s.column[s.count++] = c;
    const unsigned said = clauses(&s, out);
    finding_variants(m, g, v, n, out);
    finding_company(m, g, beside, companies, out);
    fputc('.', out);
    if (fclose(out) == 0 && said)
        return text;
    free(text);
    return NULL;
}
