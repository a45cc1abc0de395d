/* One boot as JSON: what is concluded, what is lost, and what is left for the next boot. */
#include "console.h"
#include "runner/document/run_json.h"

static const struct suite suite = {
    .name = "s",
    .hypervisors = {"minivisor"},
    .hypervisor_count = 1,
    .modes = {"hvm"},
    .mode_count = 1,
    .repeats = 1,
    .timeout_s = 60,
    .workload = {{.name = "empty", .iterations = 100, .warmup = 10},
                 {.name = "null_hypercall", .iterations = 100, .warmup = 10},
                 {.name = "page_fault", .iterations = 100, .warmup = 10},
                 {.name = "console_char", .iterations = 100, .warmup = 10}},
    .workload_count = 4,
};

static const struct identity identity = {.sha256 = "aa"};
static const struct pvb_workload_name names[] = {{.name = "empty"},
                                                 {.name = "null_hypercall", .subsystem = "privileged"}};
static const struct image image = {.sha256 = "bb", .name = names, .names = 2};
static const struct boot_order order = {.setting = {"minivisor", "lab", {{"bare", "hvm", 1}}, 1},
                                        .hypervisor = &hypervisor_minivisor,
                                        .machine = &machine_lab,
                                        .identity = &identity,
                                        .image = &image,
                                        .workloads_sha256 = "cc"};

static json_t *bench_of(json_t *run, const char *name)
{
    size_t i;
    json_t *bench;
    json_array_foreach(json_object_get(run, "benchmarks"), i, bench)
    {
        if (strcmp(json_string_value(json_object_get(bench, "name")), name) == 0)
            return bench;
    }
    return NULL;
}

static const char *text_of(json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* The recorded console up to the line that begins with `stop`. */
static struct observation *see_until(const char *stop)
{
    struct blob file;
    struct pvb_error e;
    struct observation *o = console_open(&hypervisor_minivisor.listener, "hvm", recorded, 4);
    assert_int_equal(blob_read(&file, "tests/fixtures/console/minivisor-hvm.log", 1 << 20, &e), 0);
    char *at = stop ? strstr((char *)file.bytes, stop) : NULL;
    console_feed(o, (char *)file.bytes, at ? (size_t)(at - (char *)file.bytes) : file.size);
    blob_free(&file);
    return o;
}

static unsigned remaining(json_t *run, struct pvb_param_workload *rest)
{
    struct plan plan;
    struct pvb_error e;
    const struct narrowing n = {.machine = &machine_lab};
    assert_int_equal(plan_make(&plan, &suite, &n, &e), 0);
    json_t *runs = json_pack("[O]", run);
    unsigned count = run_json_remaining(runs, &plan, rest);
    json_decref(runs);
    plan_free(&plan);
    return count;
}

static void good_boot(void **state)
{
    (void)state;
    struct pvb_param_workload rest[PVB_MAX_WORKLOADS];
    struct observation *o = see_until(NULL);
    json_t *run = run_json(&order, o, STATUS_OK, ""), *bench = bench_of(run, "null_hypercall");
    assert_string_equal(text_of(run, "status"), "ok");
    assert_null(json_object_get(run, "reason"));
    assert_int_equal(json_array_size(json_object_get(run, "benchmarks")), 4);
    assert_int_equal(json_integer_value(json_object_get(bench, "entries_total")), 100);
    assert_string_equal(text_of(bench, "subsystem"), "privileged");
    assert_null(json_object_get(bench_of(run, "empty"), "subsystem"));
    assert_string_equal(text_of(run, "setting"), "minivisor/hvm@lab");
    json_t *vmmcall = json_object_get(json_object_get(json_object_get(bench, "entries"), "exit"), "VMMCALL");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(vmmcall, "detail"), "xen_version")), 100);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(bench, "cost"), "median")), 166);
    assert_null(json_object_get(json_object_get(bench, "cost"), "distribution"));
    bench = bench_of(run, "console_char");
    assert_int_equal(json_array_size(json_object_get(json_object_get(bench, "cost"), "distribution")), 3);
    assert_int_equal(remaining(run, rest), 0);
    json_decref(run);
    observation_free(o);
}

/* They stand beside the workload's entries, not beside those of its first operation. */
static void notifications(void **state)
{
    (void)state;
    struct observation *o = see_until(NULL);
    o->bench[1].told = (struct notifications){true, 7, 2, 5};
    o->bench[1].has_clock = true;
    o->bench[1].clock_interrupts = 9;
    json_t *run = run_json(&order, o, STATUS_OK, ""), *bench = bench_of(run, "null_hypercall");
    json_t *told = json_object_get(bench, "notifications");
    assert_int_equal(json_integer_value(json_object_get(told, "sent")), 7);
    assert_int_equal(json_integer_value(json_object_get(told, "suppressed")), 2);
    assert_int_equal(json_integer_value(json_object_get(told, "received")), 5);
    assert_int_equal(json_integer_value(json_object_get(bench, "clock_interrupts")), 9);
    assert_null(json_object_get(json_object_get(bench, "cold"), "clock_interrupts"));
    assert_null(json_object_get(bench_of(run, "empty"), "clock_interrupts"));
    assert_null(json_object_get(json_object_get(bench, "cold"), "notifications"));
    assert_null(json_object_get(bench_of(run, "empty"), "notifications"));
    json_decref(run);
    observation_free(o);
}

/* It dies inside of the second: that one is lost, the others are for the next boot. */
static void crash_inside(void **state)
{
    (void)state;
    struct pvb_param_workload rest[PVB_MAX_WORKLOADS];
    struct observation *o = see_until("G pvbench: result index=1");
    json_t *run = run_json(&order, o, STATUS_CRASHED, "because");
    assert_string_equal(text_of(run, "status"), "crashed");
    assert_string_equal(text_of(bench_of(run, "empty"), "status"), "ok");
    assert_string_equal(text_of(bench_of(run, "null_hypercall"), "status"), "crashed");
    assert_string_equal(text_of(bench_of(run, "null_hypercall"), "reason"), "because");
    assert_int_equal(remaining(run, rest), 2);
    assert_string_equal(rest[0].name, "page_fault");
    json_decref(run);
    run = run_json(&order, o, STATUS_TIMEOUT, "no end");
    assert_string_equal(text_of(bench_of(run, "null_hypercall"), "status"), "timeout");
    json_decref(run);
    observation_free(o);
}

/* It dies before the books of the first are closed: the first is measured again, nothing is made up. */
static void crash_before_the_books(void **state)
{
    (void)state;
    struct pvb_param_workload rest[PVB_MAX_WORKLOADS];
    struct observation *o = see_until("M region id=1");
    json_t *run = run_json(&order, o, STATUS_TIMEOUT, "no end");
    assert_null(bench_of(run, "empty"));
    assert_string_equal(text_of(bench_of(run, "null_hypercall"), "status"), "timeout");
    assert_int_equal(remaining(run, rest), 3);
    assert_string_equal(rest[0].name, "empty");
    json_decref(run);
    observation_free(o);
}

/* A boot without any progress ends the unit, or it would be repeated for ever. */
static void no_progress(void **state)
{
    (void)state;
    struct pvb_param_workload rest[PVB_MAX_WORKLOADS];
    struct observation *o = see_until("G pvbench: begin index=0");
    json_t *run = run_json(&order, o, STATUS_ERROR, "because");
    assert_int_equal(remaining(run, rest), 0);
    assert_string_equal(text_of(bench_of(run, "empty"), "status"), "error");
    assert_string_equal(text_of(bench_of(run, "console_char"), "status"), "skipped");
    json_decref(run);
    observation_free(o);
}

/* Books that do not add up: entries are null with the reason, the cost stays. */
static void bad_books(void **state)
{
    (void)state;
    struct observation *o = see_until(NULL);
    region_fault(&o->books.region[PVB_REGION_STEADY(1)], "it does not add up");
    json_t *run = run_json(&order, o, STATUS_OK, ""), *bench = bench_of(run, "null_hypercall");
    assert_string_equal(text_of(bench, "status"), "ok");
    assert_true(json_is_null(json_object_get(bench, "entries")));
    assert_true(json_is_null(json_object_get(bench, "entries_total")));
    assert_string_equal(text_of(json_object_get(bench, "unavailable"), "entries"), "it does not add up");
    assert_true(json_is_object(json_object_get(bench, "cost")));
    json_decref(run);
    observation_free(o);
}

static void skipped(void **state)
{
    (void)state;
    struct pvb_param_workload rest[PVB_MAX_WORKLOADS];
    json_t *run = run_json_skipped(&order, recorded, 4, "interrupted");
    assert_string_equal(text_of(run, "status"), "skipped");
    assert_string_equal(text_of(bench_of(run, "empty"), "reason"), "interrupted");
    assert_int_equal(remaining(run, rest), 0);
    json_decref(run);
}

/* The verdicts, from what was said and how the machine ended. */
static void verdicts(void **state)
{
    (void)state;
    const int good = 1 << 8, bad = 0;
    char reason[PVB_REASON_SIZE];
    struct observation *o = see_until(NULL);
    assert_int_equal(hypervisor_minivisor.listener.judge(o, good, reason, sizeof(reason)), STATUS_OK);
    assert_int_equal(hypervisor_minivisor.listener.judge(o, bad, reason, sizeof(reason)), STATUS_CRASHED);
    assert_int_equal(hypervisor_minivisor.listener.judge(o, 9, reason, sizeof(reason)), STATUS_CRASHED);
    strcpy(o->end, "reboot");
    assert_int_equal(hypervisor_minivisor.listener.judge(o, good, reason, sizeof(reason)), STATUS_CRASHED);
    observation_fault(o, "a fault");
    assert_int_equal(hypervisor_minivisor.listener.judge(o, good, reason, sizeof(reason)), STATUS_ERROR);
    strcpy(o->panic, "a panic");
    assert_int_equal(hypervisor_minivisor.listener.judge(o, good, reason, sizeof(reason)), STATUS_FAILED);
    strcpy(o->killed, "a rule");
    assert_int_equal(hypervisor_minivisor.listener.judge(o, good, reason, sizeof(reason)), STATUS_CRASHED);
    assert_string_equal(reason, "the minivisor killed the guest: a rule");
    observation_free(o);
    o = console_open(&hypervisor_minivisor.listener, "hvm", recorded, 4);
    assert_int_equal(hypervisor_minivisor.listener.judge(o, good, reason, sizeof(reason)), STATUS_ERROR);
    observation_free(o);
    o = see_until("G pvbench: done");
    assert_int_equal(hypervisor_minivisor.listener.judge(o, good, reason, sizeof(reason)), STATUS_CRASHED);
    observation_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_boot),    cmocka_unit_test(notifications),
        cmocka_unit_test(crash_inside), cmocka_unit_test(crash_before_the_books),
        cmocka_unit_test(no_progress),  cmocka_unit_test(bad_books),
        cmocka_unit_test(skipped),      cmocka_unit_test(verdicts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
