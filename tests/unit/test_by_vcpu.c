/* Entries of the vCPU that measures and of the others: told by a hypervisor's log and by KVM's probes, and in the
 * result. */
#include "console.h"
#include "collectors/kvm_ebpf.h"

static const struct pvb_param_workload asked[] = {{.name = "empty", .iterations = 10, .warmup = 2}};

#define REGION    "M region id=1 spans=1 ticks=5000\n"
#define ENTRY     "M entry id=1 class=hypercall code=17 count=10 costs=none\n"
#define OTHERS    "M others id=1 class=hypercall code=17 count=4\n"
#define REGIONEND "M regionend id=1\n"

static struct observation *see(const char *text)
{
    struct observation *o = console_open(&hypervisor_xen.listener, "pv", asked, 1);
    o->vcpus = 4;
    console_feed_text(o, "M start abi=1 version=0.1.0 mode=pv tsc_khz=1000000 guest_kib=65536\n");
    console_feed_text(o, text);
    return o;
}

static void is_share(const json_t *shares, unsigned i, const char *vcpus, const char *class, const char *kind,
                     int count)
{
    const json_t *share = json_array_get(shares, i);
    assert_string_equal(json_string_value(json_object_get(share, "vcpus")), vcpus);
    assert_int_equal(json_integer_value(json_object_get(share, "entries_total")), count);
    const json_t *kinds = json_object_get(json_object_get(share, "entries"), class);
    assert_int_equal(json_integer_value(json_object_get(kinds, kind)), count);
}

static void told_by_a_log(void **state)
{
    (void)state;
    struct observation *o = see(REGION ENTRY OTHERS REGIONEND);
    const struct region *r = &o->books.region[PVB_REGION_STEADY(0)];
    assert_null(region_trouble(r));
    assert_int_equal(region_others(r, PVB_CLASS_HYPERCALL, 17), 4);
    assert_int_equal(region_others(r, PVB_CLASS_HYPERCALL, 18), 0);
    json_t *shares = by_vcpu_json(r, 4);
    is_share(shares, 0, "0", "hypercall", "xen_version", 6);
    is_share(shares, 1, "1-3", "hypercall", "xen_version", 4);
    json_decref(shares);
    shares = by_vcpu_json(r, 2);
    is_share(shares, 1, "1", "hypercall", "xen_version", 4);
    json_decref(shares);
    observation_free(o);
}

/* More than there are, twice, before they are there, malformed. */
static void lies(void **state)
{
    (void)state;
    static const char *const books[] = {
        REGION ENTRY "M others id=1 class=hypercall code=17 count=11\n" REGIONEND,
        REGION ENTRY OTHERS OTHERS REGIONEND,
        REGION OTHERS ENTRY REGIONEND,
        REGION ENTRY "M others id=1 class=hypercall code=18 count=1\n" REGIONEND,
        REGION ENTRY "M others id=1 class=hypercall code=17 count=1 more\n" REGIONEND,
        REGION ENTRY "M others id=1 class=hypercall count=1\n" REGIONEND,
        REGION ENTRY "M others id=1 class=none code=17 count=1\n" REGIONEND,
    };
    for (size_t i = 0; i < sizeof(books) / sizeof(books[0]); i++) {
        struct observation *o = see(books[i]);
        if (!region_trouble(&o->books.region[PVB_REGION_STEADY(0)]))
            fail_msg("books %zu were believed: %s", i, books[i]);
        observation_free(o);
    }
}

static void add(struct kvm_row *row, bool of_others, uint64_t count)
{
    const struct kvm_stat st = {.sum = 1000 * count, .not_min = ~1000ull, .max = 1000, .log2 = {[9] = count}};
    *row = (struct kvm_row){.region = PVB_REGION_STEADY(0) + 1, .kind = 0x78, .of_others = of_others};
    assert_true(kvm_cost_add(&row->cost, &st));
}

static void told_by_kvms_probes(void **state)
{
    (void)state;
    struct kvm_snapshot *s = calloc(1, sizeof(*s));
    struct kvm_row rows[2];
    struct observation *o = observation_new("pv", asked, 1);
    void *k = kvm_ebpf_collector.open(o);
    add(&rows[0], false, 3);
    add(&rows[1], true, 45);
    s->isa = KVM_ISA_IS_SVM;
    s->row = rows;
    s->rows = 2;
    s->region[PVB_REGION_STEADY(0) + 1] = (struct kvm_region_state){1, 1, 4000};
    kvm_ebpf_take(o, k, s);
    json_t *shares = by_vcpu_json(&o->books.region[PVB_REGION_STEADY(0)], 16);
    is_share(shares, 0, "0", "exit", "HLT", 3);
    is_share(shares, 1, "1-15", "exit", "HLT", 45);
    json_decref(shares);
    kvm_ebpf_collector.close(k);
    observation_free(o);
    free(rows[0].cost.distinct);
    free(rows[1].cost.distinct);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(told_by_a_log),
        cmocka_unit_test(lies),
        cmocka_unit_test(told_by_kvms_probes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
