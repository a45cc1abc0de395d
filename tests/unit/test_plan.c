/* A suite and a command line become a list of boots. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "runner/plan/plan.h"

#include <string.h>

static const struct suite suite = {
    .name = "s",
    .sha256 = "0",
    .hypervisors = {"minivisor"},
    .hypervisor_count = 1,
    .modes = {"pv", "hvm"},
    .mode_count = 2,
    .repeats = 3,
    .timeout_s = 60,
    .workload = {{.name = "empty", .iterations = 10},
                 {.name = "walk", .iterations = 20, .parameter = 7},
                 {.name = "walk", .iterations = 30}},
    .workload_count = 3,
};

static void as_the_suite_says(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    const struct narrowing n = {.machine = &machine_lab};
    /* Repeats turn the order round, so that a drift falls on both modes. */
    static const char *const order[] = {"pv", "hvm", "hvm", "pv", "pv", "hvm"};
    assert_int_equal(plan_make(&p, &suite, &n, &e), 0);
    assert_int_equal(p.units, 6);
    for (unsigned i = 0; i < 6; i++) {
        assert_string_equal(unit_mode(&p.unit[i]), order[i]);
        assert_int_equal(p.unit[i].repeat, i / 2);
        assert_ptr_equal(p.unit[i].hypervisor, &hypervisor_minivisor);
    }
    assert_int_equal(p.workloads, 3);
    assert_int_equal(p.timeout_s, 60);
    plan_free(&p);
}

static void key_is(const struct unit *u, const char *expected)
{
    char key[SETTING_KEY_SIZE];
    setting_key(&u->setting, key, sizeof(key));
    assert_string_equal(key, expected);
}

static void keys_are(const struct plan *p, const char *const *keys, size_t count)
{
    assert_int_equal(p->units, count);
    for (unsigned i = 0; i < count; i++)
        key_is(&p->unit[i], keys[i]);
}

/* That suite, of two hypervisors, once. */
static struct suite suite_of(const char *first, const char *second)
{
    struct suite s = suite;
    strcpy(s.hypervisors[0], first);
    strcpy(s.hypervisors[1], second);
    s.hypervisor_count = 2;
    s.repeats = 1;
    return s;
}

/* Each mode of a hypervisor once for each way to start it that the suite has for it; the minivisor has none. */
static void a_boot_for_each_way_to_start(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    struct suite s = suite_of("kvm", "xen");
    s.variant[0] = (struct suite_variant){.name = "shipped", .is_for_xen = true, .is_for_kernel = true};
    s.variant[2] = (struct suite_variant){.name = "xpti", .is_for_xen = true, .xen = "xpti=on"};
    s.variant_count = 3;
    struct narrowing n = {.machine = &machine_lab};
    static const char *const keys[] = {
        "kvm/pv+shipped@lab", "kvm/pv@lab",      "kvm/hvm+shipped@lab", "kvm/hvm@lab", "xen/pv+shipped@lab",
        "xen/pv@lab",         "xen/pv+xpti@lab", "xen/hvm+shipped@lab", "xen/hvm@lab", "xen/hvm+xpti@lab"};
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    keys_are(&p, keys, sizeof(keys) / sizeof(keys[0]));
    assert_string_equal(p.unit[6].variant->xen, "xpti=on");
    plan_free(&p);
    n.variants[0] = "xpti";
    n.variant_count = 1;
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    assert_int_equal(p.units, 2);
    plan_free(&p);
    n.variants[0] = "xpt";
    assert_int_equal(plan_make(&p, &s, &n, &e), -1);
    assert_non_null(
        strstr(e.text, "--variant xpt: suite s does not have it; it has: shipped, usual, xpti; did you mean xpti?"));
    n = (struct narrowing){.machine = &machine_lab, .hypervisors = {"minivisor"}, .hypervisor_count = 1};
    assert_int_equal(plan_make(&p, &s, &n, &e), 0); /* as usual */
    assert_int_equal(p.units, 2);
    plan_free(&p);
    n = (struct narrowing){.machine = &machine_host};
    assert_int_equal(plan_make(&p, &s, &n, &e), -1);
    assert_non_null(strstr(e.text, "suite s: its variants are ways to start a hypervisor, which the lab does"));
}

/* Words for a guest that is Linux start nothing otherwise: a host has them, too, and "only" says whose they are. */
static void a_boot_for_each_way_to_start_a_guest(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    struct suite s = suite_of("kvm", "xen");
    strcpy(s.carrier, "linux");
    s.variant[1] = (struct suite_variant){.name = "nopv", .guest = "xen_nopv", .only = "xen/hvm"};
    s.variant_count = 2;
    static const char *const keys[] = {"kvm/pv+linux", "kvm/hvm+linux", "xen/pv+linux", "xen/hvm+linux",
                                       "xen/hvm+linux+nopv"};
    const struct machine *const on[] = {&machine_lab, &machine_host};
    for (unsigned m = 0; m < 2; m++) {
        struct narrowing n = {.machine = on[m], .repeats = 1};
        if (on[m]->is_here)
            n.pin.how = PIN_NONE;
        assert_int_equal(plan_make(&p, &s, &n, &e), 0);
        assert_int_equal(p.units, sizeof(keys) / sizeof(keys[0]));
        for (unsigned i = 0; i < p.units; i++) {
            char key[64];
            snprintf(key, sizeof(key), "%s@%s", keys[i], on[m]->name);
            key_is(&p.unit[i], key);
        }
        assert_null(p.unit[3].setting.guest[0].words);
        assert_string_equal(p.unit[4].setting.guest[0].words, "xen_nopv");
        plan_free(&p);
    }
}

/* "only" may say with which devices: a guest that is not to know Xen has none of its own. */
static void a_way_to_start_a_guest_with_some_devices(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    struct suite s = suite_of("kvm", "xen");
    strcpy(s.carrier, "linux");
    strcpy(s.devices[0], "pv");
    strcpy(s.devices[1], "emulated");
    s.device_count = 2;
    s.variant[1] = (struct suite_variant){.name = "nopv", .guest = "xen_nopv", .only = "xen/hvm+emulated"};
    s.variant_count = 2;
    static const char *const keys[] = {"kvm/pv+linux+pv@lab",        "kvm/hvm+linux+emulated@lab",
                                       "xen/pv+linux+pv@lab",        "xen/hvm+linux+pv@lab",
                                       "xen/hvm+linux+emulated@lab", "xen/hvm+linux+emulated+nopv@lab"};
    const struct narrowing n = {.machine = &machine_lab, .repeats = 1};
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    keys_are(&p, keys, sizeof(keys) / sizeof(keys[0]));
    plan_free(&p);
}

/* Each once for each company that the suite has; the minivisor, too, which then says that it has none. */
static void a_boot_for_each_company_of_guests(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    struct suite s = suite;
    strcpy(s.hypervisors[0], "xen");
    s.hypervisor_count = 1;
    s.repeats = 1;
    s.guests[1] = (struct suite_guests){.neighbours = 31, .load = "idle_guest"};
    s.guests[2] = (struct suite_guests){.neighbours = 1, .load = "compute"};
    s.guests_count = 3;
    struct narrowing n = {.machine = &machine_lab};
    static const char *const keys[] = {"xen/pv@lab",  "xen/pv+32guests@lab",  "xen/pv+2guests-compute@lab",
                                       "xen/hvm@lab", "xen/hvm+32guests@lab", "xen/hvm+2guests-compute@lab"};
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    keys_are(&p, keys, sizeof(keys) / sizeof(keys[0]));
    plan_free(&p);
    n.guests[0] = "2guests-compute";
    n.guests_count = 1;
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    assert_int_equal(p.units, 2);
    plan_free(&p);
    n.guests[0] = "2guests";
    assert_int_equal(plan_make(&p, &s, &n, &e), -1);
    assert_non_null(
        strstr(e.text, "--guests 2guests: suite s does not have it; it has: one, 32guests, 2guests-compute"));
    assert_non_null(hypervisor_minivisor.alone);
}

/* A hypervisor that gives fewer vCPUs than are asked for gives what it has, once. */
static void a_guest_for_each_number_of_vcpus(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    struct suite s = suite_of("native", "xen");
    strcpy(s.modes[0], "hvm");
    s.mode_count = 1;
    s.vcpus[0] = 2;
    s.vcpus[1] = 16;
    s.vcpu_count = 2;
    struct narrowing n = {.machine = &machine_lab};
    static const char *const keys[] = {"native/hvm@lab", "xen/hvm+2vcpus@lab", "xen/hvm+16vcpus@lab"};
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    keys_are(&p, keys, sizeof(keys) / sizeof(keys[0]));
    plan_free(&p);
    n.vcpus[0] = 16;
    n.vcpu_count = 1;
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    assert_int_equal(p.units, 2);
    key_is(&p.unit[1], "xen/hvm+16vcpus@lab");
    plan_free(&p);
    n.vcpus[0] = 3;
    assert_int_equal(plan_make(&p, &s, &n, &e), -1);
    assert_non_null(strstr(e.text, "--vcpus 3: suite s does not have it"));
    s.vcpus[0] = 1;
    n = (struct narrowing){.machine = &machine_lab};
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    key_is(&p.unit[1], "xen/hvm@lab");
    plan_free(&p);
}

/* A guest for each kind of devices that its hypervisor has in that mode; of a suite without, each guest as it always
 * was. */
static void a_guest_for_each_kind_of_devices(void **state)
{
    (void)state;
    struct plan p, other;
    struct pvb_error e;
    struct suite s = suite;
    strcpy(s.hypervisors[0], "kvm");
    strcpy(s.hypervisors[1], "xen");
    strcpy(s.modes[2], "pvh");
    strcpy(s.devices[0], "pv");
    strcpy(s.devices[1], "emulated");
    s.hypervisor_count = 2;
    s.mode_count = 3;
    s.repeats = 1;
    struct narrowing n = {.machine = &machine_lab};
    static const char *const keys[] = {"kvm/pv@lab", "kvm/hvm@lab", "xen/pv@lab", "xen/hvm@lab", "xen/pvh@lab"};
    static const char *const with[] = {"kvm/pv+pv@lab",  "kvm/hvm+emulated@lab", "xen/pv+pv@lab",
                                       "xen/hvm+pv@lab", "xen/hvm+emulated@lab", "xen/pvh+pv@lab"};
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    assert_int_equal(p.units, 5);
    for (unsigned i = 0; i < p.units; i++)
        key_is(&p.unit[i], keys[i]);
    s.device_count = 2;
    assert_int_equal(plan_make(&other, &s, &n, &e), 0);
    assert_int_equal(other.units, 6);
    for (unsigned i = 0; i < other.units; i++)
        key_is(&other.unit[i], with[i]);
    assert_string_not_equal(p.sha256, other.sha256);
    plan_free(&p);
    plan_free(&other);
    n.devices[0] = "emulated";
    n.device_count = 1;
    assert_int_equal(plan_make(&p, &s, &n, &e), 0);
    assert_int_equal(p.units, 2);
    plan_free(&p);
    n.devices[0] = "iothread";
    assert_int_equal(plan_make(&p, &s, &n, &e), -1);
    assert_non_null(strstr(e.text, "--devices iothread: suite s does not have it; it has: pv, emulated"));
}

/* On a host: blocks, unless repeats are asked for; the seed decides the order, and is part of the plan. */
static void blocks_on_a_host(void **state)
{
    (void)state;
    struct plan p, again;
    struct pvb_error e;
    struct suite on_kvm = suite;
    strcpy(on_kvm.hypervisors[0], "kvm");
    struct narrowing n = {.machine = &machine_host, .seed = 7, .pin.how = PIN_NONE};
    assert_int_equal(plan_make(&p, &on_kvm, &n, &e), 0);
    assert_int_equal(p.blocks, SCHEDULE_BLOCKS);
    assert_int_equal(p.units, 8 * 4);
    for (unsigned i = 0; i < p.units; i += 4) {
        assert_ptr_equal(unit_mode(&p.unit[i]), unit_mode(&p.unit[i + 3]));
        assert_ptr_equal(unit_mode(&p.unit[i + 1]), unit_mode(&p.unit[i + 2]));
        assert_string_not_equal(unit_mode(&p.unit[i]), unit_mode(&p.unit[i + 1]));
        assert_int_equal(p.unit[i].block, i / 4 + 1);
    }
    n.seed = 8;
    assert_int_equal(plan_make(&again, &on_kvm, &n, &e), 0);
    assert_string_not_equal(p.sha256, again.sha256);
    plan_free(&again);
    plan_free(&p);
    on_kvm.blocks = 3;
    assert_int_equal(plan_make(&p, &on_kvm, &n, &e), 0);
    assert_int_equal(p.units, 3 * 4);
    plan_free(&p);
    n.repeats = 1;
    assert_int_equal(plan_make(&p, &on_kvm, &n, &e), 0);
    assert_true(p.units == 2 && !p.blocks && !p.unit[0].block);
    plan_free(&p);
    n = (struct narrowing){.machine = &machine_lab, .blocks = 4};
    assert_int_equal(plan_make(&p, &suite, &n, &e), -1);
    assert_non_null(strstr(e.text, "add --machine host"));
}

/* A suite's wish is for the lab: on a host, where they lengthen the watched start, who asks has them. */
static void parts_on_a_host(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    struct suite wishes = suite;
    strcpy(wishes.hypervisors[0], "kvm");
    wishes.parts = true;
    struct narrowing n = {.machine = &machine_host, .repeats = 1};
    assert_int_equal(plan_make(&p, &wishes, &n, &e), 0);
    assert_false(p.parts);
    plan_free(&p);
    n.parts = true;
    assert_int_equal(plan_make(&p, &wishes, &n, &e), 0);
    assert_true(p.parts);
    plan_free(&p);
    n.explain = true;
    assert_int_equal(plan_make(&p, &wishes, &n, &e), -1);
    assert_non_null(strstr(e.text, "--explain: whose the instructions are is known in the lab alone"));
}

/* Xen's guests are no threads of this kernel: a place for them is refused, and none is claimed in the result. */
static void no_place_for_what_has_no_threads(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    struct suite on_xen = suite;
    strcpy(on_xen.hypervisors[0], "xen");
    struct narrowing n = {.machine = &machine_host, .seed = 7};
    assert_int_equal(plan_make(&p, &on_xen, &n, &e), 0);
    assert_int_equal(p.pin.how, PIN_NONE);
    plan_free(&p);
    assert_int_equal(pinning_read(&n.pin, "--pin", "0", &e), 0);
    assert_int_equal(plan_make(&p, &on_xen, &n, &e), -1);
    assert_non_null(strstr(e.text, "--pin: a guest of xen is no thread of this kernel"));
}

static void narrowed(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    const struct narrowing n = {
        .modes = {"hvm"},
        .mode_count = 1,
        .workloads = {"walk"},
        .workload_count = 1,
        .iterations = 5,
        .warmup = 3,
        .has_warmup = true,
        .repeats = 1,
        .timeout_s = 9,
    };
    assert_int_equal(plan_make(&p, &suite, &n, &e), 0);
    assert_int_equal(p.units, 1);
    assert_string_equal(unit_mode(&p.unit[0]), "hvm");
    assert_int_equal(p.workloads, 2);
    assert_int_equal(p.workload[0].iterations, 5);
    assert_int_equal(p.workload[0].warmup, 3);
    assert_int_equal(p.workload[0].parameter, 7);
    assert_int_equal(p.timeout_s, 9);
    plan_free(&p);
}

static void what_the_suite_does_not_have(void **state)
{
    (void)state;
    struct plan p;
    struct pvb_error e;
    const struct narrowing mode = {.modes = {"pvh"}, .mode_count = 1};
    const struct narrowing workload = {.workloads = {"empty", "cpuid"}, .workload_count = 2};
    const struct narrowing hypervisor = {.hypervisors = {"vmware"}, .hypervisor_count = 1};
    const struct narrowing host = {.machine = &machine_host};
    assert_int_equal(plan_make(&p, &suite, &mode, &e), -1);
    assert_non_null(strstr(e.text, "--mode pvh: suite s does not have it; it has: pv, hvm"));
    assert_int_equal(plan_make(&p, &suite, &workload, &e), -1);
    assert_non_null(strstr(e.text, "--workload cpuid: suite s does not have it; it has: empty, walk"));
    assert_int_equal(plan_make(&p, &suite, &hypervisor, &e), -1);
    assert_non_null(strstr(e.text, "--hypervisor vmware: is not known; known are: minivisor, kvm, xen"));
    assert_int_equal(plan_make(&p, &suite, &host, &e), -1);
    assert_non_null(strstr(e.text, "leave out --machine host"));
}

/* A journal is only for its own plan: whatever decides a measurement must change the hash. */
static void hashes(void **state)
{
    (void)state;
    struct pvb_error e;
    struct plan base, p;
    const struct narrowing variant[] = {
        {.iterations = 11}, {.warmup = 9, .has_warmup = true},  {.repeats = 4},
        {.timeout_s = 61},  {.modes = {"pv"}, .mode_count = 1}, {.workloads = {"walk"}, .workload_count = 1},
    };
    const struct narrowing none = {0};
    assert_int_equal(plan_make(&base, &suite, &none, &e), 0);
    assert_int_equal(plan_make(&p, &suite, &none, &e), 0);
    assert_string_equal(p.sha256, base.sha256);
    plan_free(&p);
    for (size_t i = 0; i < sizeof(variant) / sizeof(variant[0]); i++) {
        assert_int_equal(plan_make(&p, &suite, &variant[i], &e), 0);
        assert_string_not_equal(p.sha256, base.sha256);
        plan_free(&p);
    }
    plan_free(&base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_suite_says),
        cmocka_unit_test(a_guest_for_each_kind_of_devices),
        cmocka_unit_test(a_guest_for_each_number_of_vcpus),
        cmocka_unit_test(a_boot_for_each_company_of_guests),
        cmocka_unit_test(a_boot_for_each_way_to_start),
        cmocka_unit_test(a_boot_for_each_way_to_start_a_guest),
        cmocka_unit_test(a_way_to_start_a_guest_with_some_devices),
        cmocka_unit_test(blocks_on_a_host),
        cmocka_unit_test(parts_on_a_host),
        cmocka_unit_test(no_place_for_what_has_no_threads),
        cmocka_unit_test(narrowed),
        cmocka_unit_test(what_the_suite_does_not_have),
        cmocka_unit_test(hashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
