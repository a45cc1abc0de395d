/*
 * explain_paths.c: for each kind of entry of a setting, which functions outside of the guest it reaches, and the
 * shortest and the longest path that was seen.
 *
 * The explanation does not say which entry an instruction is for. Where an iteration enters the hypervisor once, all
 * that is executed outside of the guest is that entry's; how it came in, the result beside the explanation says. So a
 * kind is told by the workloads that take it alone, and it is said which kinds none of them does.
 */
#include "common/memory.h"
#include "reports/common/wrap.h"
#include "reports/explain/explain_paths.h"

#include <stdlib.h>
#include <string.h>

#define RARE  0.01 /* entries of other kinds, of an iteration: a tick of the host's that fell into it */
#define WIDTH 118u /* of a line */

/* --- what is alone ----------------------------------------------------------- */

static const struct result_benchmark *measured(const struct result *r, const char *setting, const char *label)
{
    for (size_t i = 0; i < r->runs; i++)
        for (size_t j = 0; j < r->run[i].benchmarks; j++) {
            const struct result_benchmark *b = &r->run[i].benchmark[j];
            char name[96];
            explain_label(name, sizeof(name), b->name, b->parameter);
            if (strcmp(r->run[i].setting, setting) == 0 && b->entries.known && strcmp(name, label) == 0)
                return b;
        }
    return NULL;
}

/* The kind that each iteration takes once, and nearly nothing else. */
static const struct result_kind *only_kind(const struct result_benchmark *b)
{
    const struct result_kind *only = NULL;
    double all = 0;
    for (size_t i = 0; i < b->entries.kinds; i++) {
        all += b->entries.kind[i].count;
        if (b->entries.kind[i].count == b->iterations)
            only = &b->entries.kind[i];
    }
    return only && all - only->count <= RARE * b->iterations ? only : NULL;
}

/* How often the guest was left in a region; of an extreme, in one iteration. */
static uint64_t times_left(const struct explain_region *r)
{
    uint64_t left = 0;
    for (size_t i = 0; i < r->nodes; i++)
        left += r->node[i].left;
    return left;
}

/* One iteration that has it alone, by both: the shortest, or any where all are alike. */
static const struct result_kind *alone(const struct result *r, const struct explain_run *run,
                                       const struct explain_bench *b)
{
    const struct explain_region *all = &b->region[EXPLAIN_STEADY];
    const struct result_benchmark *m = measured(r, run->setting, b->label);
    const bool is_once = all->shortest ? times_left(all->shortest) == 1 : times_left(all) == b->iterations;
    return m && is_once ? only_kind(m) : NULL;
}

/* --- one path ---------------------------------------------------------------- */

static uint64_t outside(const struct explain_run *run, const struct explain_region *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->nodes; i++)
        if (explain_whose(run->function[r->node[i].function].owner) != EXPLAIN_GUEST)
            sum += r->node[i].self;
    return sum;
}

static void mark(const struct explain_run *run, const struct explain_region *r, unsigned char *reached,
                 unsigned char bit)
{
    for (size_t i = 0; i < r->nodes; i++)
        if (explain_whose(run->function[r->node[i].function].owner) != EXPLAIN_GUEST)
            reached[r->node[i].function] |= bit;
}

enum { IN_SHORTEST = 1, IN_LONGEST = 2, IN_ANY = 4 };

/* The functions that were reached so. */
static void print_functions(const struct explain_run *run, const unsigned char *reached, unsigned char how,
                            const char *title, FILE *out)
{
    char *text;
    size_t size, count = 0, named = 0;
    for (size_t i = 0; i < run->functions; i++)
        count += reached[i] == how;
    if (!count)
        return;
    FILE *list = memory_stream(&text, &size);
    fprintf(list, "%s, %zu:", title, count);
    for (size_t i = 0; i < run->functions; i++)
        if (reached[i] == how)
            fprintf(list, "%s %s", named++ ? "," : "", run->function[i].name);
    fclose(list);
    fputs("    ", out);
    text_wrap(out, text, WIDTH, 4);
    free(text);
}

static void print_path(const struct explain_run *run, const struct explain_bench *b, const struct result_kind *k,
                       FILE *out)
{
    const struct explain_region *all = &b->region[EXPLAIN_STEADY];
    unsigned char *reached = memory_zeroed(run->functions, sizeof(*reached));
    fprintf(out, "%s %s on %s, by %s: ", result_classes[k->class], k->name, run->setting, b->label);
    mark(run, all, reached, IN_ANY);
    if (!all->shortest || !all->longest) {
        fprintf(out, "%.10g instructions outside of the guest, each time\n",
                (double)outside(run, all) / (double)b->iterations);
        print_functions(run, reached, IN_ANY, "reached", out);
    } else {
        const uint64_t left = times_left(all->longest);
        fprintf(out, "from %llu to %llu instructions outside of the guest\n",
                (unsigned long long)outside(run, all->shortest), (unsigned long long)outside(run, all->longest));
        if (left != 1)
            fprintf(out, "    the longest iteration has %llu entries, so it is not this one's path alone\n",
                    (unsigned long long)left);
        mark(run, all->shortest, reached, IN_SHORTEST);
        mark(run, all->longest, reached, IN_LONGEST);
        print_functions(run, reached, IN_ANY | IN_SHORTEST | IN_LONGEST, "reached by both", out);
        print_functions(run, reached, IN_ANY | IN_SHORTEST, "by the shortest, not the longest", out);
        print_functions(run, reached, IN_ANY | IN_LONGEST, "by the longest, not the shortest", out);
        print_functions(run, reached, IN_ANY, "by others alone", out);
    }
    fputc('\n', out);
    free(reached);
}

/* --- all of them ------------------------------------------------------------- */

struct paths {
    const struct result *r;
    FILE *out;
};

static void print_bench(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                        void *with)
{
    const struct paths *p = with;
    const struct result_kind *k = alone(p->r, run, b);
    (void)c;
    if (k)
        print_path(run, b, k, p->out);
    else if (explain_names_workload(c))
        fprintf(p->out, "%s on %s: an iteration does not enter the hypervisor once, by one kind\n\n", b->label,
                run->setting);
}

static bool is_alone_somewhere(const struct result *r, const struct explain_run *run, const struct result_kind *k)
{
    for (size_t i = 0; i < run->benches; i++) {
        const struct result_kind *of = alone(r, run, &run->bench[i]);
        if (of && of->class == k->class && strcmp(of->name, k->name) == 0)
            return true;
    }
    return false;
}

/* Of one guest: the kinds of which no path is known, each once. */
static void print_unknown(const struct explain_run *run, const struct result *r, FILE *out)
{
    json_t *said = json_object();
    char *text;
    size_t size;
    FILE *list = memory_stream(&text, &size);
    fprintf(list, "%s: never alone in an iteration:", run->setting);
    for (size_t i = 0; i < run->benches; i++) {
        const struct result_benchmark *m = measured(r, run->setting, run->bench[i].label);
        for (size_t j = 0; m && j < m->entries.kinds; j++) {
            const struct result_kind *k = &m->entries.kind[j];
            char name[160];
            snprintf(name, sizeof(name), "%s %s", result_classes[k->class], k->name);
            if (!k->count || json_object_get(said, name) || is_alone_somewhere(r, run, k))
                continue;
            fprintf(list, "%s %s", json_object_size(said) ? "," : "", name);
            json_object_set_new(said, name, json_true());
        }
    }
    fclose(list);
    if (json_object_size(said))
        text_wrap(out, text, WIDTH, 4);
    json_decref(said);
    free(text);
}

void explain_paths(const struct explanation *x, const struct result *r, const struct explain_choice *c, FILE *out)
{
    explain_each(x, c, print_bench, &(struct paths){r, out});
    for (size_t i = 0; i < x->runs && !explain_names_workload(c); i++)
        if (explain_wants_guest(c, &x->run[i]))
            print_unknown(&x->run[i], r, out);
}
