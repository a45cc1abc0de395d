/* compare_words.c: a comparison in words: places, differences, the whole in one line. */
#include "common/text.h"
#include "reports/compare/compare.h"
#include "reports/common/number.h"
#include "reports/common/wrap.h"

#include <math.h>
#include <string.h>

#define NAMED_MAX 6 /* kinds that a sentence names */

void compare_place(const struct compare_cell *cell, char *into, size_t size)
{
    text_format(into, size, "%s %s on %s%s", cell->workload, cell->mode, cell->hypervisor,
                strcmp(cell->machine, "lab") == 0 ? "" : ", host");
}

const struct finding *compare_finding(const struct compare_cell *cell, enum metric metric)
{
    for (size_t i = 0; i < cell->findings; i++)
        if (cell->finding[i].metric == metric)
            return &cell->finding[i];
    return NULL;
}

/* "+1", "-412", "+.03": the digits of the difference, with its sign. */
static void signed_number(char into[NUMBER_SIZE + 1], double value, bool entries)
{
    char digits[NUMBER_SIZE];
    if (entries)
        number_entries(digits, fabs(value));
    else
        number_cost(digits, fabs(value), true);
    text_format(into, NUMBER_SIZE + 1, "%c%s", value < 0 ? '-' : '+', digits);
}

static void percent(char *into, size_t size, double base, double now)
{
    if (base == 0)
        snprintf(into, size, "from 0");
    else
        snprintf(into, size, "%+.2f%%", (now - base) / base * 100);
}

static bool differs(const struct finding *f)
{
    return (!*f->why || f->told) && (f->exact ? f->verdict != VERDICT_SAME : true);
}

static void separate(char *into, size_t size)
{
    if (*into)
        text_append(into, size, ", ");
}

static void say_entries(const struct compare_cell *cell, enum metric metric, char *into, size_t size)
{
    unsigned named = 0, more = 0;
    for (size_t i = 0; i < cell->findings; i++) {
        const struct finding *f = &cell->finding[i];
        char number[NUMBER_SIZE + 1];
        if (f->metric != metric || f->verdict == VERDICT_SAME)
            continue;
        if (named == NAMED_MAX) {
            more++;
            continue;
        }
        signed_number(number, f->now - f->base, true);
        separate(into, size);
        text_append(into, size, "%s %s", number, f->name);
        named++;
    }
    if (more)
        text_append(into, size, " and %u more kinds", more);
}

/* Those of the first operation, where they are not what the others show, too. */
static void say_cold_entries(const struct compare_cell *cell, char *into, size_t size)
{
    for (size_t i = 0, named = 0; i < cell->findings && named < NAMED_MAX; i++) {
        const struct finding *f = &cell->finding[i];
        const char *name = f->name + (strncmp(f->name, "cold ", 5) == 0 ? 5 : 0);
        char number[NUMBER_SIZE + 1];
        bool said = false;
        if (f->metric != METRIC_COLD_KIND || f->verdict == VERDICT_SAME)
            continue;
        for (size_t k = 0; k < cell->findings && !said; k++)
            said = cell->finding[k].metric == METRIC_KIND && strcmp(cell->finding[k].name, name) == 0 &&
                   cell->finding[k].now - cell->finding[k].base == f->now - f->base;
        if (said)
            continue;
        signed_number(number, f->now - f->base, true);
        separate(into, size);
        text_append(into, size, "%s %s in the first operation", number, name);
        named++;
    }
}

static void say_exact(const struct finding *f, const char *what, char *into, size_t size)
{
    char number[NUMBER_SIZE + 1], old[NUMBER_SIZE], new[NUMBER_SIZE], share[32];
    signed_number(number, f->now - f->base, metric_types[f->metric].entries);
    number_cost(old, f->base, true);
    number_cost(new, f->now, true);
    percent(share, sizeof(share), f->base, f->now);
    separate(into, size);
    text_append(into, size, "%s %s%s (%s to %s, %s)", number, f->unit, what, old, new, share);
}

static void say_noisy(const struct finding *f, char *into, size_t size)
{
    char old[NUMBER_SIZE], new[NUMBER_SIZE], share[32];
    number_cost(old, f->base, false);
    number_cost(new, f->now, false);
    percent(share, sizeof(share), f->base, f->now);
    separate(into, size);
    text_append(into, size, "%s %s %s (%s to %s", share, f->unit, f->metric == METRIC_COST ? "median" : "", old, new);
    if (f->noisy.interval.known)
        text_append(into, size, "; 95%% %+.2f%% to %+.2f%%", (f->noisy.interval.low - 1) * 100,
                    (f->noisy.interval.high - 1) * 100);
    text_append(into, size, ", p=%.2g, n=%zu+%zu)", f->noisy.adjusted, f->noisy.boots[0], f->noisy.boots[1]);
}

/* The median; else the first of the other figures that tells the difference. */
static void say_cost(const struct compare_cell *cell, char *into, size_t size)
{
    static const char *const what[] = {"", " in the mean", " in the minimum", " in the 99th percentile",
                                       " in the maximum"};
    const struct finding *moved = compare_finding(cell, METRIC_MOVED);
    bool said = false;
    if (moved) {
        separate(into, size);
        text_append(into, size, "%.0f samples with another cost, of the same mean", moved->now);
    }
    for (size_t i = 0; i < cell->findings; i++) {
        const struct finding *f = &cell->finding[i];
        bool other = f->metric == METRIC_COLD ? f->verdict != VERDICT_SAME : !said;
        if (f->metric > METRIC_COLD || !differs(f) || !other)
            continue;
        if (!f->exact)
            say_noisy(f, into, size);
        else
            say_exact(f, f->metric == METRIC_COLD ? " in the first operation" : what[f->metric], into, size);
        said = said || f->metric != METRIC_COLD;
    }
}

static void say_handlers(const struct compare_cell *cell, char *into, size_t size)
{
    unsigned named = 0;
    for (size_t i = 0; i < cell->findings && named < NAMED_MAX; i++) {
        const struct finding *f = &cell->finding[i];
        char number[NUMBER_SIZE + 1];
        if (f->metric != METRIC_HANDLER || f->verdict == VERDICT_SAME)
            continue;
        signed_number(number, f->now - f->base, false);
        separate(into, size);
        text_append(into, size, "%s in %s", number, f->name);
        named++;
    }
}

void compare_sentence(const struct compare_cell *cell, char *into, size_t size)
{
    const struct finding *total = compare_finding(cell, METRIC_ENTRIES);
    *into = 0;
    if (*cell->why)
        text_append(into, size, "%s", cell->why);
    size_t before = strlen(into);
    say_entries(cell, METRIC_KIND, into, size);
    say_entries(cell, METRIC_DETAIL, into, size);
    bool by_kind = strlen(into) > before;
    say_cold_entries(cell, into, size);
    if (total && !*total->why && !total->exact && total->verdict != VERDICT_SAME)
        say_noisy(total, into, size);
    else if (total && !*total->why && total->verdict != VERDICT_SAME && !by_kind)
        say_exact(total, "", into, size);
    say_cost(cell, into, size);
    say_handlers(cell, into, size);
    if (*cell->where)
        text_append(into, size, ": %s", cell->where);
    for (size_t i = 0; i < cell->findings; i++) {
        if (!*cell->finding[i].why)
            continue;
        separate(into, size);
        text_append(into, size, "%s%s: %s", cell->finding[i].told ? "no verdict on " : "", cell->finding[i].name,
                    cell->finding[i].why);
    }
    if (*cell->held) {
        separate(into, size);
        text_append(into, size, "%s", cell->held);
    }
    if (!*into)
        text_append(into, size, "no difference");
}

bool compare_next_build(const struct comparison *c, unsigned *column, char *into, size_t size)
{
    const struct model *base = &c->model[0], *now = &c->model[1];
    for (; *column < now->columns && !c->settings[0]; ++*column) {
        const struct model_column *of = &now->column[*column];
        int old = comparable_column(base, of->setting);
        char build[240];
        if (old < 0 || !comparable_builds(base, (unsigned)old, now, *column, build, sizeof(build)))
            continue;
        text_format(into, size, "%.20s: %s", of->mode, build);
        ++*column;
        return true;
    }
    return false;
}

void compare_verdicts(const size_t verdicts[VERDICTS], int status, const char *nothing, char *into, size_t size)
{
    static const char *const words[VERDICTS] = {"the same",           "better",       "changed",
                                                "worse within limit", "inconclusive", "worse"};
    const char *before = ": ";
    for (int i = VERDICTS; i-- > 0;)
        if (verdicts[i]) {
            text_append(into, size, "%s%zu %s", before, verdicts[i], words[i]);
            before = ", ";
        }
    text_append(into, size, "; %s", status == 0 ? "no regression" : status == 3 ? "REGRESSION" : "INCONCLUSIVE");
    if (nothing && status != 0 && status != 3)
        text_append(into, size, ": %s", nothing);
}

void compare_summary(const struct comparison *c, char *into, size_t size)
{
    *into = 0;
    text_append(into, size, "%zu workloads compared", c->compared);
    compare_verdicts(c->verdicts, compare_status(c), c->compared ? NULL : "nothing was measured in both", into, size);
}

const char *compare_verdict_word(int status)
{
    return status == 0 ? "no regression" : status == 3 ? "regression" : "inconclusive";
}
