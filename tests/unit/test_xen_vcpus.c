/* Xen's trace of a guest with several vCPUs on one processor: each has its own state, and the first one's share is
 * told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xen_records.h"
#include "hypervisor-harness/xen-domain/trace.h"

#include <stdlib.h>

/* From one vCPU of ours to another; Xen tells the old one first, or the new one. */
static void switches(unsigned from, unsigned to, uint64_t tsc)
{
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 2 << 4, tsc, OURS << 16 | from);
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 1 << 8, tsc, OURS << 16 | to);
}

static void switches_new_first(unsigned from, unsigned to, uint64_t tsc)
{
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 1 << 8, tsc, OURS << 16 | to);
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 2 << 4, tsc, OURS << 16 | from);
}

static void check(enum xen_isa isa, const char *expected)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    struct xen_trace *t = xen_trace_new(OURS, isa);
    xen_trace_feed(t, bytes, used);
    xen_trace_print(t, out);
    xen_trace_free(t);
    fclose(out);
    used = 0;
    assert_string_equal(text, expected);
    free(text);
}

#define BEGIN PVB_MARK_BEGIN(1)
#define END   PVB_MARK_END(1)

/* What one has under way is not ended by the other's: a multicall, an event that is to be returned from. */
static void each_has_its_own_state(void **state)
{
    (void)state;
    runs(OURS, 1);
    pv_mark_at(BEGIN, 100);
    counted(PVB_HC_multicall, 2);
    subcall(PVB_HC_mmu_update, 1);
    switches(0, 1, 110);
    hypercall(PVB_HC_sched_op);
    hypercall(PVB_HC_iret);
    switches_new_first(1, 0, 120);
    subcall(PVB_HC_mmu_update, 1);
    hypercall(PVB_HC_xen_version);
    pv_mark_at(END, 150);
    check(XEN_ISA_PV, "M region id=1 spans=1 ticks=50\n"
                      "M host id=1 isa=pv ticks=0\n"
                      "M entry id=1 class=hypercall code=13 count=1 costs=none\n"
                      "M detail id=1 class=hypercall code=13 rest=0 1:2\n"
                      "M entry id=1 class=hypercall code=29 count=1 costs=none\n"
                      "M entry id=1 class=hypercall code=23 count=1 costs=none\n"
                      "M entry id=1 class=forward code=33 count=1 costs=none\n"
                      "M entry id=1 class=hypercall code=17 count=1 costs=none\n"
                      "M others id=1 class=hypercall code=29 count=1\n"
                      "M others id=1 class=hypercall code=23 count=1\n"
                      "M others id=1 class=forward code=33 count=1\n"
                      "M regionend id=1\n");
}

/* Neither the time in which nobody ran nor that in which another did is the halt's own. */
static void a_halt_lasts_while_others_run(void **state)
{
    (void)state;
    runs(OURS, 1);
    hvm_mark_at(BEGIN, 90);
    exit_at(PVB_EX_HLT, 1000);
    switches(0, 1, 1010);
    exit_at(PVB_EX_MSR, 1200);
    PLAIN(TRC_HVM_MSR_WRITE, 0x830);
    entry_at(1230);
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 2 << 4, 1300, OURS << 16 | 1);
    runs(IDLE_DOMAIN, 1300);
    stops(IDLE_DOMAIN, 1500);
    runs(OURS, 1500);
    entry_at(1520);
    hvm_mark_at(END, 1600);
    check(XEN_ISA_SVM, "M region id=1 spans=1 ticks=1500\n"
                       "M host id=1 isa=svm ticks=0\n"
                       "M entry id=1 class=exit code=124 count=1 total=30 min=30 max=30\n"
                       "M dist id=1 class=exit code=124 rest=0 30\n"
                       "M detail id=1 class=exit code=124 rest=0 830:1\n"
                       "M entry id=1 class=exit code=120 count=1 total=30 min=30 max=30\n"
                       "M dist id=1 class=exit code=120 rest=0 30\n"
                       "M others id=1 class=exit code=124 count=1\n"
                       "M regionend id=1\n");
}

/* Numbers that no guest of ours has. */
static void a_vcpu_beyond_the_last(void **state)
{
    (void)state;
    runs(OURS, 1);
    pv_mark_at(BEGIN, 100);
    switches(0, 16, 110);
    hypercall(PVB_HC_xen_version);
    switches(0xffff, 0, 120);
    pv_mark_at(END, 150);
    check(XEN_ISA_PV, "M region id=1 spans=1 ticks=50\n"
                      "M host id=1 isa=pv ticks=0\n"
                      "M regionend id=1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_own_state),
        cmocka_unit_test(a_halt_lasts_while_others_run),
        cmocka_unit_test(a_vcpu_beyond_the_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
