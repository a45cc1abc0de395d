/* What the KVM probes counted, recorded in the lab and changed by hand: as entries of regions, as a table, as faults.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/entry_names.h"
#include "collectors/kvm_ebpf.h"
#include "collectors/kvm_names.h"
#include "collectors/entries_json.h"
#include "collectors/sources.h"

#include <stdlib.h>
#include <string.h>

enum { COLD = 1, STEADY = 2 }; /* places of the regions of workload 0 in the probes' tables */

static const struct pvb_param_workload asked[] = {{.name = "timer_arm", .iterations = 1000, .warmup = 10}};
static const struct measure measure = {.unit = "ns", .class = "noisy"};

/* WRMSR on two processors, as the map holds it. */
static const struct kvm_stat wrmsr[2] = {
    {.distinct = {{3117, 998}, {3120, 1}}},
    {.distinct = {{5813, 1}, {3117, 1}}},
};

struct dump {
    struct kvm_snapshot s;
    struct kvm_row row[16];
    struct kvm_detail_row detail[16];
};

static struct dump *dump_new(void)
{
    struct dump *d = calloc(1, sizeof(*d));
    d->s.isa = KVM_ISA_IS_SVM;
    d->s.row = d->row;
    d->s.detail = d->detail;
    d->s.region[COLD] = (struct kvm_region_state){1, 1, 4000};
    d->s.region[STEADY] = (struct kvm_region_state){2, 2, 4000000};
    return d;
}

static void dump_free(struct dump *d)
{
    for (size_t i = 0; i < d->s.rows; i++)
        free(d->row[i].cost.distinct);
    free(d);
}

static void add_row(struct dump *d, unsigned region, unsigned kind, enum kvm_path path, const struct kvm_stat *st,
                    unsigned cpus)
{
    struct kvm_row *row = &d->row[d->s.rows++];
    *row = (struct kvm_row){.region = region, .kind = kind, .path = path};
    for (unsigned i = 0; i < cpus; i++)
        assert_true(kvm_cost_add(&row->cost, &st[i]));
}

static void add_simple(struct dump *d, unsigned region, unsigned kind, enum kvm_path path, uint64_t count)
{
    const struct kvm_stat st = {.sum = 1000 * count, .not_min = ~1000ull, .max = 1000, .log2 = {[9] = count}};
    add_row(d, region, kind, path, &st, 1);
}

static void add_detail(struct dump *d, unsigned region, unsigned kind, enum kvm_detail type, uint64_t key,
                       uint64_t count)
{
    d->detail[d->s.details++] = (struct kvm_detail_row){
        {.region = (uint16_t)region, .kind = (uint8_t)kind, .type = (uint8_t)type, .key = key}, count};
}

static struct observation *take(struct dump *d)
{
    static const struct collector *const collectors[] = {&kvm_ebpf_collector, NULL};
    struct observation *o = observation_new("hvm", asked, 1);
    sources_open(o, collectors);
    kvm_ebpf_take(o, sources_state(o, &kvm_ebpf_collector), &d->s);
    return o;
}

static void add_result(struct observation *o, uint64_t cost, uint64_t cold)
{
    o->bench[0].state = BENCH_RESULT;
    o->bench[0].cold = cold;
    assert_true(distribution_add(&o->bench[0].samples, cost, 1000));
}

static json_t *region_json(const struct observation *o, unsigned id, const char *key)
{
    json_t *object = json_object(), *unavailable = json_object();
    const struct region_document d = {id, &o->books.region[id], &measure, object, unavailable, ""};
    sources_region(o, &d);
    json_t *value = json_incref(json_object_get(object, key));
    json_decref(object);
    json_decref(unavailable);
    return value;
}

/* Why the steady region has none; "": it has. */
static const char *no_parts(const struct observation *o)
{
    static char why[PVB_REASON_SIZE];
    json_t *object = json_object(), *unavailable = json_object();
    const struct region_document d = {
        PVB_REGION_STEADY(0), &o->books.region[PVB_REGION_STEADY(0)], &measure, object, unavailable, ""};
    sources_region(o, &d);
    const char *told = json_string_value(json_object_get(unavailable, "parts"));
    assert_int_equal(json_is_null(json_object_get(object, "parts")), told != NULL);
    snprintf(why, sizeof(why), "%s", told ? told : "");
    json_decref(object);
    json_decref(unavailable);
    return why;
}

/* "host_side" of the steady region. */
static json_t *host_side_json(const struct observation *o)
{
    json_t *object = json_object(), *unavailable = json_object(), *side;
    const struct region_document d = {
        PVB_REGION_STEADY(0), &o->books.region[PVB_REGION_STEADY(0)], &measure, object, unavailable, ""};
    sources_region(o, &d);
    side = json_incref(json_object_get(object, "host_side"));
    assert_int_equal(json_is_null(json_object_get(side, "ticks")),
                     json_is_string(json_object_get(unavailable, "host_side.ticks")));
    json_decref(object);
    json_decref(unavailable);
    return side;
}

static void assert_json(json_t *json, const char *wanted)
{
    char *text = json_dumps(json, JSON_COMPACT);
    assert_string_equal(text, wanted);
    free(text);
    json_decref(json);
}

static void assert_exits(const struct region *r, uint64_t total, const char *wanted)
{
    uint64_t sum;
    assert_null(region_trouble(r));
    json_t *entries = entries_json(r, &measure, &sum);
    assert_int_equal(sum, total);
    assert_json(json_incref(json_object_get(entries, "exit")), wanted);
    json_decref(entries);
}

static void regions_and_processors(void **state)
{
    (void)state;
    struct dump *d = dump_new();
    add_row(d, STEADY, 0x7c, KVM_IN_KERNEL, wrmsr, 2);
    add_detail(d, STEADY, 0x7c, KVM_DETAIL_MSR, 0x6e0, 1001);
    add_detail(d, STEADY, 0, KVM_DETAIL_INJECTED, 0x40, 3);
    add_simple(d, STEADY, KVM_KIND_HOST, KVM_IN_KERNEL, 5);
    add_simple(d, 0, 0x7b, KVM_THROUGH_USERSPACE, 70);
    add_detail(d, 0, 0x7b, KVM_DETAIL_PORT, 0x7076, 70);
    struct observation *o = take(d);
    assert_exits(&o->books.region[PVB_REGION_COLD(0)], 0, "{}");
    assert_exits(
        &o->books.region[PVB_REGION_STEADY(0)], 1001,
        "{\"MSR\":{\"count\":1001,\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\",\"total\":3122816,\"min\":3117,"
        "\"mean\":3119.6963036963039,\"max\":5813,\"distribution\":[[3117,999],[3120,1],[5813,1]]},"
        "\"detail\":{\"0x6e0\":1001}}}");
    assert_int_equal(o->books.region[PVB_REGION_STEADY(0)].spans, 2);
    assert_json(host_side_json(o), "{\"isa\":\"svm\",\"ticks\":5,\"userspace_exits\":{},\"injected\":{\"0x40\":3}}");
    observation_free(o);
    dump_free(d);
}

static void both_paths(void **state)
{
    (void)state;
    struct dump *d = dump_new();
    const struct kvm_stat inside = {.distinct = {{10, 2}}};
    /* One that found no room. */
    const struct kvm_stat through = {
        .distinct = {{10, 1}, {100, 1}}, .sum = 1000, .not_min = ~1000ull, .max = 1000, .log2 = {[9] = 1}};
    add_row(d, STEADY, 0x7b, KVM_IN_KERNEL, &inside, 1);
    add_row(d, STEADY, 0x7b, KVM_THROUGH_USERSPACE, &through, 1);
    add_detail(d, STEADY, 0x7b, KVM_DETAIL_PORT, 0x3f8, 3);
    add_detail(d, STEADY, 0x7b, KVM_DETAIL_PORT, 0x21, 1);
    add_detail(d, STEADY, 0, KVM_DETAIL_USERSPACE, 2, 3);
    add_detail(d, STEADY, 0, KVM_DETAIL_USERSPACE, KVM_USERSPACE_ERROR | 4, 1);
    struct observation *o = take(d);
    assert_exits(&o->books.region[PVB_REGION_STEADY(0)], 5,
                 "{\"IOIO\":{\"count\":5,\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\",\"total\":1130,\"min\":10,"
                 "\"mean\":226,\"max\":1000,\"distribution\":[[10,3],[100,1]],\"rest\":1},"
                 "\"userspace\":{\"count\":3,\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\",\"total\":1110}},"
                 "\"detail\":{\"0x21\":1,\"0x3f8\":3,\"rest\":1}}}");
    assert_json(host_side_json(o),
                "{\"isa\":\"svm\",\"ticks\":0,\"userspace_exits\":{\"io\":3,\"interrupted\":1},\"injected\":{}}");
    observation_free(o);
    dump_free(d);
}

/* Costs of a host's kernel, which are not kept single: a histogram for each path. */
#define PATH(name, count, total, min, max, histogram)                                                                  \
    "\"" name "\":{\"count\":" count ",\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\",\"total\":" total ",\"min\":" min \
    ",\"max\":" max ",\"histogram\":[" histogram "]}},"
#define IN_KERNEL(...) PATH("in_kernel", __VA_ARGS__)
#define USERSPACE(...) PATH("userspace", __VA_ARGS__)

static void histograms(void **state)
{
    (void)state;
    struct dump *d = dump_new();
    const struct kvm_stat inside[2] = {
        {.sum = 998 * 3000ull + 5000, .not_min = ~2900ull, .max = 5000, .log2 = {[11] = 998, [12] = 1}},
        {.sum = 1, .not_min = ~1ull, .max = 1, .log2 = {[0] = 1}}};
    const struct kvm_stat through = {
        .sum = 1ull << 41, .not_min = ~(1ull << 40), .max = 1ull << 40, .log2 = {[40] = 2}};
    add_row(d, STEADY, 0x7b, KVM_IN_KERNEL, inside, 2);
    add_row(d, STEADY, 0x7b, KVM_THROUGH_USERSPACE, &through, 1);
    add_detail(d, STEADY, 0x7b, KVM_DETAIL_PORT, 0x3f8, 1002);
    /* Two kinds without a name become one. */
    add_simple(d, STEADY, 0xbf, KVM_IN_KERNEL, 2);
    add_row(d, STEADY, KVM_KIND_OTHER, KVM_IN_KERNEL, &inside[1], 1);
    struct observation *o = take(d);
    assert_exits(
        &o->books.region[PVB_REGION_STEADY(0)], 1005,
        "{\"IOIO\":{\"count\":1002,\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\",\"total\":2199026254553,"
        "\"min\":1,\"mean\":2194636980.5918164,\"max\":1099511627776}," IN_KERNEL("1000", "2999001", "1", "5000",
                                                                                  "[0,1],[2048,998],[4096,1]")
            USERSPACE("2", "2199023255552", "1099511627776", "1099511627776",
                      "[1099511627776,2]") "\"detail\":{\"0x3f8\":1002}},"
                                           "\"other\":{\"count\":3,\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\","
                                           "\"total\":2001,\"min\":1,"
                                           "\"mean\":667,\"max\":1000},\"in_kernel\":{\"count\":3,\"cost\":{\"unit\":"
                                           "\"ns\",\"class\":\"noisy\","
                                           "\"total\":2001,\"min\":1,\"max\":1000,\"histogram\":[[0,1],[512,2]]}}}}");
    observation_free(o);
    dump_free(d);
}

/* Pages that found no room are one key: all exits are there, and so is all else. */
static void rest_of_pages(void **state)
{
    (void)state;
    struct dump *d = dump_new();
    add_row(d, STEADY, KVM_KIND_NESTED, KVM_IN_KERNEL, wrmsr, 2);
    add_detail(d, STEADY, KVM_KIND_NESTED, KVM_DETAIL_PAGE, 0x1000, 1);
    add_detail(d, STEADY, KVM_KIND_NESTED, KVM_DETAIL_PAGE, 0, 1000);
    d->detail[1].key.rest = 1;
    struct observation *o = take(d);
    json_t *entries = entries_json(&o->books.region[PVB_REGION_STEADY(0)], &measure, &(uint64_t){0});
    json_t *pages = json_object_get(json_object_get(json_object_get(entries, "exit"), "NPF"), "detail");
    assert_json(json_incref(pages), "{\"0x1000\":1,\"rest\":1000}");
    json_decref(entries);
    observation_free(o);
    d->s.lost.details = 3;
    o = take(d);
    assert_string_equal(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]),
                        "3 reasons and vectors found no room in the probes' tables");
    observation_free(o);
    dump_free(d);
}

static void hidden_ticks(void **state)
{
    (void)state;
    struct dump *d = dump_new();
    d->s.no_ticks = "/proc/kallsyms hides addresses";
    struct observation *o = take(d);
    assert_json(host_side_json(o), "{\"isa\":\"svm\",\"ticks\":null,\"userspace_exits\":{},\"injected\":{}}");
    observation_free(o);
    dump_free(d);
}

/* What two counts of one time differ by is nobody's; and the guest's words are those of the watched start. */
static void parts(void **state)
{
    (void)state;
    static const struct collector *const collectors[] = {&kvm_ebpf_collector, NULL};
    struct dump *d = dump_new();
    d->s.parts[STEADY] = (struct kvm_region_parts){{[KVM_PART_IDLE] = 1,
                                                    [KVM_PART_KERNEL] = 20,
                                                    [KVM_PART_USER] = 300,
                                                    [KVM_PART_GUEST] = 4000,
                                                    [KVM_PART_HYPERVISOR] = 3900000}};
    struct observation *o = observation_new("hvm", asked, 1);
    o->parts = true;
    sources_open(o, collectors);
    add_result(o, 3500, 9500);
    kvm_ebpf_take(o, sources_state(o, &kvm_ebpf_collector), &d->s);
    assert_json(region_json(o, PVB_REGION_STEADY(0), "parts"),
                "{\"unit\":\"ns\",\"class\":\"noisy\",\"watched\":true,\"samples\":1000,\"total\":4000000,"
                "\"guest\":4000,\"hypervisor\":3900000,\"back_end_kernel\":20,\"back_end_user\":300,\"idle\":1,"
                "\"unattributed\":95679,\"io_out\":null,\"io_in\":null,\"guest_said\":{\"unit\":\"cycles\","
                "\"class\":\"noisy\",\"total\":3500000}}");
    json_t *cold = region_json(o, PVB_REGION_COLD(0), "parts");
    assert_int_equal(json_integer_value(json_object_get(cold, "samples")), 1);
    assert_int_equal(json_integer_value(json_object_get(cold, "unattributed")), 4000);
    json_decref(cold);
    assert_string_equal(no_parts(o), "");
    observation_free(o);

    /* Each reason is said, and nothing is invented. */
    const char *const wanted[] = {"no type information", "3 threads found no room in the probes' tables",
                                  "the guest ended inside of the region"};
    for (unsigned i = 0; i < 3; i++) {
        d->s.no_parts = i == 0 ? wanted[0] : NULL;
        d->s.lost.threads = i == 1 ? 3 : 0;
        d->s.region[STEADY].ended = i == 2 ? 1 : 2;
        o = observation_new("hvm", asked, 1);
        o->parts = true;
        sources_open(o, collectors);
        kvm_ebpf_take(o, sources_state(o, &kvm_ebpf_collector), &d->s);
        assert_string_equal(no_parts(o), wanted[i]);
        observation_free(o);
    }
    dump_free(d);
}

static void names(void **state)
{
    (void)state;
    struct dump *d = dump_new();
    d->s.isa = KVM_ISA_IS_VMX;
    add_simple(d, STEADY, 18, KVM_IN_KERNEL, 3);
    add_detail(d, STEADY, 18, KVM_DETAIL_HYPERV, 0x5c, 1);
    add_detail(d, STEADY, 18, KVM_DETAIL_HYPERCALL, 10, 1);
    add_detail(d, STEADY, 18, KVM_DETAIL_HYPERCALL, 0x7076, 1);
    add_simple(d, STEADY, KVM_KIND_OTHER, KVM_IN_KERNEL, 4);
    add_detail(d, STEADY, KVM_KIND_OTHER, KVM_DETAIL_REASON, 0x80000021, 4);
    struct observation *o = take(d);
    assert_exits(&o->books.region[PVB_REGION_STEADY(0)], 7,
                 "{\"VMCALL\":{\"count\":3,\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\",\"total\":3000,\"min\":1000,"
                 "\"mean\":1000,\"max\":1000}," IN_KERNEL(
                     "3", "3000", "1000", "1000",
                     "[512,3]") "\"detail\":{\"hyperv_0x5c\":1,\"send_ipi\":1,\"28790\":1}},"
                                "\"other\":{\"count\":4,\"cost\":{\"unit\":\"ns\",\"class\":\"noisy\",\"total\":4000,"
                                "\"min\":1000,"
                                "\"mean\":1000,\"max\":1000}," IN_KERNEL("4", "4000", "1000", "1000",
                                                                         "[512,4]") "\"detail\":{\"0x80000021\":4}}}");
    json_t *side = host_side_json(o);
    assert_string_equal(json_string_value(json_object_get(side, "isa")), "vmx");
    json_decref(side);
    observation_free(o);
    dump_free(d);
}

/* Every reason keeps its number on the way through the dense table, or is "other" with the number beside it. */
static void kinds(void **state)
{
    (void)state;
    for (uint64_t reason = 0; reason < 0x10000; reason++) {
        unsigned kind = kvm_kind_of(reason);
        assert_in_range(kind, 0, KVM_KINDS - 1);
        if (kind == KVM_KIND_OTHER)
            assert_null(entry_name(PVB_CLASS_EXIT, reason));
        else
            assert_int_equal(kvm_reason_of(kind), reason);
    }
    assert_int_equal(kvm_kind_of(0xefffffff), KVM_KIND_OTHER);
    assert_string_equal(entry_name(PVB_CLASS_EXIT, kvm_entry_code(KVM_ISA_IS_SVM, kvm_kind_of(0x400))), "NPF");
    assert_string_equal(entry_name(PVB_CLASS_EXIT, kvm_entry_code(KVM_ISA_IS_VMX, 48)), "EPT_VIOLATION");
    assert_null(entry_name(PVB_CLASS_EXIT, kvm_entry_code(KVM_ISA_UNKNOWN, 1)));
    assert_null(kvm_userspace_name(12345));
}

static void trouble(void **state)
{
    (void)state;
    struct dump *d = dump_new();
    add_simple(d, STEADY, 0x72, KVM_IN_KERNEL, 2);
    d->s.region[STEADY].ended = 1;
    struct observation *o = take(d);
    assert_string_equal(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]), "the guest ended inside of the region");
    assert_null(region_trouble(&o->books.region[PVB_REGION_COLD(0)]));
    observation_free(o);

    d->s.region[STEADY].ended = 2;
    d->s.region[COLD].begun = 0;
    o = take(d);
    assert_string_equal(region_trouble(&o->books.region[PVB_REGION_COLD(0)]),
                        "the hypervisor did not report this region");
    observation_free(o);

    d->s.lost.stats = 7;
    o = take(d);
    assert_string_equal(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]),
                        "7 exits found no room in the probes' tables");
    observation_free(o);

    d->s.lost.stats = 0;
    add_detail(d, STEADY, 0x72, KVM_DETAIL_MSR, 1, 3);
    o = take(d);
    assert_string_equal(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]),
                        "exit code 114 has 3 details for 2 exits");
    observation_free(o);
    dump_free(d);
}

static void two_starts(void **state)
{
    (void)state;
    struct observation *costs = observation_new("hvm", asked, 1), *counts = observation_new("hvm", asked, 1);
    add_result(costs, 3000, 9000);
    add_result(counts, 3500, 9500);
    counts->books.region[PVB_REGION_STEADY(0)].seen = true;
    observation_take_costs(counts, costs);
    assert_int_equal(counts->bench[0].samples.items, 1);
    assert_int_equal(counts->bench[0].samples.item[0].value, 3000);
    assert_int_equal(counts->bench[0].cold, 9000);
    assert_true(counts->books.region[PVB_REGION_STEADY(0)].seen);
    assert_string_equal(counts->bench[0].fault, "");
    /* What the second start did not come to stays for another boot; what only the second one has is no result. */
    counts->bench[0].state = BENCH_BEGUN;
    observation_take_costs(counts, costs);
    assert_int_equal(counts->bench[0].state, BENCH_BEGUN);
    counts->bench[0].state = BENCH_RESULT;
    costs->bench[0].state = BENCH_ERROR;
    strcpy(costs->bench[0].reason, "no timer");
    observation_take_costs(counts, costs);
    assert_string_equal(counts->bench[0].fault, "without anybody watching it had no result: no timer");
    observation_free(costs);
    observation_free(counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_and_processors),
        cmocka_unit_test(both_paths),
        cmocka_unit_test(histograms),
        cmocka_unit_test(rest_of_pages),
        cmocka_unit_test(hidden_ticks),
        cmocka_unit_test(parts),
        cmocka_unit_test(names),
        cmocka_unit_test(kinds),
        cmocka_unit_test(trouble),
        cmocka_unit_test(two_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
