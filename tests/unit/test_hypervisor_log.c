/* A hypervisor's books: good ones are taken as they are, and what does not add up is told. */
#include "console.h"
#include "collectors/entry_names.h"
#include "collectors/entries_json.h"
#include "collectors/sources.h"

static const struct pvb_param_workload asked[] = {{.name = "empty", .iterations = 10, .warmup = 2}};

#define START     "M start abi=1 version=0.1.0 mode=pv tsc_khz=1000000 guest_kib=65536\n"
#define REGION    "M region id=1 spans=1 ticks=5000\n"
#define ENTRY     "M entry id=1 class=hypercall code=17 count=10 total=1008 min=100 max=108\n"
#define DIST      "M dist id=1 class=hypercall code=17 rest=0 100*9 108\n"
#define DETAIL    "M detail id=1 class=hypercall code=17 rest=0 0:9 6:1\n"
#define REGIONEND "M regionend id=1\n"
#define END       "M end reason=poweroff\n"

static struct observation *see(const char *text)
{
    struct observation *o = console_open(&hypervisor_xen.listener, "pv", asked, 1);
    console_feed_text(o, text);
    return o;
}

static void good_books(void **state)
{
    (void)state;
    struct observation *o = see(START "M note anything: at all \n" REGION ENTRY DIST DETAIL REGIONEND END);
    struct region *r = &o->books.region[PVB_REGION_STEADY(0)];
    assert_string_equal(o->fault, "");
    assert_string_equal(o->hypervisor_version, "0.1.0");
    assert_string_equal(o->end, "poweroff");
    assert_null(region_trouble(r));
    assert_non_null(region_trouble(&o->books.region[PVB_REGION_COLD(0)]));
    assert_int_equal(r->kinds, 1);
    assert_int_equal(r->kind[0].count, 10);
    assert_int_equal(r->kind[0].costs.items, 2);
    assert_int_equal(r->kind[0].details, 2);
    observation_free(o);
}

/* What a source says that sees the beginnings of entries only, and interrupts beside them (Xen's trace). */
static void books_without_costs(void **state)
{
    (void)state;
    struct observation *o = see(START REGION "M entry id=1 class=hypercall code=17 count=10 costs=none\n"
                                             "M host id=1 isa=pv ticks=3\n" REGIONEND END);
    struct region *r = &o->books.region[PVB_REGION_STEADY(0)];
    const struct measure m = {.unit = "instructions", .class = "exact"};
    uint64_t total;
    assert_null(region_trouble(r));
    json_t *entries = entries_json(r, &m, &total);
    json_t *kind = json_object_get(json_object_get(entries, "hypercall"), "xen_version");
    assert_int_equal(json_integer_value(json_object_get(kind, "count")), 10);
    assert_true(json_is_null(json_object_get(kind, "cost")));
    json_decref(entries);
    json_t *unavailable = json_object(), *region = console_region(o, 0, unavailable);
    json_t *side = json_object_get(region, "host_side");
    assert_int_equal(json_integer_value(json_object_get(side, "ticks")), 3);
    assert_true(json_is_null(json_object_get(side, "hypercalls")));
    assert_true(json_is_string(json_object_get(unavailable, "host_side.hypercalls")));
    assert_true(json_is_string(json_object_get(unavailable, "entries.cost")));
    json_decref(unavailable);
    json_decref(region);
    observation_free(o);
    o = see(START REGION "M host id=1 isa=pv ticks=3 ran=500 calls 17:2 3f:1\n" REGIONEND END);
    assert_null(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]));
    region = console_region(o, 0, NULL);
    side = json_object_get(region, "host_side");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(side, "hypercalls"), "iret")), 2);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(side, "hypercalls"), "63")), 1);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(side, "first_domain_ran"), "value")), 500);
    json_decref(region);
    observation_free(o);
    static const char *const bad[] = {START REGION "M host id=1 isa=pv ticks=3 ran=500 calls 17:2 17:1\n" REGIONEND END,
                                      START REGION "M host id=1 isa=pv ticks=3 ran=500 calls 17:0\n" REGIONEND END,
                                      START REGION "M host id=1 isa=pv ticks=3 17:1\n" REGIONEND END,
                                      START REGION
                                      "M host id=1 isa=pv ticks=3\nM host id=1 isa=pv ticks=3\n" REGIONEND END};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        o = see(bad[i]);
        assert_non_null(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]));
        observation_free(o);
    }
}

/* Xen's trace on an Intel processor. */
static void exits_of_intel(void **state)
{
    (void)state;
    struct observation *o = see(START REGION "M entry id=1 class=exit code=65554 count=2 total=100 min=50 max=50\n"
                                             "M detail id=1 class=exit code=65554 rest=0 11:2\n"
                                             "M host id=1 isa=vmx ticks=0\n" REGIONEND END);
    struct region *r = &o->books.region[PVB_REGION_STEADY(0)];
    const struct measure m = {.unit = "cycles", .class = "noisy"};
    uint64_t total;
    assert_null(region_trouble(r));
    json_t *region = console_region(o, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(json_object_get(region, "host_side"), "isa")), "vmx");
    json_decref(region);
    json_t *entries = entries_json(r, &m, &total);
    json_t *kind = json_object_get(json_object_get(entries, "exit"), "VMCALL");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(kind, "detail"), "xen_version")), 2);
    json_decref(entries);
    observation_free(o);
}

/* VMEXIT_INVALID is -1, in Xen's trace 32 bits of it. */
static void exit_of_amd_with_a_sign(void **state)
{
    (void)state;
    struct observation *o =
        see(START REGION "M entry id=1 class=exit code=4294967295 count=2 total=100 min=50 max=50\n" REGIONEND END);
    const struct measure m = {.unit = "cycles", .class = "noisy"};
    uint64_t total;
    assert_null(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]));
    json_t *entries = entries_json(&o->books.region[PVB_REGION_STEADY(0)], &m, &total);
    assert_non_null(json_object_get(json_object_get(entries, "exit"), "INVALID"));
    json_decref(entries);
    observation_free(o);
}

static void doubt(void **state)
{
    (void)state;
    struct observation *o = see(START REGION "M doubt id=1 reason=records were lost\n" REGIONEND END);
    assert_string_equal(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]), "records were lost");
    observation_free(o);
    o = see(START "M doubt reason=no trace\n" END);
    assert_string_equal(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]), "no trace");
    assert_string_equal(region_trouble(&o->books.region[PVB_REGION_COLD(0)]), "no trace");
    observation_free(o);
    o = see(START REGION "M host id=1 isa=other ticks=3\n" REGIONEND END);
    assert_non_null(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]));
    observation_free(o);
}

#define SUM     "M opinion sum kind=hypercalls counters=2 trace=9 least=8 most=11\n"
#define DIFFERS "M opinion differs kind=hypercalls index=17 trace=7 least=8 most=11\n"

static json_t *opinion_json(const struct observation *o)
{
    json_t *run = json_object(), *opinion;
    sources_run(o, run);
    opinion = json_incref(json_object_get(run, "second_opinion"));
    json_decref(run);
    return opinion;
}

/* What the back ends say against what the guest says, of what both know. */
static void device_counters(void **state)
{
    (void)state;
    struct observation *o = see(START "G pvbench: devices reads=5 writes=4 flushes=3 sent=2 received=1\n"
                                      "M devices reads=5 writes=4 flushes=3\n" END);
    json_t *run = json_object(), *said;
    sources_run(o, run);
    said = json_object_get(run, "device_counters");
    assert_true(json_is_true(json_object_get(said, "agrees")));
    assert_int_equal(json_array_size(json_object_get(said, "compared")), 3);
    json_decref(run);
    observation_free(o);

    o = see(START "G pvbench: devices reads=5 writes=4 flushes=3 sent=2 received=1\nM devices sent=2 received=2\n" END);
    run = json_object();
    sources_run(o, run);
    said = json_object_get(run, "device_counters");
    assert_true(json_is_false(json_object_get(said, "agrees")));
    assert_int_equal(
        json_integer_value(json_object_get(json_array_get(json_object_get(said, "compared"), 1), "back_end")), 2);
    json_decref(run);
    observation_free(o);

    o = see(START "M devices sent=2 received=2 lost=1\n" END);
    assert_non_null(strstr(o->fault, "statistics"));
    observation_free(o);
}

/* What a second reader of the same records has. */
static void second_reader(void **state)
{
    (void)state;
#define RECOUNTED "M recount sum kind=traps records=4 entries=4\n"
    struct observation *o = console_open(&hypervisor_xen.listener, "pv", asked, 1);
    console_feed_text(o, START RECOUNTED "M recount differs kind=hypercalls code=17 records=2 entries=1\n" END);
    json_t *run = json_object();
    sources_run(o, run);
    const json_t *recount = json_object_get(run, "recount"),
                 *row = json_array_get(json_object_get(recount, "compared"), 0);
    assert_string_equal(o->fault, "");
    assert_true(json_is_false(json_object_get(recount, "agrees")));
    assert_int_equal(json_integer_value(json_object_get(row, "records")), 4);
    row = json_array_get(json_object_get(recount, "differences"), 0);
    assert_int_equal(json_integer_value(json_object_get(row, "code")), 17);
    json_decref(run);
    observation_free(o);
    static const char *const bad[] = {"M recount\n", "M recount sum kind=traps records=4\n",
                                      "M recount some kind=traps records=4 entries=4\n",
                                      RECOUNTED RECOUNTED RECOUNTED RECOUNTED RECOUNTED};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[512];
        snprintf(text, sizeof(text), START "%s" END, bad[i]);
        o = console_open(&hypervisor_xen.listener, "pv", asked, 1);
        console_feed_text(o, text);
        assert_string_not_equal(o->fault, "");
        observation_free(o);
    }
}

static void second_opinion(void **state)
{
    (void)state;
    struct observation *o = see(START SUM REGION REGIONEND END);
    json_t *json = opinion_json(o), *row = json_array_get(json_object_get(json, "compared"), 0);
    assert_string_equal(o->fault, "");
    assert_true(json_is_true(json_object_get(json, "agrees")));
    assert_string_equal(json_string_value(json_object_get(row, "kind")), "hypercalls");
    assert_int_equal(json_integer_value(json_object_get(row, "most")), 11);
    json_decref(json);
    observation_free(o);
    o = see(START DIFFERS SUM END);
    json = opinion_json(o);
    assert_true(json_is_false(json_object_get(json, "agrees")));
    assert_int_equal(json_array_size(json_object_get(json, "differences")), 1);
    json_decref(json);
    observation_free(o);
    o = see(START "M opinion none reason=there are none\n" END);
    json = opinion_json(o);
    assert_true(json_is_null(json_object_get(json, "agrees")));
    assert_string_equal(json_string_value(json_object_get(json, "reason")), "there are none");
    json_decref(json);
    observation_free(o);
    static const char *const bad[] = {START "M opinion none reason=\n" END, START "M opinion\n" END,
                                      START "M opinion sum kind=x counters=-1 trace=1 least=1 most=1\n" END,
                                      START SUM SUM SUM SUM SUM END, START "M opinion other\n" END};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        o = see(bad[i]);
        assert_string_equal(o->fault, "a line of the second source of counts is malformed");
        observation_free(o);
    }
}

static void recorded_books(void **state)
{
    (void)state;
    static const char *const modes[] = {"pv", "hvm"};
    for (unsigned m = 0; m < 2; m++) {
        char path[64];
        struct observation *o = console_open(&hypervisor_xen.listener, modes[m], recorded, 4);
        snprintf(path, sizeof(path), "tests/fixtures/console/minivisor-%s.log", modes[m]);
        console_feed_file(o, path);
        assert_string_equal(o->fault, "");
        assert_string_equal(o->end, "poweroff");
        for (unsigned i = 0; i < 4; i++) {
            assert_null(region_trouble(&o->books.region[PVB_REGION_COLD(i)]));
            assert_null(region_trouble(&o->books.region[PVB_REGION_STEADY(i)]));
        }
        const struct region *r = &o->books.region[PVB_REGION_STEADY(1)];
        assert_int_equal(r->kinds, 1);
        assert_int_equal(r->kind[0].class, m ? PVB_CLASS_EXIT : PVB_CLASS_HYPERCALL);
        assert_string_equal(entry_name(r->kind[0].class, r->kind[0].code), m ? "VMMCALL" : "xen_version");
        assert_int_equal(r->kind[0].count, 100);
        observation_free(o);
    }
}

/* Each of these must make the region's entries unavailable. */
static void books_that_do_not_add_up(void **state)
{
    (void)state;
#define ENTRY_OF(words) START REGION "M entry id=1 " words "\n" REGIONEND END
    static const char *const books[] = {
        START END,                                       /* no region at all */
        START REGION ENTRY DIST DETAIL END,              /* not closed */
        START REGION ENTRY REGIONEND END,                /* two costs, no distribution */
        START REGION ENTRY ENTRY DIST REGIONEND END,     /* a kind twice */
        START REGION REGIONEND REGION REGIONEND END,     /* a region twice */
        START REGION REGION REGIONEND END,               /* one inside the other */
        START REGIONEND REGION ENTRY DIST REGIONEND END, /* end before begin */
        START ENTRY REGION REGIONEND END,                /* entry before begin */
        START REGION DIST ENTRY REGIONEND END,           /* distribution before its entry */
        START "M region id=1 spans=1 ticks=5000 open=1\n" ENTRY DIST REGIONEND END,
        START "M region id=1 spans=1 ticks=5000 shut=1\n" ENTRY DIST REGIONEND END,
        START "M region id=1 spans=1\n" ENTRY DIST REGIONEND END,
        ENTRY_OF("class=hypercall code=17 count=0 total=0 min=0 max=0"),
        ENTRY_OF("class=hypercall code=17 count=10 total=999 min=100 max=100"),
        ENTRY_OF("class=hypercall code=17 count=10 total=1001 min=100 max=100"),
        ENTRY_OF("class=hypercall code=17 count=10 total=1000 min=101 max=100"),
        ENTRY_OF("class=hypercall code=65536 count=1 total=1 min=1 max=1"),
        ENTRY_OF("class=hypercall code=17 count=9223372036854775808 total=1 min=0 max=1"),
        ENTRY_OF("class=other code=17 count=1 total=1 min=1 max=1"),
        ENTRY_OF("class=hypercall code=0x11 count=1 total=1 min=1 max=1"),
        ENTRY_OF("class=hypercall code=17 count=1 total=1 min=1"),
        START REGION ENTRY "M dist id=1 class=hypercall code=17 rest=0 100*8 108\n" REGIONEND END,
        START REGION ENTRY "M dist id=1 class=hypercall code=17 rest=1 100*9 108\n" REGIONEND END,
        START REGION ENTRY "M dist id=1 class=hypercall code=17 rest=0 101*9 109\n" REGIONEND END,
        START REGION ENTRY "M dist id=1 class=hypercall code=17 rest=0 108 100*9\n" REGIONEND END,
        START REGION ENTRY "M dist id=1 class=hypercall code=18 rest=0 100*9 108\n" REGIONEND END,
        START REGION ENTRY DIST "M detail id=1 class=hypercall code=17 rest=0 0:9 0:1\n" REGIONEND END,
        START REGION ENTRY DIST "M detail id=1 class=hypercall code=17 rest=0 x:9\n" REGIONEND END,
        START REGION ENTRY DIST "M detail id=1 class=hypercall code=17 rest=0 7\n" REGIONEND END,
        START REGION ENTRY DIST DETAIL DETAIL REGIONEND END,
        START REGION "M entry id=1 class=hypercall code=17 count=10 total=1012 min=100 max=108\n"
                     "M dist id=1 class=hypercall code=17 rest=0 100*8 103 108\n" REGIONEND END,
    };
    for (size_t i = 0; i < sizeof(books) / sizeof(books[0]); i++) {
        struct observation *o = see(books[i]);
        if (!region_trouble(&o->books.region[PVB_REGION_STEADY(0)]))
            fail_msg("books %zu were believed: %s", i, books[i]);
        observation_free(o);
    }
}

static void lies_about_the_boot(void **state)
{
    (void)state;
    static const char *const lines[] = {
        START START,
        "M start abi=9 version=x mode=pv tsc_khz=1 guest_kib=1\n",
        "M start abi=1 version=x mode=hvm tsc_khz=1 guest_kib=1\n",
        "M start abi=1\n",
        START "M region id=2 spans=1 ticks=1\n", /* belongs to workload 1, of 1 */
        START "M region id=4294967297 spans=1 ticks=1\n",
        START "M entry id=77 class=hypercall code=1 count=1 total=1 min=1 max=1\n",
        START "M shout\n",
        START "M \n",
        START "M kill\n",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct observation *o = see(lines[i]);
        if (!o->fault[0])
            fail_msg("line %zu was believed: %s", i, lines[i]);
        observation_free(o);
    }
}

#define NEIGHBOUR "M guest order=1 role=neighbour mode=pv load=compute end=crash reason=so it was\n"
#define MEASURED  "M guest order=2 role=measured mode=pv\n"
#define STEP      "M step order=1 what=create ticks=90 own_ns=50 store_ns=20 store=7 mappings=1 36:3\n"
#define SHARE     "M share id=1 order=1 ran=40 turns=3 hypercall:17:2 forward:14:1\n"

/* Of several guests: what each was, what was done for it, and its share of a region. */
static void guests_beside(void **state)
{
    (void)state;
    struct observation *o = see(START NEIGHBOUR MEASURED STEP REGION ENTRY DIST DETAIL SHARE REGIONEND END);
    json_t *run = json_object(), *unavailable = json_object(), *region = console_region(o, 0, unavailable);
    assert_string_equal(o->fault, "");
    sources_run(o, run);
    const json_t *guest = json_array_get(json_object_get(run, "guests"), 0);
    const json_t *create = json_object_get(guest, "create"),
                 *share = json_array_get(json_object_get(region, "shares"), 0);
    assert_string_equal(json_string_value(json_object_get(guest, "status")), "crashed");
    assert_string_equal(json_string_value(json_object_get(guest, "reason")), "so it was");
    assert_int_equal(json_integer_value(json_object_get(create, "store")), 7);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(create, "hypercalls"), "domctl")), 3);
    assert_int_equal(json_integer_value(json_object_get(share, "turns")), 3);
    assert_int_equal(json_integer_value(json_object_get(share, "entries_total")), 3);
    json_decref(run);
    json_decref(region);
    json_decref(unavailable);
    observation_free(o);
    static const char *const bad[] = {
        START "M guest order=1 role=stranger mode=pv\n",
        START "M guest role=measured mode=pv\n",
        START "M guest order=1 role=neighbour mode=pv load=compute end=running exits=7 reason=halves\n",
        START NEIGHBOUR "M step order=2 what=create ticks=90 own_ns=50 store_ns=20 store=7 mappings=1\n",
        START NEIGHBOUR "M step order=1 what=create ticks=90 own_ns=50 store_ns=20 store=7 mappings=1 36:x\n",
        START NEIGHBOUR "M step order=1 what=dance ticks=90 own_ns=50 store_ns=20 store=7 mappings=1\n",
        START "M share id=1 order=1 ran=40 turns=3\n",
        START REGION "M share id=1 order=1 ran=40 turns=3 hypercall:17\n" REGIONEND,
        START REGION "M share id=1 order=1 ran=40 turns=3 nothing:17:1\n" REGIONEND,
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        o = see(bad[i]);
        if (!o->fault[0] && !o->books.region[PVB_REGION_STEADY(0)].fault[0])
            fail_msg("lines %zu were believed: %s", i, bad[i]);
        observation_free(o);
    }
}

/* Both speak in the same lines; what is wrong with them is told by the name of who spoke. */
static void faults_name_the_speaker(void **state)
{
    (void)state;
    struct observation *o = see(START START);
    assert_string_equal(o->fault, "pvbench-xen-domain started twice");
    observation_free(o);
    o = see(START "M shout\n");
    assert_string_equal(o->fault, "a line of pvbench-xen-domain begins with a word that is not known");
    observation_free(o);
    o = console_open(&hypervisor_minivisor.listener, "pv", asked, 1);
    console_feed_text(o, START "M opinion none reason=a word of Xen's alone\n");
    assert_string_equal(o->fault, "a line of the minivisor begins with a word that is not known");
    observation_free(o);
    o = console_open(&hypervisor_minivisor.listener, "pv", asked, 1);
    console_feed_text(o, START ENTRY);
    assert_string_equal(o->books.region[PVB_REGION_STEADY(0)].fault,
                        "the entry line of the minivisor stands outside of its region");
    observation_free(o);
}

/* Costs that found no room at the source: counted, and said to be missing. */
static void rest_is_kept(void **state)
{
    (void)state;
    struct observation *o = see(START REGION "M entry id=1 class=exit code=123 count=10 total=1100 min=90 max=130\n"
                                             "M dist id=1 class=exit code=123 rest=3 100*6 110\n" REGIONEND END);
    const struct measure m = {"instructions", "exact"};
    uint64_t total;
    assert_null(region_trouble(&o->books.region[PVB_REGION_STEADY(0)]));
    json_t *entries = entries_json(&o->books.region[PVB_REGION_STEADY(0)], &m, &total);
    json_t *cost = json_object_get(json_object_get(json_object_get(entries, "exit"), "IOIO"), "cost");
    assert_int_equal(total, 10);
    assert_int_equal(json_integer_value(json_object_get(cost, "rest")), 3);
    assert_int_equal(json_integer_value(json_object_get(cost, "mean")), 110);
    json_decref(entries);
    observation_free(o);
}

/* Kinds without a row are shown as other, and the total holds. */
static void unknown_kinds_are_other(void **state)
{
    (void)state;
    struct observation *o = see(START REGION "M entry id=1 class=exit code=65535 count=2 total=20 min=10 max=10\n"
                                             "M entry id=1 class=exit code=1000 count=3 total=60 min=20 max=20\n"
                                             "M entry id=1 class=exit code=129 count=1 total=5 min=5 max=5\n"
                                             "M detail id=1 class=exit code=129 rest=2 11:1 3e7:1\n" REGIONEND END);
    const struct measure m = {"instructions", "exact"};
    uint64_t total;
    json_t *entries = entries_json(&o->books.region[PVB_REGION_STEADY(0)], &m, &total);
    json_t *exits = json_object_get(entries, "exit"), *other = json_object_get(exits, "other");
    json_t *detail = json_object_get(json_object_get(exits, "VMMCALL"), "detail");
    assert_int_equal(total, 6);
    assert_int_equal(json_object_size(exits), 2);
    assert_int_equal(json_integer_value(json_object_get(other, "count")), 5);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(other, "cost"), "min")), 10);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(other, "cost"), "mean")), 16);
    assert_int_equal(json_integer_value(json_object_get(detail, "xen_version")), 1);
    assert_int_equal(json_integer_value(json_object_get(detail, "999")), 1);
    assert_int_equal(json_integer_value(json_object_get(detail, "rest")), 2);
    json_decref(entries);
    observation_free(o);
}

static void names(void **state)
{
    (void)state;
    char name[PVB_DETAIL_NAME_SIZE];
    assert_string_equal(entry_name(PVB_CLASS_FORWARD, 14), "page_fault");
    assert_string_equal(entry_name(PVB_CLASS_EMULATE, 0), "cpuid");
    assert_string_equal(entry_name(PVB_CLASS_EXIT, 0x400), "NPF");
    assert_null(entry_name(PVB_CLASS_HYPERCALL, 63));
    assert_null(entry_name(PVB_CLASS_EXIT, 0xffff));
    detail_name(PVB_CLASS_HYPERCALL, 26, 5, name, sizeof(name));
    assert_string_equal(name, "new_baseptr");
    detail_name(PVB_CLASS_HYPERCALL, 26, 99, name, sizeof(name));
    assert_string_equal(name, "99");
    detail_name(PVB_CLASS_HYPERCALL, 13, 14, name, sizeof(name));
    assert_string_equal(name, "update_va_mapping");
    detail_name(PVB_CLASS_EXIT, 0x7b, 0x21, name, sizeof(name));
    assert_string_equal(name, "0x21");
    detail_name(PVB_CLASS_EMULATE, 1, 0xc0000080, name, sizeof(name));
    assert_string_equal(name, "0xc0000080");
    detail_name(PVB_CLASS_EXIT, 0x400, 0xfee00000, name, sizeof(name));
    assert_string_equal(name, "0xfee00000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_books),
        cmocka_unit_test(books_without_costs),
        cmocka_unit_test(doubt),
        cmocka_unit_test(exits_of_intel),
        cmocka_unit_test(exit_of_amd_with_a_sign),
        cmocka_unit_test(second_reader),
        cmocka_unit_test(second_opinion),
        cmocka_unit_test(device_counters),
        cmocka_unit_test(recorded_books),
        cmocka_unit_test(books_that_do_not_add_up),
        cmocka_unit_test(lies_about_the_boot),
        cmocka_unit_test(faults_name_the_speaker),
        cmocka_unit_test(guests_beside),
        cmocka_unit_test(rest_is_kept),
        cmocka_unit_test(unknown_kinds_are_other),
        cmocka_unit_test(names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
