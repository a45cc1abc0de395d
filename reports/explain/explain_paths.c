/*
 * explain_paths.c: for each kind of entry of a setting, which functions outside of the guest it reaches, and the
 * shortest and the longest path that was seen, whichever workload took it, alone or among others.
 */
#include "common/memory.h"
#include "reports/common/wrap.h"
#include "reports/explain/explain.h"

#include <stdlib.h>

#define WIDTH 118u /* of a line */

/* Of all workloads. */
struct kind {
    uint64_t count;
    const struct explain_path *least, *most;
    const char *least_by, *most_by;
    unsigned char *reached; /* how, of each function */
};

struct paths {
    FILE *out;
    const struct explain_run *run; /* whose kinds they are, so far */
    struct kind *kind;             /* by its function's number */
    bool any;
};

enum { IN_SHORTEST = 1, IN_LONGEST = 2, IN_ANY = 4 };

/* --- of all workloads -------------------------------------------------------- */

/* All that stands below the root that is this kind's. */
static void mark_reached(const struct explain_region *r, unsigned kind, unsigned char *reached)
{
    bool *is_below = memory_zeroed(r->nodes + 1, sizeof(*is_below));
    for (size_t i = 0; i < r->nodes; i++) {
        const struct explain_node *n = &r->node[i];
        const bool is_root = n->parent == EXPLAIN_TOP && n->function == kind;
        is_below[i] = is_root || (n->parent != EXPLAIN_TOP && is_below[n->parent]);
        if (is_below[i] && !is_root)
            reached[n->function] |= IN_ANY;
    }
    free(is_below);
}

static void mark_path(const struct explain_path *p, unsigned char *reached, unsigned char how)
{
    for (size_t i = 0; i < p->functions; i++)
        reached[p->function[i]] |= how;
}

static void add_entry(const struct explain_run *run, const struct explain_bench *b, const struct explain_region *r,
                      const struct explain_entry *e, struct kind *k)
{
    if (!k->reached)
        k->reached = memory_zeroed(run->functions, sizeof(*k->reached));
    if (!k->least || e->least.instructions < k->least->instructions) {
        k->least = &e->least;
        k->least_by = b->label;
    }
    if (!k->most || e->most.instructions > k->most->instructions) {
        k->most = &e->most;
        k->most_by = b->label;
    }
    k->count += e->count;
    mark_reached(r, e->kind, k->reached);
}

/* --- what is said of one ----------------------------------------------------- */

/* In the order in which `p` came to them, or, NULL, in the explanation's. */
static void print_functions(const struct explain_run *run, const struct kind *k, const struct explain_path *p,
                            unsigned char how, const char *title, FILE *out)
{
    char *text;
    size_t size, count = 0, named = 0;
    for (size_t i = 0; i < run->functions; i++)
        count += k->reached[i] == how;
    if (!count)
        return;
    FILE *list = memory_stream(&text, &size);
    fprintf(list, "%s, %zu:", title, count);
    for (size_t i = 0; i < (p ? p->functions : run->functions); i++) {
        const size_t function = p ? p->function[i] : i;
        if (k->reached[function] == how)
            fprintf(list, "%s %s", named++ ? "," : "", run->function[function].name);
    }
    fclose(list);
    fputs("    ", out);
    text_wrap(out, text, WIDTH, 4);
    free(text);
}

static void print_kind(const struct explain_run *run, unsigned function, struct kind *k, FILE *out)
{
    const char *name = run->function[function].name;
    mark_path(k->least, k->reached, IN_ANY | IN_SHORTEST);
    mark_path(k->most, k->reached, IN_ANY | IN_LONGEST);
    if (k->least->instructions == k->most->instructions)
        fprintf(out, "%s on %s: %llu instructions, each time of %llu\n", name, run->setting,
                (unsigned long long)k->least->instructions, (unsigned long long)k->count);
    else
        fprintf(out, "%s on %s: from %llu (%s) to %llu instructions (%s), of %llu times\n", name, run->setting,
                (unsigned long long)k->least->instructions, k->least_by, (unsigned long long)k->most->instructions,
                k->most_by, (unsigned long long)k->count);
    print_functions(run, k, k->least, IN_ANY | IN_SHORTEST | IN_LONGEST, "reached by both", out);
    print_functions(run, k, k->least, IN_ANY | IN_SHORTEST, "by the shortest, not the longest", out);
    print_functions(run, k, k->most, IN_ANY | IN_LONGEST, "by the longest, not the shortest", out);
    print_functions(run, k, NULL, IN_ANY, "by others alone", out);
    fputc('\n', out);
}

static void print_run(struct paths *p)
{
    for (size_t i = 0; p->run && i < p->run->functions; i++)
        if (p->kind[i].count) {
            p->any = true;
            print_kind(p->run, (unsigned)i, &p->kind[i], p->out);
            free(p->kind[i].reached);
        }
    free(p->kind);
    p->run = NULL;
    p->kind = NULL;
}

static void add_bench(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                      void *with)
{
    const struct explain_region *r = &b->region[explain_region(c)];
    struct paths *p = with;
    if (p->run != run) {
        print_run(p);
        p->run = run;
        p->kind = memory_zeroed(run->functions + 1, sizeof(*p->kind));
    }
    for (size_t i = 0; i < r->entries; i++)
        add_entry(run, b, r, &r->entry[i], &p->kind[r->entry[i].kind]);
}

void explain_paths(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    struct paths p = {.out = out};
    explain_each(x, c, add_bench, &p);
    print_run(&p);
    if (!p.any)
        fputs("no entry is told of: nothing was entered, or an older pvbench explained it; run the suite again with "
              "--explain\n",
              out);
}
