/*
 * explain_formats.c: an explanation for the programs that people look at profiles with: folded stacks (FlameGraph,
 * inferno, speedscope) and callgrind's format (KCachegrind, callgrind_annotate; Valgrind's manual, "Callgrind Format
 * Specification").
 */
#include "common/memory.h"
#include "reports/explain/explain_lines.h"

#include <stdlib.h>
#include <string.h>

/* --- folded stacks ----------------------------------------------------------- */

static void print_path(const struct explain_run *run, const struct explain_region *r, int node, FILE *out)
{
    if (node == EXPLAIN_TOP)
        return;
    print_path(run, r, r->node[node].parent, out);
    const struct explain_function *f = &run->function[r->node[node].function];
    fprintf(out, ";%s`%s", f->owner, f->name);
}

static void print_stacks(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                         void *with)
{
    const struct explain_region *r = &b->region[explain_region(c)];
    FILE *out = with;
    for (size_t n = 0; n < r->nodes; n++) {
        if (!r->node[n].self)
            continue;
        fprintf(out, "%s;%s", run->setting, b->label);
        print_path(run, r, (int)n, out);
        fprintf(out, " %llu\n", (unsigned long long)r->node[n].self);
    }
}

/* The counts are of all operations: a fraction is none that these programs read. */
void explain_folded(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    explain_each(x, c, print_stacks, out);
}

/* --- callgrind --------------------------------------------------------------- */

/* One function's calls of another: all nodes in which the one stands below the other. */
struct call {
    unsigned caller, callee;
    uint64_t times, inclusive;
};

static int by_caller(const void *a, const void *b)
{
    const struct call *x = a, *y = b;
    if (x->caller != y->caller)
        return x->caller < y->caller ? -1 : 1;
    return x->callee < y->callee ? -1 : x->callee > y->callee;
}

static size_t merge(struct call *calls, size_t count)
{
    size_t kept = 0;
    qsort(calls, count, sizeof(*calls), by_caller);
    for (size_t i = 0; i < count; i++)
        if (kept && by_caller(&calls[kept - 1], &calls[i]) == 0) {
            calls[kept - 1].times += calls[i].times;
            calls[kept - 1].inclusive += calls[i].inclusive;
        } else {
            calls[kept++] = calls[i];
        }
    return kept;
}

static struct call *calls_of(const struct explain_region *r, size_t *count)
{
    uint64_t *all = explain_with_callees(r);
    struct call *calls = memory_zeroed(r->nodes, sizeof(*calls));
    *count = 0;
    for (size_t i = 0; i < r->nodes; i++) {
        const struct explain_node *n = &r->node[i];
        if (n->parent != EXPLAIN_TOP)
            calls[(*count)++] = (struct call){r->node[n->parent].function, n->function, n->entered, all[i]};
    }
    *count = merge(calls, *count);
    free(all);
    return calls;
}

static void print_function(const struct explain_run *run, const char *prefix, unsigned function, FILE *out)
{
    const struct explain_function *f = &run->function[function];
    fprintf(out, "%sob=%s\n%sfn=%s\n", prefix, f->owner, prefix, f->name);
}

/* What is of a line, file by file; what is not is of line 0 of none. */
static void print_self(const struct explain_run *run, const struct explain_region *r, const struct explain_row *row,
                       FILE *out)
{
    const char *file = "(unknown)";
    uint64_t rest = row->self;
    for (size_t i = 0; run->lines && i < r->codes; i++) {
        const struct explain_line *at =
            r->code[i].function == row->function ? explain_lines_at(run->lines, r->code[i].address) : NULL;
        if (!at)
            continue;
        if (strcmp(file, at->file) != 0)
            fprintf(out, "fi=%s\n", at->file);
        file = at->file;
        fprintf(out, "%u %llu\n", at->line, (unsigned long long)r->code[i].count);
        rest -= r->code[i].count < rest ? r->code[i].count : rest;
    }
    if (strcmp(file, "(unknown)") != 0)
        fputs("fe=(unknown)\n", out);
    fprintf(out, "0 %llu\n", (unsigned long long)rest);
}

/* A file has a part for each operation. */
struct parts {
    FILE *out;
    unsigned count;
};

static void print_part(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                       void *with)
{
    const struct explain_region *r = &b->region[explain_region(c)];
    struct parts *parts = with;
    FILE *out = parts->out;
    size_t rows, calls;
    struct explain_row *row = explain_rows(run, r, &rows);
    struct call *call = calls_of(r, &calls);
    fprintf(out, "part: %u\ndesc: Trigger: %s on %s\npositions: line\nevents: Instructions\nsummary: %llu\n",
            ++parts->count, b->label, run->setting, (unsigned long long)r->instructions);
    for (size_t i = 0; i < rows; i++) {
        fputc('\n', out);
        fputs("fl=(unknown)\n", out);
        print_function(run, "", row[i].function, out);
        print_self(run, r, &row[i], out);
        for (size_t j = 0; j < calls; j++) {
            if (call[j].caller != row[i].function)
                continue;
            fputs("cfi=(unknown)\n", out);
            print_function(run, "c", call[j].callee, out);
            fprintf(out, "calls=%llu 0\n0 %llu\n", (unsigned long long)call[j].times,
                    (unsigned long long)call[j].inclusive);
        }
    }
    fputc('\n', out);
    free(row);
    free(call);
}

void explain_callgrind(const struct explanation *x, const struct explain_choice *c, FILE *out)
{
    struct parts parts = {.out = out};
    fputs("# callgrind format\nversion: 1\ncreator: pvbench\ncmd: pvbench run --explain\n", out);
    explain_each(x, c, print_part, &parts);
}
