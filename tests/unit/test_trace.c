/* What `pvbench trace` says of what the probes have counted: percentiles, differences, tables and formats. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/command/trace_json.h"
#include "runner/command/trace_kvm.h"
#include "runner/command/trace_records.h"
#include "runner/command/trace_table.h"

#include <stdlib.h>
#include <string.h>

static unsigned log2_of(uint64_t cost)
{
    return cost ? 63u - (unsigned)__builtin_clzll(cost) : 0;
}

/* As the probes enter it. */
static void add(struct trace_view *v, uint32_t vcpu, const char *kind, uint64_t cost, uint64_t times)
{
    struct trace_part p = {.vcpu = trace_view_vcpu(v, vcpu, 100 + vcpu),
                           .kind = trace_view_kind(v, PVB_CLASS_EXIT, kind),
                           .part = kvm_fine_part(cost, log2_of(cost)),
                           .count = times,
                           .sum = cost * times,
                           .min = cost,
                           .max = cost};
    trace_view_part(v, &p);
}

static struct trace_sum sum_of(const struct trace_view *v, uint32_t vcpu, const char *kind)
{
    size_t n;
    struct trace_sum total, *sums = trace_sums(v, vcpu, &n, &total), found = {0};
    for (size_t i = 0; i < n; i++)
        if (strcmp(sums[i].name, kind) == 0)
            found = sums[i];
    free(sums);
    return kind[0] ? found : total;
}

static void near(uint64_t is, uint64_t wanted)
{
    if (is < wanted - wanted / 16 || is > wanted + wanted / 16)
        fail_msg("%lu is not within a sixteenth of %lu", (unsigned long)is, (unsigned long)wanted);
}

static void parts_grow_with_costs(void **state)
{
    (void)state;
    uint32_t before = 0;
    for (uint64_t cost = 0; cost < 1 << 20; cost++) {
        uint32_t part = kvm_fine_part(cost, log2_of(cost));
        assert_true(part >= before && part <= before + 1 + (cost == 8) * 16);
        before = part;
    }
    assert_true(kvm_fine_part(UINT64_MAX, 63) == (63 << KVM_FINE_BITS | 7));
}

static void percentiles(void **state)
{
    (void)state;
    struct trace_view v = {0};
    for (uint64_t cost = 1; cost <= 10000; cost++)
        add(&v, cost % 4, "HLT", cost, 1);
    trace_view_sort(&v);
    struct trace_sum s = sum_of(&v, TRACE_ALL, "HLT");
    assert_int_equal(s.count, 10000);
    assert_int_equal(s.min, 1);
    assert_int_equal(s.max, 10000);
    near(s.p50, 5000);
    near(s.p99, 9900);
    near(s.p999, 9990);
    assert_int_equal(sum_of(&v, 0, "HLT").count, 2500);
    trace_view_free(&v);
    /* What has few values is told exactly, and the last of few is the longest. */
    add(&v, 0, "CPUID", 1000, 98);
    add(&v, 0, "CPUID", 1500, 1);
    add(&v, 0, "CPUID", 900000, 1);
    trace_view_sort(&v);
    s = sum_of(&v, TRACE_ALL, "CPUID");
    assert_int_equal(s.p50, 1000);
    assert_int_equal(s.p99, 1500);
    assert_int_equal(s.p999, 900000);
    trace_view_free(&v);
    s = sum_of(&v, TRACE_ALL, "");
    assert_int_equal(s.count + s.p50 + s.max, 0);
}

static void what_is_new(void **state)
{
    (void)state;
    struct trace_view before = {0}, now = {0}, since;
    add(&before, 0, "CPUID", 1000, 10);
    trace_view_count(&before, TRACE_PORTS, "0x80", 5);
    /* Another order, and one that was not there. */
    add(&now, 1, "HLT", 50000, 3);
    add(&now, 0, "CPUID", 1000, 14);
    add(&now, 0, "CPUID", 3000, 1);
    trace_view_count(&now, TRACE_PORTS, "0x80", 7);
    trace_view_count(&now, TRACE_PORTS, "0x81", 1);
    trace_view_sort(&before);
    trace_view_sort(&now);
    trace_view_since(&since, &before, &now);
    struct trace_sum cpuid = sum_of(&since, TRACE_ALL, "CPUID");
    assert_int_equal(cpuid.count, 5);
    assert_int_equal(cpuid.sum, 7000);
    assert_int_equal(cpuid.max, 3000);
    assert_int_equal(sum_of(&since, TRACE_ALL, "HLT").count, 3);
    assert_int_equal(since.counts, 2);
    assert_int_equal(since.count[0].count, 2);
    struct trace_view none;
    trace_view_since(&none, &now, &now);
    assert_int_equal(none.parts + none.counts, 0);
    trace_view_free(&none);
    trace_view_free(&since);
    trace_view_free(&before);
    trace_view_free(&now);
}

/* --- from the probes ------------------------------------------------------------------ */

static void from_the_probes(void **state)
{
    (void)state;
    struct kvm_snapshot *s = calloc(1, sizeof(*s));
    struct kvm_fine_row fine[] = {{{2, 0x72, KVM_IN_KERNEL, 80}, {10, 10240, 1024, 1024}},
                                  {{2, 0x7b, KVM_THROUGH_USERSPACE, 96}, {2, 8200, 4096, 4104}},
                                  {{3, 0x72, KVM_IN_KERNEL, 80}, {1, 1030, 1030, 1030}}};
    struct kvm_detail_row detail[] = {{{.type = KVM_DETAIL_PORT, .kind = 0x7b, .key = 0x80}, 2},
                                      {{.type = KVM_DETAIL_USERSPACE, .key = 2}, 2},
                                      {{.type = KVM_DETAIL_PAGE, .kind = KVM_KIND_NESTED, .rest = 1}, 9}};
    struct kvm_under_way under_way[] = {{0, 0x78, 3}};
    struct trace_view v = {0};
    s->isa = KVM_ISA_IS_SVM;
    s->slots_are_indices = true;
    s->thread[2] = 4002;
    s->thread[3] = 4003;
    s->fine = fine;
    s->fines = 3;
    s->detail = detail;
    s->details = 3;
    s->under_way = under_way;
    s->under_ways = 1;
    s->lost.fines = 1;
    trace_kvm_view(s, &v);
    free(s);
    assert_int_equal(v.vcpus, 2);
    assert_int_equal(v.vcpu[1].number, 3);
    assert_int_equal(v.lost.exits, 1);
    struct trace_sum cpuid = sum_of(&v, TRACE_ALL, "CPUID");
    assert_int_equal(cpuid.count, 11);
    assert_int_equal(cpuid.path[TRACE_IN_KERNEL].log2[10], 11);
    assert_int_equal(sum_of(&v, TRACE_ALL, "HLT").under_way, 1);
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    trace_table_print(f, &v, 2, true);
    fclose(f);
    assert_non_null(strstr(text, "\nCPUID                        11   84.62%  57.88%      1.02      1.02      1.02"));
    assert_non_null(strstr(text, "\nvCPU 3 (thread 4003)\n"));
    assert_non_null(
        strstr(text, "13 exits in 2.00 s, 0.000 s from exit to entry; 1 more not yet followed by an entry\n"));
    assert_non_null(strstr(text, "\nports\n  0x80                              2\n"));
    assert_non_null(strstr(text, "\npages\n  rest                              9\n"));
    free(text);
    json_t *json = json_object();
    trace_json(json, &v);
    assert_int_equal(json_integer_value(json_object_get(json, "exits_total")), 13);
    assert_int_equal(json_integer_value(json_object_get(json, "under_way")), 1);
    json_t *io = json_object_get(json_object_get(json_object_get(json, "exits"), "IOIO"), "through_userspace");
    char *said = json_dumps(io, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(said, "{\"count\":2,\"histogram\":[[4096,2]],\"max\":4104,\"min\":4096,\"total\":8200}");
    free(said);
    json_decref(json);
    trace_view_free(&v);
}

/* --- formats ---------------------------------------------------------------------------- */

static void metrics(void **state)
{
    (void)state;
    struct trace_guest guest = {.process = 7, .name = "a\"b\\"};
    struct trace_view v = {0};
    char *text = NULL;
    size_t size = 0;
    add(&v, 0, "CPUID", 300, 4);
    add(&v, 0, "CPUID", 3000, 1);
    trace_view_sort(&v);
    FILE *f = open_memstream(&text, &size);
    trace_metrics_print(f, &guest, &v, 1, false);
    fclose(f);
    assert_non_null(strstr(text, "_bucket{guest=\"a\\\"b\\\\\",pid=\"7\",kind=\"CPUID\",le=\"5.12e-07\"} 4\n"));
    assert_non_null(strstr(text, "kind=\"CPUID\",le=\"+Inf\"} 5\n"));
    assert_non_null(
        strstr(text, "pvbench_exit_seconds_sum{guest=\"a\\\"b\\\\\",pid=\"7\",kind=\"CPUID\"} 0.000004200\n"));
    assert_string_equal(text + size - 6, "# EOF\n");
    free(text);
    trace_view_free(&v);
}

static void records(void **state)
{
    (void)state;
    struct trace_guest guest = {.process = 7, .name = "vm\x1b"};
    struct trace_records r = {.most = 2, .start = 1000000000, .longer = 1000};
    struct trace_record x = {.since = 1500000000, .until = 1500002000, .address = 0x1234, .vcpu = 3};
    char *text = NULL;
    size_t size = 0;
    strcpy(x.kind, "IOIO");
    strcpy(x.about, "port 0x80");
    for (int i = 0; i < 3; i++)
        trace_records_take(&r, &x);
    assert_int_equal(r.records, 2);
    assert_int_equal(r.left_out, 1);
    FILE *f = open_memstream(&text, &size);
    trace_records_print(f, &r, 0);
    trace_records_print(f, &r, 1);
    fclose(f);
    assert_non_null(
        strstr(text, "   0.500000000      3        2.000 0x1234             IOIO                     port 0x80\n"));
    assert_non_null(strstr(text, "\nno exit took 1.000 us or more\n"));
    free(text);
    json_t *document = trace_records_chrome(&r, &guest, 1), *events = json_object_get(document, "traceEvents");
    assert_int_equal(json_array_size(events), 4);
    char *said = json_dumps(json_array_get(events, 0), JSON_COMPACT);
    assert_non_null(strstr(said, "\"vm?\""));
    free(said);
    said = json_dumps(json_array_get(events, 2), JSON_COMPACT);
    assert_string_equal(said, "{\"ph\":\"X\",\"cat\":\"exit\",\"name\":\"IOIO\",\"pid\":7,\"tid\":3,\"ts\":500000.0,"
                              "\"dur\":2.0,\"args\":{\"address\":\"0x1234\",\"about\":\"port 0x80\","
                              "\"through_userspace\":false}}");
    free(said);
    json_decref(document);
    trace_records_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_grow_with_costs), cmocka_unit_test(percentiles), cmocka_unit_test(what_is_new),
        cmocka_unit_test(from_the_probes),       cmocka_unit_test(metrics),     cmocka_unit_test(records),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
