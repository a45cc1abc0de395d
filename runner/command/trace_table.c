/* trace_table.c: tables and lines of `pvbench trace`; trace_table.h says why. */
#include "runner/command/trace_table.h"

#include "collectors/entry_names.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COUNTS_SHOWN 16
#define LINE_KINDS   5

const char *const trace_section_titles[TRACE_SECTIONS] = {
    "exits to userspace", "hypercalls", "ports", "MSRs", "pages", "other reasons", "interrupts injected, by vector",
};
const char *const trace_section_keys[TRACE_SECTIONS] = {
    "userspace_exits", "hypercalls", "ports", "msrs", "pages", "other_reasons", "injected",
};

static double percent(uint64_t part, uint64_t whole)
{
    return whole ? 100.0 * (double)part / (double)whole : 0;
}

static double us(uint64_t ns)
{
    return (double)ns / 1000;
}

static double mean_us(uint64_t sum, uint64_t count)
{
    return count ? us(sum) / (double)count : 0;
}

/* Of Xen's guests an entry's class is half of its name. */
void trace_kind_name(const struct trace_view *v, const struct trace_sum *k, char *into, size_t size)
{
    snprintf(into, size, "%s%s%s", v->is_xen ? class_name(k->class) : "", v->is_xen ? " " : "", k->name);
}

static void print_kind(FILE *out, const struct trace_view *v, const struct trace_sum *k, const struct trace_sum *total)
{
    char name[2 * TRACE_NAME_SIZE];
    trace_kind_name(v, k, name, sizeof(name));
    fprintf(out, "%-*s %10" PRIu64 " %7.2f%%", v->is_xen ? 32 : 20, name, k->count, percent(k->count, total->count));
    if (k->timed)
        fprintf(out, " %6.2f%% %9.2f %9.2f %9.2f %9.2f %9.2f %11.2f", percent(k->sum, total->sum), us(k->min),
                mean_us(k->sum, k->timed), us(k->p50), us(k->p99), us(k->p999), us(k->max));
    if (!v->is_xen)
        fprintf(out, " %8.2f%%", percent(k->path[TRACE_THROUGH_USERSPACE].count, k->count));
    fprintf(out, "\n");
}

static void print_kinds(FILE *out, const struct trace_view *v, uint32_t vcpu, struct trace_sum *total)
{
    static const char *const heads[] = {"min", "avg", "p50", "p99", "p99.9"};
    size_t n;
    struct trace_sum *kinds = trace_sums(v, vcpu, &n, total);
    fprintf(out, "%-*s %10s %8s %7s", v->is_xen ? 32 : 20, v->is_xen ? "entry" : "VM exit", "samples", "samples%",
            "time%");
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
        fprintf(out, " %6s %s", heads[i], v->is_ticks ? "kt" : "us");
    fprintf(out, " %8s %s%s\n", "max", v->is_ticks ? "kt" : "us", v->is_xen ? "" : " userspace");
    for (size_t i = 0; i < n; i++)
        if (kinds[i].count)
            print_kind(out, v, &kinds[i], total);
    free(kinds);
}

/* "12 exits in 2.00 s, 0.003 s from exit to entry" */
static void print_total(FILE *out, const struct trace_view *v, const struct trace_sum *total, double seconds)
{
    fprintf(out, "%" PRIu64 " %s", total->count, v->is_xen ? "entries" : "exits");
    if (seconds > 0)
        fprintf(out, " in %.2f s", seconds);
    if (total->timed && v->is_ticks)
        fprintf(out, ", %" PRIu64 " ticks from exit to entry", total->sum);
    else if (total->timed)
        fprintf(out, ", %.3f s from exit to entry", (double)total->sum / 1e9);
    if (total->under_way)
        fprintf(out, "; %" PRIu64 " more not yet followed by an entry", total->under_way);
    fprintf(out, "\n");
}

static void print_vcpus(FILE *out, const struct trace_view *v)
{
    struct trace_sum total;
    for (size_t i = 0; i < v->vcpus; i++) {
        fprintf(out, "\nvCPU %" PRIu32, v->vcpu[i].number);
        if (v->vcpu[i].thread)
            fprintf(out, " (thread %" PRIu32 ")", v->vcpu[i].thread);
        fprintf(out, "\n");
        print_kinds(out, v, (uint32_t)i, &total);
        print_total(out, v, &total, 0);
    }
}

static void print_section(FILE *out, const struct trace_view *v, enum trace_section section)
{
    size_t shown = 0, more = 0;
    uint64_t rest = 0;
    for (size_t i = 0; i < v->counts; i++) {
        const struct trace_count *c = &v->count[i];
        if (c->section != section)
            continue;
        if (!shown)
            fprintf(out, "\n%s\n", trace_section_titles[section]);
        if (shown++ < COUNTS_SHOWN) {
            fprintf(out, "  %-22s %12" PRIu64 "\n", c->name, c->count);
        } else {
            rest += c->count;
            more++;
        }
    }
    if (rest)
        fprintf(out, "  %zu more %*s %12" PRIu64 "\n", more, more < 10 ? 15 : 14, "", rest);
}

void trace_table_print(FILE *out, const struct trace_view *v, double seconds, bool by_vcpu)
{
    struct trace_sum total;
    print_kinds(out, v, TRACE_ALL, &total);
    print_total(out, v, &total, seconds);
    if (by_vcpu)
        print_vcpus(out, v);
    for (unsigned i = 0; i < TRACE_SECTIONS; i++)
        print_section(out, v, i);
}

void trace_losses_print(FILE *out, const char *name, const struct trace_lost *lost)
{
    const char *colon = name[0] ? ": " : "";
    if (lost->exits)
        fprintf(out, "%s%snot counted: %" PRIu64 " exits, for which the probes' tables had no room\n", name, colon,
                lost->exits);
    if (lost->vcpus)
        fprintf(out, "%s%snot counted: %" PRIu64 " exits of more virtual processors than can be told apart\n", name,
                colon, lost->vcpus);
    if (lost->details)
        fprintf(out, "%s%snot counted: %" PRIu64 " reasons and vectors, for which the probes' tables had no room\n",
                name, colon, lost->details);
    if (lost->records)
        fprintf(out,
                "%s%snot listed: %" PRIu64 " single exits, which came faster than they could be read; "
                "give a larger --longer-than\n",
                name, colon, lost->records);
}

static int by_count(const void *a, const void *b)
{
    const struct trace_sum *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

void trace_line_print(FILE *out, const struct trace_view *since, double seconds)
{
    size_t n;
    struct trace_sum total, *kinds = trace_sums(since, TRACE_ALL, &n, &total);
    if (n)
        qsort(kinds, n, sizeof(kinds[0]), by_count);
    fprintf(out, "%10.0f %s/s", (double)total.count / seconds, since->is_xen ? "entries" : "exits");
    for (size_t i = 0; i < n && i < LINE_KINDS && kinds[i].count; i++) {
        char name[2 * TRACE_NAME_SIZE];
        trace_kind_name(since, &kinds[i], name, sizeof(name));
        fprintf(out, "  %s %.0f", name, (double)kinds[i].count / seconds);
    }
    fprintf(out, "\n");
    free(kinds);
}
