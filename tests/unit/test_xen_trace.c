/* Xen's trace records, made up: which entries they become, in whose region, at what cost, and when not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "xen_decoded.h"
#include "hypervisor-harness/xen-domain/code.h"
#include "hypervisor-harness/xen-domain/first_domain_books.h"

#include <stdlib.h>

static void only_ours_only_inside(void **state)
{
    (void)state;
    runs(OURS, 1);
    hypercall(PVB_HC_xen_version);
    pv_mark_at(BEGIN, 100);
    hypercall(PVB_HC_xen_version);
    stops(OURS, 110);
    runs(FIRST, 110);
    hypercall(PVB_HC_xen_version);
    stops(FIRST, 120);
    runs(OURS, 120);
    hypercall(PVB_HC_xen_version);
    pv_mark_at(END, 150);
    hypercall(PVB_HC_xen_version);
    check(XEN_ISA_PV, "M region id=1 spans=1 ticks=50\n"
                      "M host id=1 isa=pv ticks=0\n"
                      "M entry id=1 class=hypercall code=17 count=2 costs=none\n"
                      "M regionend id=1\n");
}

static void the_first_domain_meanwhile(void **state)
{
    (void)state;
    for (unsigned whole = 0; whole < 2; whole++) {
        char *text;
        size_t size;
        hypercall(PVB_HC_xen_version);
        runs(OURS, 1);
        pv_mark_at(BEGIN, 100);
        stops(OURS, 110);
        runs(FIRST, 110);
        hypercall(PVB_HC_event_channel_op);
        hypercall(PVB_HC_iret);
        hypercall(PVB_HC_iret);
        stops(FIRST, 120);
        runs(3, 120);
        hypercall(PVB_HC_xen_version);
        stops(3, 125);
        runs(OURS, 125);
        pv_mark_at(END, 150);
        stops(OURS, 160);
        runs(FIRST, 160);
        hypercall(PVB_HC_iret);
        FILE *out = open_memstream(&text, &size);
        struct xen_trace *t = xen_trace_new(OURS, XEN_ISA_PV);
        if (whole)
            xen_trace_whole(t);
        xen_trace_feed(t, bytes, used);
        xen_trace_print(t, out);
        xen_trace_free(t);
        fclose(out);
        used = 0;
        assert_string_equal(text, whole ? "M region id=1 spans=1 ticks=50\n"
                                          "M host id=1 isa=pv ticks=0 ran=10 calls 17:2 20:1\nM regionend id=1\n"
                                        : "M region id=1 spans=1 ticks=50\n"
                                          "M host id=1 isa=pv ticks=0\nM regionend id=1\n");
        free(text);
    }
}

/* Both sources meet: the trace says when, the probes say who. */
static void the_probes_in_the_first_domain(void **state)
{
    (void)state;
    char *text;
    size_t size;
    struct xen_host *host = xen_host_new();
    const struct xen_event asks = {.time = 2112, .kind = XEN_EVENT_HYPERCALL, .key = PVB_HC_dm_op, .process = 9};
    xen_host_about(host, OURS, 1000000);
    xen_host_process(host, 9, XEN_PARTY_DEVICE_MODEL);
    xen_host_clock(host, 100, 2100, 0);
    xen_host_clock(host, 200, 2200, 0);
    xen_host_event(host, &asks);
    runs(OURS, 1);
    pv_mark_at(BEGIN, 100);
    stops(OURS, 110);
    runs(FIRST, 110);
    hypercall(PVB_HC_dm_op);
    hypercall(PVB_HC_iret);
    stops(FIRST, 120);
    runs(OURS, 120);
    pv_mark_at(END, 150);
    FILE *out = open_memstream(&text, &size);
    struct xen_trace *t = xen_trace_new(OURS, XEN_ISA_PV);
    xen_trace_whole(t);
    xen_trace_host(t, host);
    xen_trace_feed(t, bytes, used);
    xen_trace_print(t, out);
    xen_trace_free(t);
    xen_host_free(host);
    fclose(out);
    used = 0;
    assert_string_equal(text, "M note the first domain's clock and Xen's agree within 0 ticks, 1 events\n"
                              "M region id=1 spans=1 ticks=50\n"
                              "M host id=1 isa=pv ticks=0 ran=10 calls 17:1 29:1\n"
                              "M probes id=1 mappings=0 time device_model=0 kernel_threads=0 xenstored=0 xenconsoled=0 "
                              "pvbench=0 idle=0 others=0\n"
                              "M probes id=1 upcalls=0\n"
                              "M probes id=1 grants map=0 unmap=0 copy=0\n"
                              "M probes id=1 by=device_model 29:1\n"
                              "M probes id=1 kernel 17:1\n"
                              "M regionend id=1\n");
    free(text);
}

static void syscalls_and_events_follow_from_iret(void **state)
{
    (void)state;
    runs(OURS, 1);
    pv_mark_at(BEGIN, 100);
    hypercall(PVB_HC_iret); /* to user mode, and SYSCALL */
    hypercall(PVB_HC_iret); /* again */
    hypercall(PVB_HC_event_channel_op);
    hypercall(PVB_HC_iret); /* ends the event's upcall */
    RECORD(TRC_PV_TRAP | TRC_64_FLAG, 0, 0x1000, 0, 0);
    hypercall(PVB_HC_iret); /* ends the divide error */
    RECORD(TRC_PV_PAGE_FAULT | TRC_64_FLAG, 0, 0x1000, 0, 0x2000, 0, 2);
    counted(PVB_HC_mmu_update, 1);
    hypercall(PVB_HC_iret); /* ends the page fault */
    pv_mark_at(END, 150);
    check(XEN_ISA_PV, "M region id=1 spans=1 ticks=50\n"
                      "M host id=1 isa=pv ticks=0\n"
                      "M entry id=1 class=hypercall code=23 count=5 costs=none\n"
                      "M entry id=1 class=forward code=32 count=2 costs=none\n"
                      "M entry id=1 class=hypercall code=32 count=1 costs=none\n"
                      "M entry id=1 class=forward code=33 count=1 costs=none\n"
                      "M entry id=1 class=forward code=0 count=1 costs=none\n"
                      "M entry id=1 class=forward code=14 count=1 costs=none\n"
                      "M entry id=1 class=hypercall code=1 count=1 costs=none\n"
                      "M regionend id=1\n");
}

static void calls_that_go_on_are_counted_once(void **state)
{
    (void)state;
    runs(OURS, 1);
    pv_mark_at(BEGIN, 100);
    counted(PVB_HC_mmu_update, 32);
    counted(PVB_HC_mmu_update, 20 | 1u << 31);
    counted(PVB_HC_multicall, 2);
    subcall(PVB_HC_mmu_update, 5);
    counted(PVB_HC_multicall, 1); /* broken off between the two */
    subcall(PVB_HC_mmuext_op, 2);
    counted(PVB_HC_multicall, 1); /* broken off inside of the second */
    subcall(PVB_HC_mmuext_op, 1 | 1u << 31);
    counted(PVB_HC_multicall, 1); /* another one */
    subcall(PVB_HC_mmuext_op, 1);
    pv_mark_at(END, 150);
    check(XEN_ISA_PV, "M region id=1 spans=1 ticks=50\n"
                      "M host id=1 isa=pv ticks=3\n"
                      "M entry id=1 class=hypercall code=1 count=1 costs=none\n"
                      "M entry id=1 class=hypercall code=13 count=2 costs=none\n"
                      "M detail id=1 class=hypercall code=13 rest=0 1:1 1a:2\n"
                      "M regionend id=1\n");
}

static void instructions_are_read_from_the_image(void **state)
{
    (void)state;
    static const struct {
        uint8_t code[3];
        uint32_t kind;
    } cases[] = {
        {{0x90, 0x0f, 0x30}, PVB_EM_wrmsr},  {{0x90, 0x0f, 0x32}, PVB_EM_rdmsr}, {{0x90, 0xe4, 0x21}, PVB_EM_in},
        {{0x90, 0x90, 0xec}, PVB_EM_in},     {{0x90, 0x90, 0xee}, PVB_EM_out},   {{0x0f, 0x22, 0xc0}, PVB_EM_write_cr},
        {{0x0f, 0x01, 0xd1}, PVB_EM_xsetbv}, {{0x90, 0x90, 0xf4}, PVB_EM_hlt},   {{0x90, 0x90, 0x90}, XEN_CODE_OTHER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char expected[128];
        runs(OURS, 1);
        pv_mark_at(BEGIN, 100);
        RECORD(TRC_PV_EMULATE_PRIVOP | TRC_64_FLAG, 0, 0x100003, 0);
        pv_mark_at(END, 150);
        char *text = decode(XEN_ISA_PV, cases[i].code, sizeof(cases[i].code));
        snprintf(expected, sizeof(expected), "M entry id=1 class=emulate code=%u count=1 costs=none\n", cases[i].kind);
        assert_non_null(strstr(text, expected));
        free(text);
    }
}

static void exits_with_costs_and_details(void **state)
{
    (void)state;
    runs(OURS, 1);
    hvm_mark_at(BEGIN, 90);
    exit_at(PVB_EX_VMMCALL, 200);
    PLAIN(TRC_HVM_VMMCALL, PVB_HC_xen_version);
    entry_at(260);
    exit_at(PVB_EX_INTR, 300);
    entry_at(340);
    exit_at(PVB_EX_MSR, 400);
    PLAIN(TRC_HVM_MSR_WRITE, 0x838, 1, 0);
    entry_at(450);
    hvm_mark_at(END, 600);
    check(XEN_ISA_SVM, "M region id=1 spans=1 ticks=500\n"
                       "M host id=1 isa=svm ticks=1\n"
                       "M entry id=1 class=exit code=129 count=1 total=60 min=60 max=60\n"
                       "M dist id=1 class=exit code=129 rest=0 60\n"
                       "M detail id=1 class=exit code=129 rest=0 11:1\n"
                       "M entry id=1 class=exit code=124 count=1 total=50 min=50 max=50\n"
                       "M dist id=1 class=exit code=124 rest=0 50\n"
                       "M detail id=1 class=exit code=124 rest=0 838:1\n"
                       "M regionend id=1\n");
}

/* Intel's reasons, of which the upper half says other things; a write and a read of an MSR are two of them. */
static void exits_of_intel(void **state)
{
    (void)state;
    enum { CPUID = 10, EXTERNAL_INTERRUPT = 1, VMCALL = 18, IO = 30, MSR_READ = 31, MSR_WRITE = 32, EPT = 48 };
    runs(OURS, 1);
    exit_at(IO, 90);
    PLAIN(TRC_HVM_IOPORT_WRITE, PVB_MARK_PORT, BEGIN);
    entry_at(100);
    exit_at(EXTERNAL_INTERRUPT, 110);
    entry_at(120);
    exit_at(VMCALL, 200);
    PLAIN(TRC_HVM_VMMCALL, PVB_HC_xen_version);
    entry_at(260);
    exit_at(1u << 27 | CPUID, 300);
    entry_at(340);
    exit_at(MSR_READ, 400);
    PLAIN(TRC_HVM_MSR_READ, 0x808, 1, 0);
    entry_at(450);
    exit_at(MSR_WRITE, 500);
    PLAIN(TRC_HVM_MSR_WRITE, 0x838, 1, 0);
    entry_at(560);
    exit_at(EPT, 600);
    PLAIN(TRC_HVM_NPF, 0x5123, 0, 0, 0);
    entry_at(670);
    exit_at(IO, 700);
    PLAIN(TRC_HVM_IOPORT_WRITE, PVB_MARK_PORT, END);
    entry_at(710);
    check(XEN_ISA_VMX, "M region id=1 spans=1 ticks=600\n"
                       "M host id=1 isa=vmx ticks=1\n"
                       "M entry id=1 class=exit code=65554 count=1 total=60 min=60 max=60\n"
                       "M dist id=1 class=exit code=65554 rest=0 60\n"
                       "M detail id=1 class=exit code=65554 rest=0 11:1\n"
                       "M entry id=1 class=exit code=65546 count=1 total=40 min=40 max=40\n"
                       "M dist id=1 class=exit code=65546 rest=0 40\n"
                       "M entry id=1 class=exit code=65567 count=1 total=50 min=50 max=50\n"
                       "M dist id=1 class=exit code=65567 rest=0 50\n"
                       "M detail id=1 class=exit code=65567 rest=0 808:1\n"
                       "M entry id=1 class=exit code=65568 count=1 total=60 min=60 max=60\n"
                       "M dist id=1 class=exit code=65568 rest=0 60\n"
                       "M detail id=1 class=exit code=65568 rest=0 838:1\n"
                       "M entry id=1 class=exit code=65584 count=1 total=70 min=70 max=70\n"
                       "M dist id=1 class=exit code=65584 rest=0 70\n"
                       "M detail id=1 class=exit code=65584 rest=0 5000:1\n"
                       "M regionend id=1\n");
}

/* An exit in which the guest's processor has nothing to do for a while. */
static char *idle_exit(enum xen_isa isa, uint32_t code, uint32_t handler, uint32_t said)
{
    const uint32_t io = isa == XEN_ISA_VMX ? 30 : PVB_EX_IOIO;
    runs(OURS, 1);
    exit_at(io, 90);
    PLAIN(TRC_HVM_IOPORT_WRITE, PVB_MARK_PORT, BEGIN);
    entry_at(100);
    exit_at(code, 1000);
    PLAIN(handler, said, 0);
    stops(OURS, 1100);
    runs(IDLE_DOMAIN, 1100);
    stops(IDLE_DOMAIN, 9100);
    runs(OURS, 9150);
    entry_at(9200);
    exit_at(io, 9300);
    PLAIN(TRC_HVM_IOPORT_WRITE, PVB_MARK_PORT, END);
    entry_at(9310);
    return decode(isa, NULL, 0);
}

/* It is who waits for itself that sleeps; another waits for the device model, on another processor. */
static void time_asleep_is_no_cost(void **state)
{
    (void)state;
    enum { VMX_HLT = 12, VMX_VMCALL = 18, VMX_EPT = 48 };
    static const struct {
        enum xen_isa isa;
        uint32_t code, handler, said;
        const char *cost;
    } cases[] = {
        {XEN_ISA_SVM, PVB_EX_HLT, TRC_HVM_HLT, 1, "code=120 count=1 total=200 min=200 max=200\n"},
        {XEN_ISA_VMX, VMX_HLT, TRC_HVM_HLT, 1, "code=65548 count=1 total=200 min=200 max=200\n"},
        {XEN_ISA_SVM, PVB_EX_VMMCALL, TRC_HVM_VMMCALL, PVB_HC_sched_op, "code=129 count=1 total=200 min=200 max=200\n"},
        {XEN_ISA_VMX, VMX_VMCALL, TRC_HVM_VMMCALL, PVB_HC_sched_op, "code=65554 count=1 total=200 min=200 max=200\n"},
        {XEN_ISA_SVM, PVB_EX_VMMCALL, TRC_HVM_VMMCALL, PVB_HC_dm_op, "code=129 count=1 total=8200 min=8200 max=8200\n"},
        {XEN_ISA_SVM, PVB_EX_IOIO, TRC_HVM_IOPORT_WRITE, 0x3f8, "code=123 count=1 total=8200 min=8200 max=8200\n"},
        {XEN_ISA_VMX, VMX_EPT, TRC_HVM_NPF, 0x5000, "code=65584 count=1 total=8200 min=8200 max=8200\n"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *text = idle_exit(cases[i].isa, cases[i].code, cases[i].handler, cases[i].said);
        assert_non_null(strstr(text, cases[i].cost));
        free(text);
    }
}

static void lost_records_put_counts_in_doubt(void **state)
{
    (void)state;
    runs(OURS, 1);
    pv_mark_at(BEGIN, 100);
    hypercall(PVB_HC_xen_version);
    PLAIN(TRC_LOST_RECORDS, 12, 0, 0, 0);
    pv_mark_at(END, 150);
    check(XEN_ISA_PV, "M region id=1 spans=1 ticks=50\n"
                      "M host id=1 isa=pv ticks=0\n"
                      "M doubt id=1 reason=Xen's trace buffer overflowed and lost records\n"
                      "M regionend id=1\n");
}

static void a_missing_mark_puts_counts_in_doubt(void **state)
{
    (void)state;
    for (unsigned missing = 1; missing < 3; missing++) {
        runs(OURS, 1);
        for (unsigned i = 0; i < 4; i++)
            if (i != missing)
                pv_mark_at(i & 1 ? END : BEGIN, 100 + i);
        char *text = decode(XEN_ISA_PV, NULL, 0);
        assert_non_null(strstr(text, "M doubt id=1 reason=a mark is missing from Xen's trace\n"));
        free(text);
    }
}

static void any_bytes_are_survived(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (unsigned round = 0; round < 200; round++) {
        runs(OURS, 1);
        for (; used < 4000; used++)
            bytes[used] = (uint8_t)((random = random * 1664525 + 1013904223) >> 24);
        free(decode((enum xen_isa)(round % 3), NULL, 0));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_ours_only_inside),
        cmocka_unit_test(the_first_domain_meanwhile),
        cmocka_unit_test(the_probes_in_the_first_domain),
        cmocka_unit_test(syscalls_and_events_follow_from_iret),
        cmocka_unit_test(calls_that_go_on_are_counted_once),
        cmocka_unit_test(instructions_are_read_from_the_image),
        cmocka_unit_test(exits_with_costs_and_details),
        cmocka_unit_test(exits_of_intel),
        cmocka_unit_test(time_asleep_is_no_cost),
        cmocka_unit_test(lost_records_put_counts_in_doubt),
        cmocka_unit_test(a_missing_mark_puts_counts_in_doubt),
        cmocka_unit_test(any_bytes_are_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
