/* The lines of the probes in Xen's first domain: what they become in the result, and that malformed ones are told. */
#include "console.h"

static const struct pvb_param_workload asked[] = {{.name = "empty", .iterations = 10, .warmup = 2}};

#define START  "M start abi=1 version=4.17 mode=pv tsc_khz=1000000 guest_kib=65536\n"
#define REGION "M region id=1 spans=1 ticks=5000\nM host id=1 isa=pv ticks=0 ran=30 calls 17:2 29:3\n"
#define TIME                                                                                                           \
    "M probes id=1 mappings=1 time device_model=10 kernel_threads=0 xenstored=1 xenconsoled=0 pvbench=2 idle=7 "       \
    "others=10\n"
#define END "M regionend id=1\nM end reason=poweroff\n"

static struct observation *see(const char *text)
{
    struct observation *o = console_open(&hypervisor_xen.listener, "pv", asked, 1);
    console_feed_text(o, text);
    return o;
}

static void check_json(json_t *is, const char *expected)
{
    json_t *wanted = json_loads(expected, 0, NULL);
    char *text = json_dumps(is, 0);
    assert_non_null(wanted);
    if (!json_equal(is, wanted))
        fail_msg("%s instead of %s", text, expected);
    free(text);
    json_decref(wanted);
    json_decref(is);
}

static void result_is(struct observation *o, const char *side_expected, const char *unavailable_expected)
{
    static const char *const of_xen[] = {"isa",       "ticks", "userspace_exits", "injected", "first_domain_ran",
                                         "hypercalls"};
    json_t *unavailable = json_object();
    assert_string_equal(o->fault, "");
    assert_null(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]));
    json_t *region = console_region(o, 0, unavailable), *side = json_incref(json_object_get(region, "host_side"));
    /* What the trace says is another test's. */
    for (size_t i = 0; i < sizeof(of_xen) / sizeof(of_xen[0]); i++)
        assert_int_equal(json_object_del(side, of_xen[i]), 0);
    json_decref(region);
    check_json(side, side_expected);
    check_json(unavailable, unavailable_expected);
    observation_free(o);
}

static void all_is_known(void **state)
{
    (void)state;
    result_is(
        see(START REGION TIME "M probes id=1 upcalls=5\nM probes id=1 grants map=3 unmap=2 copy=70\n"
                              "M probes id=1 handled=4 name=timer0\n"
                              "M probes id=1 handled=1 name=evtchn:a b\nM probes id=1 by=device_model 29:2\n"
                              "M probes id=1 by=others 29:1\nM probes id=1 kernel 17:2\n" END),
        "{\"privcmd\": {\"device_model\": {\"dm_op\": 2}, \"others\": {\"dm_op\": 1}}, \"privcmd_mappings\": 1,"
        " \"kernel_hypercalls\": {\"iret\": 2}, \"upcalls\": 5,"
        " \"upcall_handlers\": {\"timer0\": 4, \"evtchn:a b\": 1}, \"grants\": {\"map\": 3, \"unmap\": 2, \"copy\": "
        "70},"
        " \"processor_time\": {\"unit\": \"instructions\", \"class\": \"exact\", \"device_model\": 10,"
        " \"kernel_threads\": 0, \"xenstored\": 1, \"xenconsoled\": 0, \"pvbench\": 2, \"idle\": 7, \"others\": 10}}",
        "{}");
}

/* Nothing happened: that is known, and no null. */
static void nothing_happened(void **state)
{
    (void)state;
    result_is(see(START REGION TIME "M probes id=1 upcalls=0\nM probes id=1 grants map=0 unmap=0 copy=0\n"
                                    "M probes id=1 kernel\n" END),
              "{\"privcmd\": {}, \"privcmd_mappings\": 1, \"kernel_hypercalls\": {}, \"upcalls\": 0,"
              " \"upcall_handlers\": {}, \"grants\": {\"map\": 0, \"unmap\": 0, \"copy\": 0}, \"processor_time\": "
              "{\"unit\": \"instructions\", \"class\": \"exact\","
              " \"device_model\": 10, \"kernel_threads\": 0, \"xenstored\": 1, \"xenconsoled\": 0, \"pvbench\": 2,"
              " \"idle\": 7, \"others\": 10}}",
              "{}");
}

static void some_is_not_known(void **state)
{
    (void)state;
    result_is(see(START REGION
                  "M probes id=1 mappings=0 time device_model=1 kernel_threads=0 xenstored=0 xenconsoled=0 "
                  "pvbench=0 others=0\n"
                  "M probes id=1 unknown=upcalls reason=no such function\n"
                  "M probes id=1 unknown=grants reason=inlined\n"
                  "M probes id=1 unknown=privcmd reason=not read\n"
                  "M probes id=1 unknown=kernel reason=more processors\n" END),
              "{\"privcmd\": null, \"privcmd_mappings\": 0, \"kernel_hypercalls\": null, \"upcalls\": null,"
              " \"upcall_handlers\": {}, \"grants\": null, \"processor_time\": {\"unit\": \"instructions\", \"class\": "
              "\"exact\","
              " \"device_model\": 1, \"kernel_threads\": 0, \"xenstored\": 0, \"xenconsoled\": 0, \"pvbench\": 0,"
              " \"idle\": null, \"others\": 0}}",
              "{\"host_side.privcmd\": \"not read\", \"host_side.kernel_hypercalls\": \"more processors\","
              " \"host_side.upcalls\": \"no such function\", \"host_side.grants\": \"inlined\","
              " \"host_side.processor_time.idle\": \"this computer has more processors than one, and the trace of"
              " only one of them is read\"}");
}

static void no_probes_at_all(void **state)
{
    (void)state;
    result_is(see(START "M probes none reason=no right\n" REGION END),
              "{\"privcmd\": null, \"privcmd_mappings\": null, \"kernel_hypercalls\": null, \"upcalls\": null,"
              " \"upcall_handlers\": null, \"grants\": null, \"processor_time\": null}",
              "{\"host_side.privcmd\": \"no right\", \"host_side.privcmd_mappings\": \"no right\","
              " \"host_side.kernel_hypercalls\": \"no right\", \"host_side.upcalls\": \"no right\","
              " \"host_side.upcall_handlers\": \"no right\", \"host_side.grants\": \"no "
              "right\",\"host_side.processor_time\": \"no right\"}");
}

/* A hypervisor without a first domain is asked for nothing. */
static void nobody_speaks_of_probes(void **state)
{
    (void)state;
    result_is(see(START REGION END), "{}", "{}");
}

static void malformed_lines(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "M probes id=1",
        "M probes id=1 by=nobody 29:2",
        "M probes id=1 by=device_model 29:2 29:1",
        "M probes id=1 by=device_model 29:2\nM probes id=1 by=device_model 29:2",
        "M probes id=1 kernel 17:0",
        "M probes id=1 kernels 17:1",
        "M probes id=1 upcalls=-1",
        "M probes id=1 upcalls=1 more",
        "M probes id=1 grants map=1 unmap=2",
        "M probes id=1 grants map=1 unmap=2 copy=-3",
        "M probes id=1 grants map=1 unmap=2 copy=3 more=4",
        "M probes id=1 grants map=1 unmap=2 copy=3\nM probes id=1 grants map=1 unmap=2 copy=3",
        "M probes id=1 mappings=1 device_model=1",
        "M probes id=1 mappings=0 time device_model=1 surprise=1",
        "M probes id=1 handled=1 name=",
        "M probes id=1 handled=1 name=a-name-of-more-letters-than-there-are",
        "M probes id=1 handled=1 name=a\nM probes id=1 handled=1 name=a",
        "M probes id=1 unknown=everything reason=so",
        "M probes id=1 unknown=kernel reason=",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char text[600];
        snprintf(text, sizeof(text), START REGION "%s\n" END, lines[i]);
        struct observation *o = see(text);
        if (!region_trouble(&o->books.region[PVB_REGION_STEADY(0)]))
            fail_msg("\"%s\" was taken for good", lines[i]);
        observation_free(o);
    }
    static const char *const outside[] = {START "M probes id=1 upcalls=1\n", START "M probes id=99 upcalls=1\n",
                                          START "M probes none reason=\n", START "M probes\n"};
    for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
        struct observation *o = see(outside[i]);
        assert_true(o->fault[0] || o->books.region[PVB_REGION_STEADY(0)].fault[0]);
        observation_free(o);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_is_known),
        cmocka_unit_test(nothing_happened),
        cmocka_unit_test(some_is_not_known),
        cmocka_unit_test(no_probes_at_all),
        cmocka_unit_test(nobody_speaks_of_probes),
        cmocka_unit_test(malformed_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
