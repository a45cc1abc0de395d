/* The guest's lines: what a good guest says is taken, and no lie is. */
#include "console.h"

static const struct pvb_param_workload asked[] = {
    {.name = "empty", .iterations = 10, .warmup = 2},
    {.name = "walk", .iterations = 4, .warmup = 0, .parameter = 64},
};

#define START   "G pvbench: start abi=1 mode=pv platform=minivisor tsc_khz=1000000 count=2\n"
#define BEGIN   "G pvbench: begin index=0 name=empty parameter=0\n"
#define RESULT  "G pvbench: result index=0 iterations=10 warmup=2 ops=1 cold=12 unit=tsc measures=whole_iteration\n"
#define TOLD    "G pvbench: notifications index=0 sent=10 suppressed=2 received=0\n"
#define SAMPLES "G pvbench: samples index=0 7*8 9 11\n"
#define END     "G pvbench: end index=0\n"
#define FIRST   BEGIN RESULT SAMPLES END
#define SECOND                                                                                                         \
    "G pvbench: begin index=1 name=walk parameter=64\nG pvbench: na index=1 reason=no pages here\n"                    \
    "G pvbench: end index=1\n"
#define DONE "G pvbench: done\n"

static struct observation *see(const char *text)
{
    struct observation *o = console_open(&hypervisor_minivisor.listener, "pv", asked, 2);
    console_feed_text(o, text);
    return o;
}

static void good_guest(void **state)
{
    (void)state;
    struct observation *o = see(START "G my own words\n" FIRST SECOND DONE);
    assert_string_equal(o->fault, "");
    assert_true(o->done);
    assert_int_equal(o->bench[0].state, BENCH_RESULT);
    assert_string_equal(o->bench[0].fault, "");
    assert_string_equal(o->bench[0].measures, "whole iteration");
    assert_int_equal(o->bench[0].cold, 12);
    assert_int_equal(o->bench[0].samples.count, 10);
    assert_int_equal(o->bench[0].samples.total, 76);
    assert_int_equal(o->bench[0].samples.items, 3);
    assert_int_equal(o->bench[1].state, BENCH_NOT_APPLICABLE);
    assert_string_equal(o->bench[1].reason, "no pages here");
    observation_free(o);
}

/* Of one that has devices, and of no other. */
static void notifications(void **state)
{
    (void)state;
    struct observation *o = see(START FIRST SECOND DONE);
    assert_false(o->bench[0].told.known);
    observation_free(o);
    o = see(START BEGIN RESULT TOLD SAMPLES END SECOND DONE);
    assert_string_equal(o->bench[0].fault, "");
    assert_true(o->bench[0].told.known);
    assert_int_equal(o->bench[0].told.sent, 10);
    assert_int_equal(o->bench[0].told.suppressed, 2);
    assert_int_equal(o->bench[0].told.received, 0);
    observation_free(o);
}

/* How often the kernel's clock fell into the steady state; of a guest that has none, nothing. */
static void clock_of_the_kernel(void **state)
{
    (void)state;
#define CLOCK(words) START BEGIN RESULT "G pvbench: clock index=0 " words "\n" SAMPLES END SECOND DONE
    struct observation *o = see(CLOCK("interrupts=7"));
    assert_string_equal(o->bench[0].fault, "");
    assert_true(o->bench[0].has_clock);
    assert_int_equal(o->bench[0].clock_interrupts, 7);
    assert_false(o->bench[1].has_clock);
    observation_free(o);
    static const char *const lies[] = {CLOCK("interrupts=-1"),
                                       CLOCK("interrupts=9223372036854775808"),
                                       CLOCK("interrupts=1 more=1"),
                                       CLOCK("ticks=1"),
                                       CLOCK("interrupts=1\nG pvbench: clock index=0 interrupts=1"),
                                       START BEGIN "G pvbench: clock index=0 interrupts=1\n" RESULT SAMPLES END};
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        o = see(lies[i]);
        assert_string_not_equal(o->bench[0].fault, "");
        observation_free(o);
    }
}

/* A guest's start: from the hypervisor's time stamp to the guest's own. */
static void a_start_and_its_phases(void **state)
{
    (void)state;
    static const struct pvb_param_workload boot[] = {{.name = "boot", .iterations = 1}};
#define BOOT_START                                                                                                     \
    "M start abi=1 version=4 mode=pv tsc_khz=1 guest_kib=1\nM unpaused tsc=100\n"                                      \
    "G pvbench: start abi=1 mode=pv platform=xen tsc_khz=1000000 count=1\n"                                            \
    "G pvbench: begin index=0 name=boot parameter=0\n"
#define BOOT_RESULT                                                                                                    \
    "G pvbench: result index=0 iterations=1 warmup=0 ops=1 cold=900 unit=tsc measures=since_the_start\n"               \
    "G pvbench: samples index=0 900\n"
#define BOOT_PHASE(name, ended) "G pvbench: phase index=0 name=" name " ended=" ended "\n"
    struct observation *o = console_open(&hypervisor_minivisor.listener, "pv", boot, 1);
    console_feed_text(o, BOOT_START BOOT_RESULT BOOT_PHASE("loader", "150") BOOT_PHASE("init", "900") END DONE);
    const struct bench *b = &o->bench[0];
    assert_string_equal(b->fault, "");
    assert_int_equal(b->cold, 800);
    assert_int_equal(b->samples.total, 800);
    assert_int_equal(b->phases, 2);
    assert_string_equal(b->phase[0].name, "loader");
    assert_int_equal(b->phase[0].ticks, 50);
    assert_int_equal(b->phase[1].ticks, 750);
    observation_free(o);

    static const char *const lies[] = {
        BOOT_START BOOT_RESULT BOOT_PHASE("loader", "99") END,
        BOOT_START BOOT_RESULT BOOT_PHASE("loader", "150") BOOT_PHASE("init", "149") END,
        BOOT_START BOOT_PHASE("loader", "150") BOOT_RESULT END,
        BOOT_START BOOT_RESULT BOOT_PHASE("a_name_that_is_too_long", "150") END,
        BOOT_START "G pvbench: result index=0 iterations=1 warmup=0 ops=1 cold=99 unit=tsc measures=since_the_start\n"
                   "G pvbench: samples index=0 99\n" END,
        BOOT_START "G pvbench: result index=0 iterations=1 warmup=0 ops=1 cold=900 unit=tsc measures=whole_iteration\n"
                   "G pvbench: samples index=0 900\n" END,
    };
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        o = console_open(&hypervisor_minivisor.listener, "pv", boot, 1);
        console_feed_text(o, lies[i]);
        assert_string_not_equal(o->bench[0].fault, "");
        observation_free(o);
    }
    o = see(START BEGIN "G pvbench: result index=0 iterations=10 warmup=2 ops=1 cold=12 unit=tsc "
                        "measures=since_the_start\n" SAMPLES END SECOND DONE);
    assert_string_not_equal(o->bench[0].fault, "");
    observation_free(o);
}

/* On a host: every sample in its order, and no more of them than were asked for. */
static void samples_in_order(void **state)
{
    (void)state;
    static const char *const lies[] = {"9*11", "9 9 9", "9*0 7*10", "x", "9*18446744073709551615 7"};
    struct observation *o = console_open(&hypervisor_minivisor.listener, "pv", asked, 2);
    o->in_order = true;
    console_feed_text(o, START BEGIN RESULT "G pvbench: samples index=0 9 7*3 11\n"
                                            "G pvbench: samples index=0 7*5\n" END SECOND DONE);
    static const uint64_t order[] = {9, 7, 7, 7, 11, 7, 7, 7, 7, 7};
    assert_string_equal(o->bench[0].fault, "");
    assert_int_equal(o->bench[0].series_count, 10);
    assert_memory_equal(o->bench[0].series, order, sizeof(order));
    assert_int_equal(o->bench[0].warm_up.samples, 0);
    assert_int_equal(o->bench[0].samples.count, 10);
    assert_int_equal(o->bench[0].samples.items, 3);
    observation_free(o);
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        char text[1024];
        o = console_open(&hypervisor_minivisor.listener, "pv", asked, 2);
        o->in_order = true;
        snprintf(text, sizeof(text), START BEGIN RESULT "G pvbench: samples index=0 %s\n" END SECOND DONE, lies[i]);
        console_feed_text(o, text);
        assert_string_not_equal(o->bench[0].fault, "");
        assert_string_equal(o->fault, "");
        observation_free(o);
    }
}

static void recorded_guest(void **state)
{
    (void)state;
    struct observation *o = console_open(&hypervisor_minivisor.listener, "hvm", recorded, 4);
    console_feed_file(o, "tests/fixtures/console/minivisor-hvm.log");
    assert_string_equal(o->fault, "");
    assert_true(o->done);
    for (unsigned i = 0; i < 4; i++) {
        assert_string_equal(o->bench[i].fault, "");
        assert_true(o->bench[i].ended);
        assert_int_equal(o->bench[i].samples.count, 100);
    }
    assert_int_equal(o->bench[1].samples.item[0].value, 166);
    assert_int_equal(o->bench[3].samples.items, 3);
    observation_free(o);
}

/* Each of these lies must become the first workload's fault, and only its. */
static void lies_about_a_workload(void **state)
{
    (void)state;
#define RESULT_OF(words)  START BEGIN "G pvbench: result index=0 " words "\n" SAMPLES END SECOND DONE
#define SAMPLES_OF(words) START BEGIN RESULT "G pvbench: samples index=0 " words "\n" END SECOND DONE
#define TOLD_OF(words)    START BEGIN RESULT "G pvbench: notifications index=0 " words "\n" SAMPLES END SECOND DONE
#define GOOD_TAIL         "ops=1 cold=12 unit=tsc measures=whole_iteration"
    static const char *const lies[] = {
        RESULT_OF("iterations=11 warmup=2 " GOOD_TAIL),
        RESULT_OF("iterations=10 warmup=3 " GOOD_TAIL),
        RESULT_OF("iterations=-10 warmup=2 " GOOD_TAIL),
        RESULT_OF("iterations=10 warmup=2 ops=0 cold=12 unit=tsc measures=x"),
        RESULT_OF("iterations=10 warmup=2 ops=1 cold=9223372036854775808 unit=tsc measures=x"),
        RESULT_OF("iterations=10 warmup=2 ops=1 cold=99999999999999999999999 unit=tsc measures=x"),
        RESULT_OF("iterations=10 warmup=2 ops=1 cold=12 unit=ns measures=x"),
        RESULT_OF("iterations=10 warmup=2 ops=1 cold=12 unit=tsc measures=\x1b[31m"),
        RESULT_OF("iterations=10 warmup=2 ops=1 cold=12 unit=tsc"),
        RESULT_OF("iterations=10 warmup=2 " GOOD_TAIL " more=1"),
        RESULT_OF("iterations=10  warmup=2 " GOOD_TAIL),
        RESULT_OF(""),
        SAMPLES_OF("7*8 9"),                    /* one short */
        SAMPLES_OF("7*8 9 11 12"),              /* one more */
        SAMPLES_OF("7*9 7"),                    /* not ascending */
        SAMPLES_OF("9 7*9"),                    /* descending */
        SAMPLES_OF("7*0 8*10"),                 /* never happened */
        SAMPLES_OF("7*-1 8*11"),                /* negative */
        SAMPLES_OF("7*18446744073709551615 8"), /* overflow of the count */
        SAMPLES_OF("4611686018427387904*10"),   /* overflow of the sum */
        SAMPLES_OF("18446744073709551616*10"),  /* overflow of a value */
        SAMPLES_OF("7*8 x 9"),                  /* no number */
        SAMPLES_OF("7** 8*9"),                  /* no number */
        SAMPLES_OF(""),                         /* nothing */
        START BEGIN SAMPLES END SECOND DONE,    /* without a result */
        START BEGIN END SECOND DONE,            /* without anything */
        START BEGIN RESULT END SECOND DONE,     /* without samples */
        START BEGIN RESULT RESULT SAMPLES END SECOND DONE,
        START BEGIN RESULT "G pvbench: na index=0 reason=both\n" SAMPLES END SECOND DONE,
        START BEGIN "G pvbench: na index=0 reason=\n" END SECOND DONE,
        START BEGIN RESULT SAMPLES SECOND DONE, /* never ended */
        START BEGIN "G pvbench: result index=1 iterations=10 warmup=2 " GOOD_TAIL "\n" SAMPLES END SECOND DONE,
        START BEGIN "G pvbench: hello\n" RESULT SAMPLES END SECOND DONE,
        START "G pvbench: begin index=0 name=other parameter=0\n" RESULT SAMPLES END SECOND DONE,
        START "G pvbench: begin index=0 name=empty parameter=5\n" RESULT SAMPLES END SECOND DONE,
        START FIRST SECOND BEGIN DONE, /* twice */
        START BEGIN RESULT TOLD TOLD SAMPLES END SECOND DONE,
        START BEGIN TOLD RESULT SAMPLES END SECOND DONE,
        START BEGIN "G pvbench: na index=0 reason=none\n" TOLD END SECOND DONE,
        TOLD_OF("sent=10 suppressed=2"),
        TOLD_OF("sent=10 received=0 suppressed=2"),
        TOLD_OF("sent=10 suppressed=-2 received=0"),
        TOLD_OF("sent=10 suppressed=2 received=0 more=1"),
        TOLD_OF("sent=9223372036854775808 suppressed=2 received=0"), /* more than JSON's integers here */
        TOLD_OF(""),
    };
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        struct observation *o = see(lies[i]);
        if (!o->bench[0].fault[0])
            fail_msg("lie %zu was believed: %s", i, lies[i]);
        assert_string_equal(o->bench[1].fault, "");
        assert_string_equal(o->fault, "");
        observation_free(o);
    }
}

static void lies_about_the_boot(void **state)
{
    (void)state;
    static const char *const lies[] = {
        "G pvbench: start abi=2 mode=pv platform=minivisor tsc_khz=1 count=2\n" FIRST SECOND DONE,
        "G pvbench: start abi=1 mode=hvm platform=minivisor tsc_khz=1 count=2\n" FIRST SECOND DONE,
        "G pvbench: start abi=1 mode=pv platform=minivisor tsc_khz=1 count=3\n" FIRST SECOND DONE,
        "G pvbench: start\n" FIRST SECOND DONE,
        START START FIRST SECOND DONE,
        START FIRST SECOND "G pvbench: begin index=2 name=empty parameter=0\n" DONE,
        START FIRST SECOND "G pvbench: begin index=4294967296 name=empty parameter=0\n" DONE,
        START FIRST SECOND DONE DONE,
        START FIRST SECOND DONE BEGIN,
        START RESULT FIRST SECOND DONE,
        START "G pvbench: hello\n" FIRST SECOND DONE,
        START "G pvbench: \n" FIRST SECOND DONE,
        DONE,
    };
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        struct observation *o = see(lies[i]);
        if (!o->fault[0])
            fail_msg("lie %zu was believed: %s", i, lies[i]);
        observation_free(o);
    }
}

static void done_too_early(void **state)
{
    (void)state;
    struct observation *o = see(START FIRST DONE);
    assert_string_equal(o->bench[0].fault, "");
    assert_true(strstr(o->bench[1].fault, "without having run"));
    observation_free(o);
}

/* A guest cannot speak in the minivisor's name. */
static void prefix_is_kept_apart(void **state)
{
    (void)state;
    struct observation *o = see(START "G M kill reason=forged\nG M end reason=poweroff\n" FIRST SECOND DONE);
    assert_string_equal(o->killed, "");
    assert_string_equal(o->end, "");
    assert_string_equal(o->fault, "");
    observation_free(o);
}

static void panic_is_made_printable(void **state)
{
    (void)state;
    struct observation *o = see(START BEGIN "G pvbench: panic reason=bad \x1b[31m \xff end\n");
    assert_string_equal(o->panic, "bad ?[31m ? end");
    assert_int_equal(o->current, 0);
    observation_free(o);
}

static void overlong_line(void **state)
{
    (void)state;
    char *line = malloc(60000);
    memset(line, 'x', 60000);
    for (size_t i = 0; i < 15; i++)
        line[i] = "G pvbench: end "[i];
    struct observation *o = see(START BEGIN);
    console_feed(o, line, 60000);
    assert_true(strstr(o->bench[0].fault, "longer than"));
    observation_free(o);
    free(line);
}

/* A console turns line ends into CR LF, and may deliver in any pieces. */
static void carriage_returns(void **state)
{
    (void)state;
    static const char text[] = START FIRST SECOND DONE;
    struct observation *o = console_open(&hypervisor_minivisor.listener, "pv", asked, 2);
    struct lines *lines = calloc(1, sizeof(*lines));
    lines->line = console_line;
    lines->context = o;
    for (const char *c = text; *c; c++) {
        if (*c == '\n')
            lines_feed(lines, "\r", 1);
        lines_feed(lines, c, 1);
    }
    assert_true(o->done);
    assert_string_equal(o->fault, "");
    assert_string_equal(o->bench[0].fault, "");
    free(lines);
    observation_free(o);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_guest),
        cmocka_unit_test(samples_in_order),
        cmocka_unit_test(recorded_guest),
        cmocka_unit_test(lies_about_a_workload),
        cmocka_unit_test(lies_about_the_boot),
        cmocka_unit_test(done_too_early),
        cmocka_unit_test(prefix_is_kept_apart),
        cmocka_unit_test(panic_is_made_printable),
        cmocka_unit_test(overlong_line),
        cmocka_unit_test(carriage_returns),
        cmocka_unit_test(notifications),
        cmocka_unit_test(clock_of_the_kernel),
        cmocka_unit_test(a_start_and_its_phases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
