/* The first domain's events, made up: which region they belong to, whose time it was, and when nothing is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hypervisor-harness/xen-domain/first_domain_books.h"
#include "hypervisor-harness/xen-domain/trace.h"

#include <pvbench/entries.h>
#include <stdlib.h>
#include <string.h>

enum { DOMAIN = 7, QEMU = 40, STORE = 41, OTHER = 42, NETBACK = 43, BLKBACK = 44, OF_ANOTHER = 45 };

/* Its clock runs at half the speed of the TSC, from another beginning: tsc = 2 * (ns - 1000). */
static uint64_t at(uint64_t tsc)
{
    return 1000 + tsc / 2;
}

static struct xen_host *begin(void)
{
    struct xen_host *h = xen_host_new();
    xen_host_about(h, DOMAIN, 2000000);
    xen_host_process(h, QEMU, XEN_PARTY_DEVICE_MODEL);
    xen_host_clock(h, 100, at(100), 4);
    return h;
}

static void event(struct xen_host *h, enum xen_event_kind kind, uint64_t tsc, uint32_t key, uint32_t process,
                  const char *name)
{
    struct xen_event e = {.time = at(tsc), .kind = kind, .key = key, .process = process};
    strncpy(e.name, name, sizeof(e.name));
    xen_host_event(h, &e);
}

/* What is printed of a region; to be freed. */
static char *print(struct xen_host *h, unsigned region, const uint64_t *call)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    xen_host_print(h, out);
    xen_host_print_region(h, region, call, out);
    fclose(out);
    return text;
}

static void check_end(struct xen_host *h, bool whole, const uint64_t *call, const char *expected)
{
    xen_host_clock(h, 10000, at(10000), 4);
    xen_host_settle(h, whole);
    char *text = print(h, 1, call);
    assert_string_equal(text, expected);
    free(text);
    xen_host_free(h);
}

#define CLOCKS(events) "M note the first domain's clock and Xen's agree within 4 ticks, " events " events\n"
#define NO_TIME                                                                                                        \
    "M probes id=1 mappings=0 time device_model=0 kernel_threads=0 xenstored=0 xenconsoled=0 pvbench=0 idle=0 "        \
    "others=0\n"
#define GRANTS "M probes id=1 grants map=0 unmap=0 copy=0\n"
#define NONE   "M probes id=1 kernel\n"

/* A region's begin is in it, its end is not, and between its spans is nothing of it. */
static void borders_of_a_region(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {0};
    xen_host_span(h, 1, 200, 300);
    xen_host_span(h, 2, 300, 400);
    xen_host_span(h, 1, 400, 500);
    xen_host_ran(h, 1, 200, 300);
    xen_host_ran(h, 2, 300, 400);
    xen_host_ran(h, 1, 400, 500);
    static const uint64_t moments[] = {198, 200, 298, 300, 398, 400, 498, 500, 9000};
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++)
        event(h, XEN_EVENT_UPCALL, moments[i], 0, 0, "");
    check_end(h, true, call, CLOCKS("9") NO_TIME "M probes id=1 upcalls=4\n" GRANTS NONE);
}

/* A process has what the first domain had, from its switch to the next. */
static void time_is_split_by_switches(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {0};
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1100, 1200);
    xen_host_ran(h, 1, 1500, 1600);
    event(h, XEN_EVENT_SWITCH, 900, 0, 0, "swapper/0");
    event(h, XEN_EVENT_SWITCH, 1120, 0, QEMU, "xen-qemu-system");
    event(h, XEN_EVENT_SWITCH, 1510, 0, STORE, "oxenstored");
    event(h, XEN_EVENT_SWITCH, 1530, 0, OTHER, "bash");
    event(h, XEN_EVENT_SWITCH, 1540, 1, NETBACK, "vif7.0-q0-guest");
    event(h, XEN_EVENT_SWITCH, 1545, 1, BLKBACK, "7.xvda-0");
    event(h, XEN_EVENT_SWITCH, 1550, 1, OF_ANOTHER, "vif70.0-q0-guest");
    /* a program may call itself as it likes */
    event(h, XEN_EVENT_SWITCH, 1560, 0, OF_ANOTHER, "vif7.0-q0-guest");
    check_end(h, true, call,
              CLOCKS("8") "M probes id=1 mappings=0 time device_model=90 kernel_threads=10 xenstored=20 xenconsoled=0 "
                          "pvbench=0 idle=20 others=60\n"
                          "M probes id=1 upcalls=0\n" GRANTS NONE);
}

/* netback's interrupts are called as its threads are, and come upon anybody. */
static void interrupted_by_a_back_end(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {0};
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1000, 1200);
    event(h, XEN_EVENT_SWITCH, 1100, 0, OF_ANOTHER, "make");
    event(h, XEN_EVENT_UPCALL, 1110, 0, OF_ANOTHER, "");
    event(h, XEN_EVENT_HANDLER, 1120, 30, OF_ANOTHER, "vif7.0-q0-tx");
    check_end(h, true, call,
              CLOCKS("3") "M probes id=1 mappings=0 time device_model=0 kernel_threads=0 xenstored=0 xenconsoled=0 "
                          "pvbench=0 idle=0 others=100\nM probes id=1 upcalls=1\n" GRANTS
                          "M probes id=1 handled=1 name=vif7.0-q0-tx\n" NONE);
}

/* Before the first switch nobody knows who runs; the sum of all is then less than the first domain ran. */
static void before_the_first_switch(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {0};
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1000, 1200);
    event(h, XEN_EVENT_SWITCH, 1150, 0, QEMU, "");
    check_end(h, true, call,
              CLOCKS("1") "M probes id=1 mappings=0 time device_model=50 kernel_threads=0 xenstored=0 xenconsoled=0 "
                          "pvbench=0 idle=0 others=0\nM probes id=1 upcalls=0\n" GRANTS NONE);
}

static void who_asked_what(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {[PVB_HC_dm_op] = 2, [PVB_HC_event_channel_op] = 5, [PVB_HC_iret] = 1};
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1000, 2000);
    event(h, XEN_EVENT_HYPERCALL, 1100, PVB_HC_dm_op, QEMU, "");
    event(h, XEN_EVENT_HYPERCALL, 1110, PVB_HC_dm_op, QEMU, "");
    event(h, XEN_EVENT_HYPERCALL, 1120, PVB_HC_event_channel_op, OTHER, "");
    event(h, XEN_EVENT_MAPPING, 1130, 4, QEMU, "");
    event(h, XEN_EVENT_UPCALL, 1140, 0, 0, "");
    event(h, XEN_EVENT_MAP, 1140, 2, NETBACK, "");
    event(h, XEN_EVENT_MAP, 1140, 3, QEMU, "");
    event(h, XEN_EVENT_UNMAP, 1140, 1, NETBACK, "");
    event(h, XEN_EVENT_UNMAP, 2000, 1, NETBACK, "");
    event(h, XEN_EVENT_COPY, 1140, 0xffffffff, NETBACK, "");
    event(h, XEN_EVENT_HANDLER, 1140, 0, 0, "evtchn:xen-qemu-system-i386");
    event(h, XEN_EVENT_HANDLER, 1150, 0, 0, "a b\n");
    event(h, XEN_EVENT_HANDLER, 1150, 0, 0, "a b\n");
    check_end(h, true, call,
              CLOCKS("13") "M probes id=1 mappings=1 time device_model=0 kernel_threads=0 xenstored=0 xenconsoled=0 "
                           "pvbench=0 idle=0 others=0\n"
                           "M probes id=1 upcalls=1\n"
                           "M probes id=1 grants map=5 unmap=1 copy=4294967295\n"
                           "M probes id=1 handled=1 name=evtchn:xen-qemu-system-i\n"
                           "M probes id=1 handled=2 name=a_b_\n"
                           "M probes id=1 by=device_model 29:2\n"
                           "M probes id=1 by=others 20:1\n"
                           "M probes id=1 kernel 17:1 20:4\n");
}

/* The sources are held against each other: what contradicts is no number. */
static void contradictions(void **state)
{
    (void)state;
    static const struct {
        unsigned op;
        uint64_t traced;
        const char *kernel;
    } cases[] = {
        {PVB_HC_dm_op, 0, "unknown=kernel reason=Xen's trace has 0 hypercalls of number 41, the probe of privcmd 1"},
        {PVB_HC_dm_op, 2, "unknown=kernel reason=Xen's trace has 2 hypercalls of number 41, the probe of privcmd 1"},
        {PVB_HC_memory_op, 0,
         "unknown=kernel reason=Xen's trace has 0 hypercalls of number 12, the probe of privcmd 1"},
        {PVB_HC_memory_op, 2, "kernel c:1"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct xen_host *h = begin();
        char expected[600];
        uint64_t call[XEN_HOST_CALLS] = {0};
        call[cases[i].op] = cases[i].traced;
        xen_host_span(h, 1, 1000, 2000);
        xen_host_ran(h, 1, 1000, 2000);
        event(h, XEN_EVENT_HYPERCALL, 1100, cases[i].op, QEMU, "");
        snprintf(expected, sizeof(expected),
                 CLOCKS("1") NO_TIME "M probes id=1 upcalls=0\n" GRANTS
                                     "M probes id=1 by=device_model %x:1\nM probes id=1 %s\n",
                 cases[i].op, cases[i].kernel);
        check_end(h, true, call, expected);
    }
}

static void handlers_without_calls(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {0};
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1000, 2000);
    event(h, XEN_EVENT_HANDLER, 1140, 0, 0, "timer0");
    check_end(h, true, call,
              CLOCKS("1") NO_TIME "M probes id=1 unknown=upcalls reason=events were handled, and the probe on upcalls "
                                  "saw none of the calls\n" GRANTS "M probes id=1 handled=1 name=timer0\n" NONE);
}

static void a_number_that_could_not_be_read(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {0};
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1000, 2000);
    event(h, XEN_EVENT_HYPERCALL, 1100, XEN_KEY_UNREADABLE, QEMU, "");
    check_end(h, true, call,
              CLOCKS("1") NO_TIME
              "M probes id=1 upcalls=0\n" GRANTS
              "M probes id=1 unknown=privcmd reason=of a program's hypercall the number could not be read\n"
              "M probes id=1 unknown=kernel reason=of a program's hypercall the number could not be read\n");
}

/* Of several processors Xen's trace has one: time is as the kernel saw it, what it asked is not known. */
static void more_than_one_processor(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    xen_host_no_upcalls(h, "so it is");
    xen_host_no_grants(h, "neither are these");
    xen_host_no_grants(h, "the second reason");
    xen_host_span(h, 1, 1000, 2000);
    event(h, XEN_EVENT_SWITCH, 900, 0, 0, "swapper/0");
    event(h, XEN_EVENT_SWITCH, 1300, 0, QEMU, "");
    struct xen_event second = {
        .time = at(1000), .kind = XEN_EVENT_SWITCH, .process = STORE, .cpu = 1, .name = "xenstored"};
    xen_host_event(h, &second);
    check_end(
        h, false, NULL,
        CLOCKS("3") "M probes id=1 mappings=0 time device_model=700 kernel_threads=0 xenstored=1000 xenconsoled=0 "
                    "pvbench=0 others=0\n"
                    "M probes id=1 unknown=upcalls reason=so it is\n"
                    "M probes id=1 unknown=grants reason=neither are these\n"
                    "M probes id=1 unknown=kernel reason=Xen's first domain runs on processors, too, that are "
                    "not traced\n");
}

static void expect_none(struct xen_host *h, const char *reason)
{
    char expected[300];
    xen_host_settle(h, true);
    char *text = print(h, 1, NULL);
    snprintf(expected, sizeof(expected), "M probes none reason=%s\n", reason);
    assert_string_equal(text, expected);
    free(text);
    xen_host_free(h);
}

static void clocks_that_do_not_go_together(void **state)
{
    (void)state;
    expect_none(begin(), "the first domain's clock could not be compared with Xen's");
    struct xen_host *h = begin();
    xen_host_clock(h, 5000000, at(5000000) + 30000, 4);
    xen_host_clock(h, 10000000, at(10000000), 4);
    expect_none(h, "the first domain's clock and Xen's are 60004 ticks apart");
    h = begin();
    xen_host_clock(h, 50000, at(50000), 50000);
    expect_none(h, "the first domain's clock and Xen's are 50000 ticks apart");
    /* one that stands still, or goes back, is no reading */
    h = begin();
    xen_host_clock(h, 200, at(100), 4);
    xen_host_clock(h, 50, at(100) + 1, 4);
    expect_none(h, "the first domain's clock could not be compared with Xen's");
}

/* Xen says that the first domain did not run, so its clock must be wrong. */
static void an_event_when_it_did_not_run(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    xen_host_clock(h, 10000, at(10000), 4);
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1500, 1600);
    event(h, XEN_EVENT_UPCALL, 1496, 0, 0, "");
    event(h, XEN_EVENT_UPCALL, 1602, 0, 0, "");
    event(h, XEN_EVENT_UPCALL, 1494, 0, 0, "");
    event(h, XEN_EVENT_UPCALL, 1700, 0, 0, "");
    expect_none(h, "2 of the probes' events are of times when Xen let the first domain not run");
}

/* The first reason stays, and nothing is said beside it. */
static void no_probes(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    xen_host_none(h, "the first");
    xen_host_none(h, "the second");
    expect_none(h, "the first");
}

static void events_out_of_order(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {0};
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1000, 2000);
    event(h, XEN_EVENT_SWITCH, 1500, 0, 0, "");
    event(h, XEN_EVENT_SWITCH, 1200, 0, QEMU, "");
    for (unsigned i = 0; i < 5000; i++)
        event(h, XEN_EVENT_UPCALL, 1900 - i % 2, 0, 0, "");
    event(h, (enum xen_event_kind)99, 1500, 0, 0, "");
    check_end(
        h, true, call,
        CLOCKS("5003") "M probes id=1 mappings=0 time device_model=300 kernel_threads=0 xenstored=0 xenconsoled=0 "
                       "pvbench=0 idle=500 others=0\nM probes id=1 upcalls=5000\n" GRANTS NONE);
}

/* Hostile numbers: a processor, a process and a region beyond all tables; more handlers than places. */
static void beyond_the_tables(void **state)
{
    (void)state;
    struct xen_host *h = begin();
    const uint64_t call[XEN_HOST_CALLS] = {0};
    const struct xen_event far = {
        .time = at(1100), .kind = XEN_EVENT_SWITCH, .process = 0xffffffff, .cpu = 0xffffffff, .name = "xenstored"};
    xen_host_span(h, XEN_TRACE_REGIONS, 100, 900);
    xen_host_span(h, 1, 1000, 2000);
    xen_host_ran(h, 1, 1000, 2000);
    event(h, XEN_EVENT_UPCALL, 500, 0, 0, "");
    xen_host_event(h, &far);
    for (unsigned i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof(name), "h%u", i);
        event(h, XEN_EVENT_HANDLER, 1200, 0, 0, name);
    }
    xen_host_clock(h, 10000, at(10000), 4);
    xen_host_settle(h, true);
    char *text = print(h, 1, call);
    assert_non_null(strstr(text, "handled=37 name=rest\n"));
    assert_null(strstr(text, "name=h63\n"));
    free(text);
    xen_host_free(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(borders_of_a_region),
        cmocka_unit_test(time_is_split_by_switches),
        cmocka_unit_test(interrupted_by_a_back_end),
        cmocka_unit_test(before_the_first_switch),
        cmocka_unit_test(who_asked_what),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(handlers_without_calls),
        cmocka_unit_test(a_number_that_could_not_be_read),
        cmocka_unit_test(more_than_one_processor),
        cmocka_unit_test(clocks_that_do_not_go_together),
        cmocka_unit_test(an_event_when_it_did_not_run),
        cmocka_unit_test(no_probes),
        cmocka_unit_test(events_out_of_order),
        cmocka_unit_test(beyond_the_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
