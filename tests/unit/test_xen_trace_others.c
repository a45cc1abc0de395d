/* Xen's trace records, made up: what is told of other guests, of all of them, and of a guest's whole start. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xen_decoded.h"

#include <stdlib.h>

/* Of another guest, while the measured one's region is open: its entries, how long it ran, how often. */
static void another_guest_has_a_share(void **state)
{
    (void)state;
    enum { OTHER = 9 };
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    struct xen_trace *t = xen_trace_new(OURS, XEN_ISA_PV), *other = xen_trace_new(OTHER, XEN_ISA_PV);
    xen_trace_beside(t, other);
    runs(OTHER, 1);
    hypercall(PVB_HC_xen_version); /* outside */
    stops(OTHER, 50);
    runs(OURS, 50);
    pv_mark_at(BEGIN, 100);
    hypercall(PVB_HC_sched_op);
    stops(OURS, 110);
    runs(OTHER, 110);
    hypercall(PVB_HC_xen_version);
    stops(OTHER, 130);
    runs(FIRST, 130);
    stops(FIRST, 131);
    runs(OTHER, 131);
    stops(OTHER, 135);
    runs(OURS, 135);
    pv_mark_at(END, 150);
    xen_trace_feed(t, bytes, used);
    used = 0;
    xen_trace_print(t, out);
    fclose(out);
    xen_trace_free(t);
    xen_trace_free(other);
    assert_string_equal(text, "M region id=1 spans=1 ticks=50\nM host id=1 isa=pv ticks=0\n"
                              "M entry id=1 class=hypercall code=29 count=1 costs=none\n"
                              "M share id=1 order=1 ran=24 turns=2 hypercall:17:1\n"
                              "M share id=1 order=2 ran=25 turns=2 hypercall:29:1\n"
                              "M regionend id=1\n");
    free(text);
}

/* For the second opinion: everybody's, everywhere, and a doubt that it raises. */
static void all_domains_are_counted(void **state)
{
    (void)state;
    runs(FIRST, 1);
    hypercall(PVB_HC_xen_version);
    stops(FIRST, 2);
    runs(OURS, 2);
    counted(PVB_HC_multicall, 2);
    subcall(PVB_HC_mmu_update, 1);
    subcall(PVB_HC_mmu_update, 1);
    subcall(PVB_HC_mmu_update, 1u << 31 | 1); /* the second one goes on */
    hypercall(PVB_HC_sched_op);
    stops(OURS, 3);
    runs(FIRST, 3);
    hypercall(PVB_HC_xen_version);
    hypercall(0xfffff & ~(uint32_t)TRC_PV_HYPERCALL_V2_ARG_MASK);
    exit_at(PVB_EX_NPF, 4);
    PLAIN(TRC_HVM_VMMCALL, PVB_HC_event_channel_op);
    struct xen_trace *t = xen_trace_new(OURS, XEN_ISA_PV);
    xen_trace_feed(t, bytes, used);
    used = 0;
    const struct xen_counts *c = xen_trace_counts(t);
    assert_int_equal(c->call[PVB_HC_xen_version], 2);
    assert_int_equal(c->call[PVB_HC_multicall], 1);
    assert_int_equal(c->call[PVB_HC_event_channel_op], 1);
    assert_int_equal(c->sub_calls, 2);
    assert_int_equal(c->exit[143], 1);
    assert_int_equal(xen_trace_last_call(t), PVB_HC_sched_op);
    xen_trace_free(t);
}

static char *recounted(struct xen_trace *t)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    xen_trace_feed(t, bytes, used);
    used = 0;
    xen_trace_recount(t, out);
    fclose(out);
    return text;
}

/* In regions, out of them, marks, and what Xen takes up again: each record is somewhere, once. */
static void a_second_reader_agrees(void **state)
{
    (void)state;
    struct xen_trace *t = xen_trace_new(OURS, XEN_ISA_PV);
    hypercall(PVB_HC_xen_version); /* another's */
    runs(OURS, 1);
    hypercall(PVB_HC_xen_version);
    pv_mark_at(BEGIN, 100);
    hypercall(PVB_HC_xen_version);
    counted(PVB_HC_mmu_update, 1u << 31 | 5); /* goes on */
    PLAIN(TRC_PV_PAGE_FAULT, 0, 0);
    pv_mark_at(END, 150);
    counted(PVB_HC_multicall, 1);
    char *text = recounted(t);
    assert_string_equal(text, "M recount sum kind=hypercalls records=6 entries=6\n"
                              "M recount sum kind=traps records=1 entries=1\n"
                              "M recount sum kind=emulations records=0 entries=0\n");
    assert_null(xen_trace_doubted(t));
    free(text);
    xen_trace_free(t);

    t = xen_trace_new(OURS, XEN_ISA_SVM);
    runs(OURS, 1);
    exit_at(PVB_EX_CPUID, 10);
    entry_at(20);
    exit_at(PVB_EX_INTR, 30);
    entry_at(40);
    exit_at(PVB_EX_HLT, 50); /* and is never entered again */
    text = recounted(t);
    assert_string_equal(text, "M recount sum kind=exits records=3 entries=3\n");
    free(text);
    xen_trace_free(t);

    /* Two exits without an entry between them: the first reader knows of the second one alone. */
    t = xen_trace_new(OURS, XEN_ISA_SVM);
    runs(OURS, 1);
    exit_at(PVB_EX_CPUID, 10);
    exit_at(PVB_EX_CPUID, 20);
    entry_at(30);
    text = recounted(t);
    assert_string_equal(text, "M recount differs kind=exits code=114 records=2 entries=1\n"
                              "M recount sum kind=exits records=2 entries=1\n");
    assert_non_null(xen_trace_doubted(t));
    free(text);
    xen_trace_free(t);
}

/* The region of the guest's start is open from its first moment on, and its end alone is marked. */
static void a_start_is_a_region(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct xen_trace *t = xen_trace_new(OURS, XEN_ISA_PV);
    xen_trace_boot(t, 1);
    runs(FIRST, 1);
    hypercall(PVB_HC_xen_version);
    stops(FIRST, 5);
    runs(OURS, 5);
    hypercall(PVB_HC_xen_version);
    stops(OURS, 10);
    runs(OURS, 20);
    hypercall(PVB_HC_xen_version);
    pv_mark_at(END, 105);
    hypercall(PVB_HC_xen_version);
    xen_trace_feed(t, bytes, used);
    used = 0;
    xen_trace_print(t, out);
    fclose(out);
    assert_string_equal(text, "M region id=1 spans=1 ticks=100\nM host id=1 isa=pv ticks=0\n"
                              "M entry id=1 class=hypercall code=17 count=2 costs=none\nM regionend id=1\n");
    free(text);
    xen_trace_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_guest_has_a_share),
        cmocka_unit_test(all_domains_are_counted),
        cmocka_unit_test(a_second_reader_agrees),
        cmocka_unit_test(a_start_is_a_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
