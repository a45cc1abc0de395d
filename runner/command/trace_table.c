/* trace_table.c: tables, lines and JSON of `pvbench trace`; trace_table.h says why. */
#include "runner/command/trace_table.h"
#include "runner/command/trace_sums.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COUNTS_SHOWN 16
#define LINE_KINDS   5

static const struct {
    enum kvm_detail type;
    const char *title, *key;
} sections[] = {
    {KVM_DETAIL_USERSPACE, "exits to userspace", "userspace_exits"},
    {KVM_DETAIL_HYPERCALL, "hypercalls", "hypercalls"},
    {KVM_DETAIL_PORT, "ports", "ports"},
    {KVM_DETAIL_MSR, "MSRs", "msrs"},
    {KVM_DETAIL_PAGE, "pages", "pages"},
    {KVM_DETAIL_REASON, "other reasons", "other_reasons"},
    {KVM_DETAIL_INJECTED, "interrupts injected, by vector", "injected"},
};

#define SECTIONS (sizeof(sections) / sizeof(sections[0]))

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

static void print_kind(FILE *out, const struct trace_kind *k, uint64_t count, uint64_t sum)
{
    const struct kvm_cost *through = k->path[KVM_THROUGH_USERSPACE];
    fprintf(out, "%-24s %12" PRIu64 " %8.2f%% %8.2f%% %11.2f %13.2f %11.2f %9.2f%%\n", k->name, k->count,
            percent(k->count, count), percent(k->sum, sum), us(k->min), us(k->max), mean_us(k->sum, k->count),
            percent(through ? through->count : 0, k->count));
}

static void print_section(FILE *out, const struct kvm_snapshot *s, size_t section)
{
    struct trace_count *counts;
    size_t n = trace_counts(s, sections[section].type, KVM_KINDS, &counts);
    uint64_t rest = 0;
    if (n)
        fprintf(out, "\n%s\n", sections[section].title);
    for (size_t i = 0; i < n; i++) {
        if (i < COUNTS_SHOWN)
            fprintf(out, "  %-22s %12" PRIu64 "\n", counts[i].name, counts[i].count);
        else
            rest += counts[i].count;
    }
    if (rest)
        fprintf(out, "  %zu more %*s %12" PRIu64 "\n", n - COUNTS_SHOWN, n - COUNTS_SHOWN < 10 ? 15 : 14, "", rest);
    free(counts);
}

void trace_table_print(FILE *out, const struct kvm_snapshot *s, double seconds)
{
    struct trace_kind kinds[KVM_KINDS];
    size_t n = trace_kinds(s, kinds);
    uint64_t count = 0, sum = 0, under_way = 0;
    for (size_t i = 0; i < n; i++) {
        count += kinds[i].count;
        sum += kinds[i].sum;
        under_way += kinds[i].under_way;
    }
    fprintf(out, "%-24s %12s %9s %9s %11s %13s %11s %10s\n", "VM exit", "samples", "samples%", "time%", "min us",
            "max us", "avg us", "userspace%");
    for (size_t i = 0; i < n; i++)
        if (kinds[i].count)
            print_kind(out, &kinds[i], count, sum);
    fprintf(out, "%" PRIu64 " exits in %.2f s, %.3f s from exit to entry", count, seconds, (double)sum / 1e9);
    if (under_way)
        fprintf(out, "; %" PRIu64 " more not yet followed by an entry", under_way);
    fprintf(out, "\n");
    for (size_t i = 0; i < SECTIONS; i++)
        print_section(out, s, i);
}

void trace_losses_print(FILE *out, const struct kvm_lost *lost)
{
    if (lost->stats)
        fprintf(out, "not counted: %llu exits, for which the probes' tables had no room\n", lost->stats);
    if (lost->vcpus)
        fprintf(out, "not counted: %llu exits of more virtual processors than can be told apart\n", lost->vcpus);
    if (lost->details)
        fprintf(out, "not counted: %llu reasons and vectors, for which the probes' tables had no room\n",
                lost->details);
}

/* --- lines -------------------------------------------------------------------- */

static uint64_t count_of(const struct trace_kind *kinds, size_t n, unsigned kind)
{
    for (size_t i = 0; i < n; i++)
        if (kinds[i].kind == kind)
            return kinds[i].count;
    return 0;
}

static int by_count(const void *a, const void *b)
{
    const struct trace_kind *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

void trace_line_print(FILE *out, const struct kvm_snapshot *before, const struct kvm_snapshot *now, double seconds)
{
    struct trace_kind old[KVM_KINDS], kinds[KVM_KINDS];
    size_t n_old = trace_kinds(before, old), n = trace_kinds(now, kinds);
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++) {
        kinds[i].count -= count_of(old, n_old, kinds[i].kind);
        count += kinds[i].count;
    }
    qsort(kinds, n, sizeof(kinds[0]), by_count);
    fprintf(out, "%10.0f exits/s", (double)count / seconds);
    for (size_t i = 0; i < n && i < LINE_KINDS && kinds[i].count; i++)
        fprintf(out, "  %s %.0f", kinds[i].name, (double)kinds[i].count / seconds);
    fprintf(out, "\n");
}

/* --- JSON --------------------------------------------------------------------- */

static json_t *cost_json(const struct kvm_cost *c)
{
    json_t *log2 = json_array();
    for (unsigned i = 0; i < KVM_LOG2; i++)
        if (c->log2[i])
            json_array_append_new(log2, json_pack("[I, I]", (json_int_t)(i ? 1ull << i : 0), (json_int_t)c->log2[i]));
    return json_pack("{s:I, s:I, s:I, s:I, s:o}", "count", (json_int_t)c->count, "total", (json_int_t)c->sum, "min",
                     (json_int_t)c->min, "max", (json_int_t)c->max, "histogram", log2);
}

static json_t *counts_json(const struct kvm_snapshot *s, enum kvm_detail type, unsigned kind)
{
    struct trace_count *counts;
    size_t n = trace_counts(s, type, kind, &counts);
    json_t *object = json_object();
    for (size_t i = 0; i < n; i++)
        json_object_set_new(object, counts[i].name, json_integer((json_int_t)counts[i].count));
    free(counts);
    return object;
}

json_t *trace_json(const struct kvm_snapshot *s)
{
    static const char *const isa[] = {"unknown", "vmx", "svm"};
    struct trace_kind kinds[KVM_KINDS];
    size_t n = trace_kinds(s, kinds);
    uint64_t count = 0, under_way = 0;
    json_t *exits = json_object();
    for (size_t i = 0; i < n; i++) {
        json_t *kind = json_pack("{s:I}", "count", (json_int_t)kinds[i].count);
        if (kinds[i].path[KVM_IN_KERNEL])
            json_object_set_new(kind, "in_kernel", cost_json(kinds[i].path[KVM_IN_KERNEL]));
        if (kinds[i].path[KVM_THROUGH_USERSPACE])
            json_object_set_new(kind, "through_userspace", cost_json(kinds[i].path[KVM_THROUGH_USERSPACE]));
        json_object_set_new(exits, kinds[i].name, kind);
        count += kinds[i].count;
        under_way += kinds[i].under_way;
    }
    json_t *trace = json_pack("{s:s, s:s, s:I, s:I, s:o}", "isa", isa[s->isa], "unit", "ns", "exits_total",
                              (json_int_t)count, "under_way", (json_int_t)under_way, "exits", exits);
    for (size_t i = 0; i < SECTIONS; i++)
        json_object_set_new(trace, sections[i].key, counts_json(s, sections[i].type, KVM_KINDS));
    json_object_set_new(trace, "lost",
                        json_pack("{s:I, s:I, s:I}", "exits", (json_int_t)s->lost.stats, "exits_of_unknown_vcpus",
                                  (json_int_t)s->lost.vcpus, "details", (json_int_t)s->lost.details));
    return trace;
}
