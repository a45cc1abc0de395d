/*
 * trace_metrics.c: OpenMetrics, which Prometheus reads: counters that only
 * grow, and histograms whose buckets are the same at every reading. The format: OpenMetrics 1.0.0.
 */
#include "runner/command/trace_json.h"
#include "runner/command/trace_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Buckets end at powers of two: 256 ns … 17 s. */
enum { LEAST = 8, MOST = 34 };

/* In a label's value these three are written otherwise. */
static void print_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputs(*text == '\n' ? "\\n" : (const char[]){*text, 0}, out);
    }
}

struct labels {
    const struct trace_guest *guest;
    int64_t vcpu; /* -1: of all */
    const char *key, *value;
};

/* Without the closing brace. */
static void print_labels(FILE *out, const struct labels *l)
{
    fprintf(out, "{guest=\"");
    print_escaped(out, l->guest->name);
    fprintf(out, "\",%s=\"%u\"", l->guest->is_domain ? "domain" : "pid", l->guest->process);
    if (l->vcpu >= 0)
        fprintf(out, ",vcpu=\"%" PRIi64 "\"", l->vcpu);
    if (l->key) {
        fprintf(out, ",%s=\"", l->key);
        print_escaped(out, l->value);
        fprintf(out, "\"");
    }
}

static void print_value(FILE *out, const char *name, const struct labels *l, uint64_t value)
{
    fprintf(out, "%s", name);
    print_labels(out, l);
    fprintf(out, "} %" PRIu64 "\n", value);
}

static void print_histogram(FILE *out, const struct labels *l, const struct trace_sum *s)
{
    uint64_t until = 0;
    for (unsigned i = 0; i < TRACE_LOG2; i++) {
        until += s->path[0].log2[i] + s->path[1].log2[i];
        if (i + 1 < LEAST || i + 1 > MOST)
            continue;
        fprintf(out, "pvbench_exit_seconds_bucket");
        print_labels(out, l);
        fprintf(out, ",le=\"%.9g\"} %" PRIu64 "\n", (double)(1ull << (i + 1)) / 1e9, until);
    }
    fprintf(out, "pvbench_exit_seconds_bucket");
    print_labels(out, l);
    fprintf(out, ",le=\"+Inf\"} %" PRIu64 "\n", s->timed);
    print_value(out, "pvbench_exit_seconds_count", l, s->timed);
    fprintf(out, "pvbench_exit_seconds_sum");
    print_labels(out, l);
    fprintf(out, "} %.9f\n", (double)s->sum / 1e9);
}

static void print_kinds(FILE *out, const struct trace_guest *g, const struct trace_view *v, uint32_t vcpu, bool timed)
{
    size_t n;
    struct trace_sum total, *kinds = trace_sums(v, vcpu, &n, &total);
    for (size_t i = 0; i < n; i++) {
        char name[2 * TRACE_NAME_SIZE];
        trace_kind_name(v, &kinds[i], name, sizeof(name));
        struct labels l = {g, vcpu == TRACE_ALL ? -1 : (int64_t)v->vcpu[vcpu].number, "kind", name};
        if (!timed)
            print_value(out, "pvbench_entries_total", &l, kinds[i].count);
        else if (kinds[i].timed)
            print_histogram(out, &l, &kinds[i]);
    }
    free(kinds);
}

static void print_section(FILE *out, const struct trace_guest *guest, const struct trace_view *v, size_t guests,
                          enum trace_section section, const char *name, const char *key)
{
    char sample[64];
    fprintf(out, "# TYPE %s counter\n", name);
    snprintf(sample, sizeof(sample), "%s_total", name);
    for (size_t g = 0; g < guests; g++)
        for (size_t i = 0; i < v[g].counts; i++)
            if (v[g].count[i].section == section) {
                struct labels l = {&guest[g], -1, key, v[g].count[i].name};
                print_value(out, sample, &l, v[g].count[i].count);
            }
}

static void print_all(FILE *out, const struct trace_guest *guest, const struct trace_view *v, size_t guests,
                      bool by_vcpu, bool timed)
{
    for (size_t g = 0; g < guests; g++) {
        if (!by_vcpu)
            print_kinds(out, &guest[g], &v[g], TRACE_ALL, timed);
        for (size_t i = 0; by_vcpu && i < v[g].vcpus; i++)
            print_kinds(out, &guest[g], &v[g], (uint32_t)i, timed);
    }
}

void trace_metrics_print(FILE *out, const struct trace_guest *guest, const struct trace_view *v, size_t guests,
                         bool by_vcpu)
{
    fprintf(out, "# TYPE pvbench_entries counter\n# HELP pvbench_entries Entries into the hypervisor.\n");
    print_all(out, guest, v, guests, by_vcpu, false);
    fprintf(out, "# TYPE pvbench_exit_seconds histogram\n# UNIT pvbench_exit_seconds seconds\n"
                 "# HELP pvbench_exit_seconds From the exit to the next entry, blocked time included.\n");
    print_all(out, guest, v, guests, by_vcpu, true);
    print_section(out, guest, v, guests, TRACE_USERSPACE, "pvbench_userspace_exits", "reason");
    print_section(out, guest, v, guests, TRACE_HYPERCALLS, "pvbench_hypercalls", "hypercall");
    fprintf(out, "# TYPE pvbench_lost_exits counter\n");
    for (size_t g = 0; g < guests; g++) {
        struct labels l = {&guest[g], -1, NULL, NULL};
        print_value(out, "pvbench_lost_exits_total", &l, v[g].lost.exits + v[g].lost.vcpus);
    }
    fprintf(out, "# EOF\n");
}
