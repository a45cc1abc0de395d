/*
 * explain_against.c: what changed from one explanation to another, function by function. The rows of an operation sum
 * up to its difference.
 *
 * Functions are the same that have the same name and owner (explain_names.c). Where a function is new, or gone, and
 * another that called it changed the other way round, it may have been inlined, or split off: that is said, not
 * decided.
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/common/table.h"
#include "reports/explain/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct side {
    const struct explain_function *function;
    const char *caller; /* "": nobody's */
    double self, entered;
    bool is_there;
};

struct change {
    struct side before, now;
};

struct changes {
    struct change *change;
    size_t count;
};

static const struct explain_function *function_of(const struct change *c)
{
    return c->now.is_there ? c->now.function : c->before.function;
}

static struct change *change_of(struct changes *all, const struct explain_function *f)
{
    for (size_t i = 0; i < all->count; i++)
        if (explain_is_same(function_of(&all->change[i]), f))
            return &all->change[i];
    return &all->change[all->count++];
}

static void take(struct changes *all, const struct explain_run *run, const struct explain_region *region,
                 double operations, bool is_now)
{
    size_t count;
    struct explain_row *rows = explain_rows(run, region, &count);
    for (size_t i = 0; i < count; i++) {
        const struct explain_function *f = &run->function[rows[i].function];
        struct change *c = change_of(all, f);
        struct side *s = is_now ? &c->now : &c->before;
        if (!s->is_there)
            *s = (struct side){.function = f,
                               .caller = rows[i].caller == rows[i].function ? "" : run->function[rows[i].caller].name,
                               .is_there = true};
        s->self += (double)rows[i].self / operations;
        s->entered += (double)rows[i].entered / operations;
    }
    free(rows);
}

static double difference(const struct change *c)
{
    return c->now.self - c->before.self;
}

static int larger_first(const void *a, const void *b)
{
    const double x = fabs(difference(a)), y = fabs(difference(b));
    if (x != y)
        return x > y ? -1 : 1;
    return strcmp(function_of(a)->name, function_of(b)->name);
}

/* The function that called it, if that changed the other way round. */
static const struct change *other_way(const struct changes *all, const struct change *c)
{
    const char *caller = c->now.is_there ? c->now.caller : c->before.caller;
    for (size_t i = 0; i < all->count; i++) {
        const struct change *of = &all->change[i];
        const size_t size = explain_source_name(function_of(of)->name);
        if (of->now.is_there && of->before.is_there && size == explain_source_name(caller) &&
            strncmp(function_of(of)->name, caller, size) == 0)
            return difference(of) * difference(c) < 0 ? of : NULL;
    }
    return NULL;
}

/* What the two sides are called, and a function that is on one of them alone. */
struct sides {
    const char *before, *now, *only_before, *only_now;
};
static const struct sides builds = {"before", "now", "gone", "new"};
static const struct sides iterations = {"shortest", "longest", "not in the longest", "not in the shortest"};

static void why(const struct changes *all, const struct change *c, const struct sides *sides, char *into, size_t size)
{
    into[0] = 0;
    if (c->now.is_there && c->before.is_there) {
        if (c->now.entered != c->before.entered)
            text_format(into, size, "entered %.4g times, was %.4g", c->now.entered, c->before.entered);
        return;
    }
    text_format(into, size, "%s", c->now.is_there ? sides->only_now : sides->only_before);
    const struct change *of = sides == &builds ? other_way(all, c) : NULL;
    if (of)
        text_append(into, size, "; perhaps %s %s (%+.4g)", c->now.is_there ? "split off" : "inlined into",
                    function_of(of)->name, difference(of));
}

/* `total`: of which a share is shown. */
static void print_changes(const struct changes *all, const struct explain_choice *c, double total,
                          const struct sides *sides, FILE *out)
{
    double rest = 0;
    size_t others = 0;
    struct table t;
    table_start(&t);
    table_column(&t, "", "change", true);
    table_column(&t, "", sides->before, true);
    table_column(&t, "", sides->now, true);
    table_column(&t, "", "function", false);
    table_column(&t, "", "of", false);
    table_column(&t, "", "", false);
    for (size_t i = 0; i < all->count; i++) {
        const struct change *of = &all->change[i];
        if (fabs(difference(of)) < 0.0005)
            continue;
        if (fabs(difference(of)) < c->least * total) {
            rest += difference(of);
            others++;
            continue;
        }
        char words[160];
        const size_t row = table_row(&t);
        why(all, of, sides, words, sizeof(words));
        table_set(&t, row, 0, "%+.10g", explain_thousandth(difference(of)));
        table_set(&t, row, 1, "%.10g", explain_thousandth(of->before.self));
        table_set(&t, row, 2, "%.10g", explain_thousandth(of->now.self));
        table_set(&t, row, 3, "%s", function_of(of)->name);
        table_set(&t, row, 4, "%s", function_of(of)->owner);
        table_set(&t, row, 5, "%s", words);
    }
    if (others) {
        const size_t row = table_row(&t);
        table_set(&t, row, 0, "%+.10g", explain_thousandth(rest));
        table_set(&t, row, 3, "%zu other%s", others, others > 1 ? "s" : "");
    }
    table_print(&t, TABLE_TEXT, out);
    fputc('\n', out);
    table_free(&t);
}

static void sort(struct changes *all)
{
    qsort(all->change, all->count, sizeof(*all->change), larger_first);
}

/* The largest first; the caller frees the list. */
static struct changes changes_of(const struct explain_run *run, const struct explain_bench *b,
                                 const struct explain_run *base_run, const struct explain_bench *base, unsigned region)
{
    struct changes all = {.change = memory_zeroed(run->functions + base_run->functions + 1, sizeof(struct change))};
    take(&all, base_run, &base->region[region], explain_operations(base, region), false);
    take(&all, run, &b->region[region], explain_operations(b, region), true);
    sort(&all);
    return all;
}

static void compare(const struct explain_run *run, const struct explain_bench *b, const struct explain_run *base_run,
                    const struct explain_bench *base, const struct explain_choice *c, FILE *out)
{
    const unsigned region = explain_region(c);
    const double before = (double)base->region[region].instructions / explain_operations(base, region);
    const double now = (double)b->region[region].instructions / explain_operations(b, region);
    struct changes all = changes_of(run, b, base_run, base, region);
    if (all.count && difference(&all.change[0]) != 0) {
        fprintf(out, "%s on %s%s: %+.10g instructions an operation (%.10g, was %.10g%s%s)\n\n", b->label, run->setting,
                c->cold ? ", the first operation" : "", explain_thousandth(now - before), explain_thousandth(now),
                explain_thousandth(before), c->before ? " on " : "", c->before ? base_run->setting : "");
        print_changes(&all, c, now > before ? now : before, &builds, out);
    } else {
        fprintf(out, "%s on %s%s: the same in every function\n\n", b->label, run->setting,
                c->cold ? ", the first operation" : "");
    }
    free(all.change);
}

struct against {
    const struct explanation *base;
    FILE *out;
};

static void compare_with(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                         void *with)
{
    const struct against *a = with;
    const struct explain_run *base_run;
    const struct explain_bench *before = explain_find_before(a->base, c, run, b->label, &base_run);
    if (before)
        compare(run, b, base_run, before, c, a->out);
    else
        fprintf(a->out, "%s on %s: not in the other explanation\n\n", b->label, run->setting);
}

void explain_against(const struct explanation *x, const struct explanation *base, const struct explain_choice *c,
                     FILE *out)
{
    explain_each(x, c, compare_with, &(struct against){base, out});
}

void explain_in_short(const struct explanation *x, const struct explanation *base, const char *setting,
                      const char *workload, char *into, size_t size)
{
    enum { NAMED = 3 };
    const struct explain_run *run, *base_run;
    const struct explain_bench *now = explain_find(x, setting, workload, &run),
                               *before = explain_find(base, setting, workload, &base_run);
    double rest = 0;
    size_t others = 0;
    into[0] = 0;
    if (!now || !before)
        return;
    struct changes all = changes_of(run, now, base_run, before, EXPLAIN_STEADY);
    for (size_t i = 0; i < all.count; i++) {
        const struct change *of = &all.change[i];
        if (fabs(difference(of)) < 0.0005)
            continue;
        if (i >= NAMED) {
            rest += difference(of);
            others++;
            continue;
        }
        text_append(into, size, "%s%.*s %+.10g%s", i ? ", " : "", (int)explain_source_name(function_of(of)->name),
                    function_of(of)->name, explain_thousandth(difference(of)),
                    !of->now.is_there      ? " (gone)"
                    : !of->before.is_there ? " (new)"
                                           : "");
    }
    if (others)
        text_append(into, size, ", %zu other%s %+.10g", others, others > 1 ? "s" : "", explain_thousandth(rest));
    free(all.change);
}

static void spread_of(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                      void *with)
{
    FILE *out = with;
    const struct explain_region *r = &b->region[EXPLAIN_STEADY];
    const double operations = (double)b->ops;
    if (!r->shortest || !r->longest) {
        if (explain_names_workload(c))
            fprintf(out, "%s on %s: all iterations are alike\n\n", b->label, run->setting);
        return;
    }
    const double least = (double)r->shortest->instructions / operations,
                 most = (double)r->longest->instructions / operations;
    struct changes all = {.change = memory_zeroed(2 * run->functions + 1, sizeof(struct change))};
    take(&all, run, r->shortest, operations, false);
    take(&all, run, r->longest, operations, true);
    sort(&all);
    fprintf(out, "%s on %s: from %.10g to %.10g instructions an operation\n\n", b->label, run->setting,
            explain_thousandth(least), explain_thousandth(most));
    print_changes(&all, c, most, &iterations, out);
    free(all.change);
}

void explain_spread(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    explain_each(x, c, spread_of, out);
}
