/* Files of xentrace: processors' windows become records in order, records become entries of domains, and what is no
 * such file is refused with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "collectors/xentrace.h"
#include "runner/command/trace_xen.h"
#include "tests/unit/xen_records.h"

#include <stdlib.h>

static size_t window_at;

/* What is put from here on is this processor's. */
static void cpu(uint32_t number)
{
    if (used) {
        uint32_t size = (uint32_t)(used - window_at);
        memcpy(bytes + window_at - sizeof(size), &size, sizeof(size));
    }
    PLAIN(TRC_TRACE_CPU_CHANGE, number, 0);
    window_at = used;
}

static void end(void)
{
    uint32_t size = (uint32_t)(used - window_at);
    memcpy(bytes + window_at - sizeof(size), &size, sizeof(size));
}

static void runs_vcpu(uint32_t domain, uint32_t vcpu, uint64_t tsc)
{
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 1 << 8, tsc, domain << 16 | vcpu);
}

static void vm_exit(uint64_t tsc, uint32_t code, uint32_t address)
{
    RECORD(TRC_HVM_VMEXIT64, tsc, code, address, 0);
}

static void vm_entry(uint64_t tsc)
{
    put(TRC_HVM_VMENTRY, true, tsc, 0, NULL);
}

static struct trace_record told[16];
static size_t tolds;

static void tell(void *with, const struct trace_record *record)
{
    (void)with;
    assert_true(tolds < 16);
    told[tolds++] = *record;
}

static int setup(void **state)
{
    (void)state;
    used = tolds = 0;
    return 0;
}

/* `step` bytes at a time. */
static struct trace_xen *take(size_t step, double hz)
{
    const struct trace_wants wants = {.records = true};
    struct trace_xen *x = trace_xen_new(hz, &wants, tell, NULL);
    struct xentrace *stream = xentrace_new(trace_xen_take, x);
    char why[128] = "";
    end();
    for (size_t at = 0; at < used; at += step)
        if (!xentrace_feed(stream, bytes + at, used - at < step ? used - at : step, why, sizeof(why)))
            fail_msg("%s", why);
    assert_true(xentrace_end(stream, why, sizeof(why)));
    xentrace_free(stream);
    return x;
}

static struct trace_sum sum_of(const struct trace_xen *x, uint32_t domain, enum pvb_class class, const char *kind)
{
    struct trace_view v = {0};
    struct trace_sum total, found = {0};
    size_t n;
    trace_xen_view(x, domain, &v);
    struct trace_sum *sums = trace_sums(&v, TRACE_ALL, &n, &total);
    for (size_t i = 0; i < n; i++)
        if (sums[i].class == class && strcmp(sums[i].name, kind) == 0)
            found = sums[i];
    free(sums);
    trace_view_free(&v);
    return found;
}

static void an_hvm_domain(void **state)
{
    (void)state;
    cpu(0);
    vm_exit(5, 0x78, 0); /* whose it is, is not known yet */
    runs_vcpu(3, 0, 10);
    vm_exit(100, 0x72, 0x1000);
    vm_entry(350);
    vm_exit(400, 0x7b, 0x1010);
    RECORD(TRC_HVM_IOPORT_WRITE, 410, 0x80, 1);
    vm_entry(1400);
    vm_exit(1500, 0x78, 0x1020);
    struct trace_xen *x = take(SIZE_MAX / 2, 1e9);
    struct trace_sum cpuid = sum_of(x, 3, PVB_CLASS_EXIT, "CPUID");
    assert_int_equal(cpuid.count, 1);
    assert_int_equal(cpuid.p50, 250);
    assert_int_equal(sum_of(x, 3, PVB_CLASS_EXIT, "IOIO").sum, 1000);
    assert_int_equal(sum_of(x, 3, PVB_CLASS_EXIT, "HLT").under_way, 1);
    assert_int_equal(trace_xen_of_nobody(x), 1);
    assert_int_equal(tolds, 2);
    assert_int_equal(told[1].address, 0x1010);
    assert_string_equal(told[1].about, "port 0x80");
    assert_int_equal(told[1].guest, 3);
    struct trace_view v = {0};
    trace_xen_view(x, 3, &v);
    assert_int_equal(v.counts, 1);
    assert_string_equal(v.count[0].name, "0x80");
    trace_view_free(&v);
    trace_xen_free(x);
}

/* Twice as many ticks as nanoseconds; and without a frequency ticks are what is told. */
static void ticks(void **state)
{
    (void)state;
    cpu(0);
    runs_vcpu(3, 0, 10);
    vm_exit(100, 0x72, 0x1000);
    vm_entry(300);
    struct trace_xen *x = take(1, 2e9), *y = take(7, 0);
    assert_int_equal(sum_of(x, 3, PVB_CLASS_EXIT, "CPUID").sum, 100);
    assert_int_equal(sum_of(y, 3, PVB_CLASS_EXIT, "CPUID").sum, 200);
    assert_true(trace_xen_seconds(y) == 0);
    trace_xen_free(x);
    trace_xen_free(y);
}

/* Its exit is on one processor, and its way back on another, whose records come first. */
static void a_vcpu_that_moves(void **state)
{
    (void)state;
    cpu(0);
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 2 << 4, 5, IDLE_DOMAIN << 16);
    cpu(1);
    runs_vcpu(4, 1, 10);
    cpu(0);
    runs_vcpu(4, 1, 300);
    vm_entry(310);
    vm_exit(400, 0x72, 0);
    vm_entry(450);
    cpu(1);
    vm_exit(100, 0x7c, 0);
    RECORD(TRC_SCHED_RUNSTATE_CHANGE | 2 << 4, 200, 4u << 16 | 1);
    for (size_t step = 1; step < 40; step += 13) {
        struct trace_xen *x = take(step, 1e9);
        assert_int_equal(sum_of(x, 4, PVB_CLASS_EXIT, "MSR").sum, 210);
        assert_int_equal(sum_of(x, 4, PVB_CLASS_EXIT, "CPUID").sum, 50);
        trace_xen_free(x);
        tolds = 0;
    }
}

static void a_pv_domain(void **state)
{
    (void)state;
    cpu(0);
    runs_vcpu(2, 0, 1);
    RECORD(TRC_PV_HYPERCALL_V2, 2, PVB_HC_xen_version | TRC_PV_HYPERCALL_V2_ARG_32(0), 1);
    RECORD(TRC_PV_HYPERCALL_V2 | TRC_64_FLAG, 3, PVB_HC_multicall);
    RECORD(TRC_PV_HYPERCALL_SUBCALL, 4, PVB_HC_mmu_update);
    RECORD(TRC_PV_PAGE_FAULT | TRC_64_FLAG, 5, 0, 0, 0, 0, 2);
    RECORD(TRC_PV_TRAP, 6, 0, 0, 13);
    RECORD(TRC_PV_EMULATE_PRIVOP, 7, 0, 0);
    RECORD(TRC_PV_PTWR_EMULATION, 8, 0, 0);
    /* Another's. */
    runs_vcpu(0, 0, 9);
    RECORD(TRC_PV_HYPERCALL_V2, 10, PVB_HC_xen_version);
    struct trace_xen *x = take(5, 1e9);
    struct trace_sum call = sum_of(x, 2, PVB_CLASS_HYPERCALL, "xen_version");
    assert_int_equal(call.count, 1);
    assert_int_equal(call.timed, 0);
    assert_int_equal(sum_of(x, 2, PVB_CLASS_FORWARD, "page_fault").count, 1);
    assert_int_equal(sum_of(x, 2, PVB_CLASS_EMULATE, "page_table_write").count, 1);
    assert_int_equal(sum_of(x, 2, PVB_CLASS_EMULATE, "other").count, 1);
    assert_int_equal(sum_of(x, 0, PVB_CLASS_HYPERCALL, "xen_version").count, 1);
    uint32_t domain[TRACE_XEN_DOMAINS];
    assert_int_equal(trace_xen_domains(x, domain), 2);
    assert_int_equal(domain[1], 2);
    trace_xen_free(x);
}

static void lost_records(void **state)
{
    (void)state;
    cpu(0);
    runs_vcpu(3, 0, 10);
    vm_exit(100, 0x72, 0);
    RECORD(TRC_LOST_RECORDS, 150, 9, 0, 0, 0);
    vm_entry(900);
    runs_vcpu(3, 0, 910);
    vm_exit(920, 0x72, 0);
    vm_entry(930);
    struct trace_xen *x = take(3, 1e9);
    assert_int_equal(sum_of(x, 3, PVB_CLASS_EXIT, "CPUID").sum, 10);
    struct trace_view v = {0};
    trace_xen_view(x, 3, &v);
    assert_int_equal(v.lost.exits, 9);
    trace_view_free(&v);
    trace_xen_free(x);
}

/* --- what is none --------------------------------------------------------------------- */

static void nobody(void *with, const struct xentrace_record *record)
{
    (void)with;
    (void)record;
}

static void refused(const char *words)
{
    char why[128] = "";
    struct xentrace *x = xentrace_new(nobody, NULL);
    bool good = xentrace_feed(x, bytes, used, why, sizeof(why)) && xentrace_end(x, why, sizeof(why));
    if (good || !strstr(why, words))
        fail_msg("said \"%s\", not \"%s\"", why, words);
    xentrace_free(x);
}

static void what_is_none(void **state)
{
    (void)state;
    refused("byte 0: there is nothing in it");
    vm_entry(1);
    refused("byte 0: does not begin with a processor's records");
    used = 0;
    PLAIN(TRC_TRACE_CPU_CHANGE, 5000, 0);
    refused("byte 0: records of a processor that none can be");
    used = 0;
    PLAIN(TRC_TRACE_CPU_CHANGE, 0, 16);
    vm_exit(1, 2, 3);
    refused("byte 12: a record reaches beyond");
    used = 0;
    PLAIN(TRC_TRACE_CPU_CHANGE, 0, 24);
    vm_entry(1);
    PLAIN(TRC_TRACE_CPU_CHANGE, 1, 24);
    refused("byte 24: a processor's records begin before those of another end");
    used = 0;
    PLAIN(TRC_TRACE_CPU_CHANGE, 0, 24);
    vm_entry(1);
    used -= 3;
    refused("byte 12: is cut off within a record");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_hvm_domain, setup),     cmocka_unit_test_setup(ticks, setup),
        cmocka_unit_test_setup(a_vcpu_that_moves, setup), cmocka_unit_test_setup(a_pv_domain, setup),
        cmocka_unit_test_setup(lost_records, setup),      cmocka_unit_test_setup(what_is_none, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
