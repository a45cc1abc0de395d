/* trace.c: one record after the other; the layouts are those of xen/trace.h. */
#include "hypervisor-harness/xen-domain/trace.h"
#include "hypervisor-harness/xen-domain/books.h"
#include "hypervisor-harness/xen-domain/code.h"
#include "hypervisor-harness/xen-domain/returns.h"

#include <pvbench/entries.h>
#include <pvbench/log.h>

#include <stdlib.h>
#include <string.h>

#include <xen/trace.h>
#include <xen/vcpu.h>

#define FIRST_DOMAIN 0u
#define IDLE_DOMAIN  0x7fffu /* DOMID_IDLE, which Xen keeps to itself */
#define EXTRA_MAX    TRACE_EXTRA_MAX
#define RUNSTATE_ANY 0x330u /* bits 8-9 the state before, 4-5 the one after */
#define NO_DETAIL    UINT64_MAX

/* One number for AMD and Intel until Xen 4.17, then one for each. */
#define EXIT_SHARED (TRC_HVM_ENTRYEXIT + 2)
#define EXIT_SVM    (TRC_HVM_ENTRYEXIT + 3)

struct xen_trace {
    struct xen_books *books;
    unsigned domain;
    enum xen_isa isa;
    bool runs, first_runs, whole;
    uint64_t lost, first_since;
    struct xen_counts all;
    unsigned last_call;

    struct xen_code code_of_guest;

    /* time that the idle domain had since the beginning of the exit at hand */
    bool idles;
    uint64_t idle_since, idle;

    /* PV */
    struct returns returns;

    /* the multicall at hand: not counted before its first sub-call tells whether it goes on with an older one */
    bool undecided;
    uint32_t announced, made;

    /* HVM: the exit at hand */
    bool in_exit, is_mark;
    uint32_t code, mark;
    uint64_t began, detail;
};

/* A record taken apart. */
struct record {
    uint32_t event, extra[EXTRA_MAX];
    unsigned extras;
    uint64_t tsc;
};

struct xen_trace *xen_trace_new(unsigned domain, enum xen_isa isa)
{
    struct xen_trace *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->domain = domain;
    t->isa = isa;
    t->books = xen_books_new();
    if (!t->books) {
        free(t);
        return NULL;
    }
    return t;
}

void xen_trace_free(struct xen_trace *t)
{
    if (!t)
        return;
    xen_books_free(t->books);
    free(t);
}

void xen_trace_image(struct xen_trace *t, uint64_t address, const uint8_t *bytes, size_t size)
{
    xen_code_add(&t->code_of_guest, address, bytes, size);
}

uint64_t xen_trace_lost(const struct xen_trace *t)
{
    return t->lost;
}

const struct xen_counts *xen_trace_counts(const struct xen_trace *t)
{
    return &t->all;
}

unsigned xen_trace_last_call(const struct xen_trace *t)
{
    return t->last_call;
}

void xen_trace_whole(struct xen_trace *t)
{
    t->whole = true;
}

void xen_trace_linux(struct xen_trace *t)
{
    t->returns.is_linux = true;
}

void xen_trace_host(struct xen_trace *t, struct xen_host *host)
{
    xen_books_host(t->books, host);
}

const char *xen_trace_doubted(const struct xen_trace *t)
{
    return xen_books_doubt(t->books);
}

void xen_trace_doubt(struct xen_trace *t, const char *reason)
{
    xen_books_doubt_all(t->books, reason);
}

static uint64_t wide(const uint32_t *words)
{
    return words[0] | (uint64_t)words[1] << 32;
}

static void pv_entry(struct xen_trace *t, enum pvb_class class, uint32_t code, uint64_t detail)
{
    xen_books_count(t->books, class, code);
    if (detail != NO_DETAIL)
        xen_books_detail(t->books, class, code, detail);
}

/* The flag that Xen's continuations of these calls carry in their count (MMU_UPDATE_PREEMPTED, which Xen keeps to
 * itself). */
static bool goes_on(const struct record *r, uint32_t op)
{
    return (op == PVB_HC_mmu_update || op == PVB_HC_mmuext_op) && r->extras >= 2 && r->extra[1] >> 31;
}

static void decide_multicall(struct xen_trace *t, bool continued)
{
    if (t->undecided && continued)
        xen_books_tick(t->books);
    else if (t->undecided)
        pv_entry(t, PVB_CLASS_HYPERCALL, PVB_HC_multicall, NO_DETAIL);
    t->undecided = false;
}

/* One that was broken off between two sub-calls comes back with exactly the rest. */
static void pv_multicall(struct xen_trace *t, uint32_t calls)
{
    bool rest = t->made && t->made < t->announced && calls == t->announced - t->made;
    t->announced = calls;
    t->made = 0;
    t->undecided = true;
    if (rest)
        decide_multicall(t, true);
}

static void pv_subcall(struct xen_trace *t, const struct record *r)
{
    uint32_t op = r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK;
    bool continued = goes_on(r, op);
    decide_multicall(t, continued);
    t->made++;
    if (!continued)
        xen_books_detail(t->books, PVB_CLASS_HYPERCALL, PVB_HC_multicall, op);
}

static void pv_mark(struct xen_trace *t, uint32_t mark, uint64_t tsc)
{
    t->returns.last = LAST_MARK;
    if (PVB_MARK_IS_END(mark))
        xen_books_close(t->books, PVB_MARK_REGION(mark), tsc);
    else
        xen_books_open(t->books, PVB_MARK_REGION(mark), tsc);
}

static void pv_iret(struct xen_trace *t)
{
    const enum returned from = returns_iret(&t->returns);
    pv_entry(t, PVB_CLASS_HYPERCALL, PVB_HC_iret, NO_DETAIL);
    if (from != RETURNED_TRAP)
        pv_entry(t, PVB_CLASS_FORWARD, from == RETURNED_SYSCALL ? PVB_FW_syscall : PVB_FW_event, NO_DETAIL);
}

static void pv_hypercall(struct xen_trace *t, const struct record *r)
{
    uint32_t op = r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK;
    uint64_t detail = NO_DETAIL;
    if (op == PVB_HC_vcpu_op && r->extras >= 3 && r->extra[1] == VCPUOP_is_up && PVB_MARK_IS(r->extra[2])) {
        pv_mark(t, r->extra[2], r->tsc);
        return;
    }
    if (op == PVB_HC_iret) {
        pv_iret(t);
        return;
    }
    returns_call(&t->returns, op, r->extras >= 2 ? &r->extra[1] : NULL);
    if (op == PVB_HC_multicall && r->extras >= 2) {
        pv_multicall(t, r->extra[1]);
        return;
    }
    if (goes_on(r, op)) {
        xen_books_tick(t->books);
        return;
    }
    /* Of the others' arguments only counts are recorded; grant_table_op's command is, but has no name (entries.def). */
    if ((op == PVB_HC_vcpu_op || op == PVB_HC_sched_op) && r->extras >= 2)
        detail = r->extra[1];
    pv_entry(t, PVB_CLASS_HYPERCALL, op, detail);
}

static void pv_record(struct xen_trace *t, const struct record *r)
{
    if ((r->event & ~(uint32_t)TRC_64_FLAG) != TRC_PV_HYPERCALL_SUBCALL)
        decide_multicall(t, false);
    switch (r->event & ~(uint32_t)TRC_64_FLAG) {
    case TRC_PV_HYPERCALL_V2:
        if (r->extras >= 1)
            pv_hypercall(t, r);
        return;
    case TRC_PV_HYPERCALL_SUBCALL:
        if (r->extras >= 1)
            pv_subcall(t, r);
        return;
    case TRC_PV_TRAP:
        if (r->extras >= 3) {
            pv_entry(t, PVB_CLASS_FORWARD, r->extra[2] & 0x7fff, NO_DETAIL);
            t->returns.traps++;
        }
        break;
    case TRC_PV_PAGE_FAULT:
        pv_entry(t, PVB_CLASS_FORWARD, PVB_FW_page_fault, NO_DETAIL);
        t->returns.traps++;
        break;
    case TRC_PV_FORCED_INVALID_OP:
        if (r->extras >= 2 && PVB_MARK_IS(wide(r->extra) >> PVB_MARK_STUB_SHIFT)) {
            pv_mark(t, (uint32_t)(wide(r->extra) >> PVB_MARK_STUB_SHIFT), r->tsc);
            return;
        }
        pv_entry(t, PVB_CLASS_EMULATE, PVB_EM_cpuid, NO_DETAIL);
        break;
    case TRC_PV_EMULATE_PRIVOP:
        if (r->extras >= 2)
            pv_entry(t, PVB_CLASS_EMULATE, xen_code_before(&t->code_of_guest, wide(r->extra)), NO_DETAIL);
        break;
    case TRC_PV_PTWR_EMULATION:
    case TRC_PV_PTWR_EMULATION_PAE:
        pv_entry(t, PVB_CLASS_EMULATE, PVB_EM_page_table_write, NO_DETAIL);
        break;
    default:
        /* Mended by Xen behind the guest's back: the lazy FPU, a descriptor page, a 32-bit segment. */
        pv_entry(t, PVB_CLASS_EMULATE, XEN_CODE_OTHER, NO_DETAIL);
    }
    t->returns.last = LAST_OTHER;
}

/* Intel's reasons are in the low half of what the processor gives (SDM vol. 3, table 25-14). */
static uint32_t exit_code(const struct xen_trace *t, uint32_t reason)
{
    return t->isa == XEN_ISA_VMX ? PVB_VMX + (reason & 0xffff) : reason;
}

/* What both have, by their names of it. */
static bool exit_is(const struct xen_trace *t, uint32_t svm, uint32_t vmx)
{
    return t->code == (t->isa == XEN_ISA_VMX ? vmx : svm);
}

static void hvm_exit(struct xen_trace *t, const struct record *r)
{
    t->in_exit = r->extras >= 1;
    t->code = exit_code(t, r->extra[0]);
    t->began = r->tsc;
    t->detail = NO_DETAIL;
    t->is_mark = false;
    t->idle = 0;
}

/* For itself, in its own way or in Xen's: block, poll. Another exit's wait is for who does its work elsewhere. */
static bool sleeps(const struct xen_trace *t)
{
    return exit_is(t, PVB_EX_HLT, PVB_VX_HLT) ||
           (exit_is(t, PVB_EX_VMMCALL, PVB_VX_VMCALL) && t->detail == PVB_HC_sched_op);
}

static void hvm_entry(struct xen_trace *t, const struct record *r)
{
    if (!t->in_exit)
        return;
    t->in_exit = false;
    if (t->is_mark) {
        if (PVB_MARK_IS_END(t->mark))
            xen_books_close(t->books, PVB_MARK_REGION(t->mark), t->began);
        else
            xen_books_open(t->books, PVB_MARK_REGION(t->mark), r->tsc);
        return;
    }
    if (exit_is(t, PVB_EX_INTR, PVB_VX_EXTERNAL_INTERRUPT)) {
        xen_books_tick(t->books);
        return;
    }
    xen_books_count(t->books, PVB_CLASS_EXIT, t->code);
    xen_books_cost(t->books, PVB_CLASS_EXIT, t->code, r->tsc - t->began - (sleeps(t) ? t->idle : 0));
    if (t->detail != NO_DETAIL)
        xen_books_detail(t->books, PVB_CLASS_EXIT, t->code, t->detail);
}

/* What the handlers say of the exit at hand: the first word of the right record counts. */
static void hvm_handler(struct xen_trace *t, const struct record *r)
{
    uint64_t detail = NO_DETAIL;
    bool io = exit_is(t, PVB_EX_IOIO, PVB_VX_IO_INSTRUCTION);
    switch (r->event) {
    case TRC_HVM_IOPORT_WRITE:
        if (r->extras >= 2 && r->extra[0] == PVB_MARK_PORT && PVB_MARK_IS(r->extra[1]) && io) {
            t->is_mark = true;
            t->mark = r->extra[1];
        }
        __attribute__((fallthrough));
    case TRC_HVM_IOPORT_READ:
        if (r->extras >= 1 && io)
            detail = r->extra[0];
        break;
    case TRC_HVM_CPUID:
        if (r->extras >= 1 && PVB_MARK_IS(r->extra[0]) && exit_is(t, PVB_EX_CPUID, PVB_VX_CPUID)) {
            t->is_mark = true;
            t->mark = r->extra[0];
        }
        break;
    case TRC_HVM_MSR_READ:
        if (r->extras >= 1 && exit_is(t, PVB_EX_MSR, PVB_VX_MSR_READ))
            detail = r->extra[0];
        break;
    case TRC_HVM_MSR_WRITE:
        if (r->extras >= 1 && exit_is(t, PVB_EX_MSR, PVB_VX_MSR_WRITE))
            detail = r->extra[0];
        break;
    case TRC_HVM_VMMCALL:
        if (r->extras >= 1 && exit_is(t, PVB_EX_VMMCALL, PVB_VX_VMCALL))
            detail = r->extra[0];
        break;
    case TRC_HVM_NPF:
        if (r->extras >= 2 && exit_is(t, PVB_EX_NPF, PVB_VX_EPT_VIOLATION))
            detail = wide(r->extra) & ~0xfffull;
        break;
    default:
        break;
    }
    if (t->detail == NO_DETAIL)
        t->detail = detail;
}

static void hvm_record(struct xen_trace *t, const struct record *r)
{
    switch (r->event) {
    case EXIT_SHARED:
    case EXIT_SHARED | TRC_64_FLAG:
    case EXIT_SVM:
    case EXIT_SVM | TRC_64_FLAG:
        hvm_exit(t, r);
        return;
    case TRC_HVM_VMENTRY:
        hvm_entry(t, r);
        return;
    default:
        if (t->in_exit)
            hvm_handler(t, r);
    }
}

/* The wait in a halt is no work: while the idle domain runs, its clock stands. */
static void runstate(struct xen_trace *t, const struct record *r)
{
    unsigned after = r->event >> 4 & 3, domain = r->extra[0] >> 16;
    bool running = after == 0;
    if (r->extras < 1)
        return;
    if (domain == t->domain) {
        t->runs = running;
    } else if (domain == FIRST_DOMAIN) {
        if (running && !t->first_runs)
            t->first_since = r->tsc;
        else if (!running && t->first_runs)
            xen_books_host_ran(t->books, t->first_since, r->tsc);
        t->first_runs = running;
    } else if (domain == IDLE_DOMAIN) {
        if (running && !t->idles)
            t->idle_since = r->tsc;
        else if (!running && t->idles)
            t->idle += r->tsc - t->idle_since;
        t->idles = running;
    }
}

static void lose(struct xen_trace *t, uint64_t records)
{
    t->lost += records;
    xen_books_doubt_all(t->books, "Xen's trace buffer overflowed and lost records");
}

void xen_trace_full(struct xen_trace *t)
{
    lose(t, 1);
}

static void take(struct xen_trace *t, const struct record *r)
{
    if (r->event == TRC_LOST_RECORDS) {
        lose(t, r->extras ? r->extra[0] : 1);
    } else if ((r->event & ~RUNSTATE_ANY) == TRC_SCHED_RUNSTATE_CHANGE) {
        runstate(t, r);
    } else if (t->runs && t->isa == XEN_ISA_PV && r->event >> TRC_CLS_SHIFT == TRC_PV >> TRC_CLS_SHIFT) {
        pv_record(t, r);
    } else if (t->runs && t->isa != XEN_ISA_PV && r->event >> TRC_CLS_SHIFT == TRC_HVM >> TRC_CLS_SHIFT) {
        hvm_record(t, r);
    }
}

static void count_call(struct xen_trace *t, uint32_t op)
{
    if (op < XEN_COUNTS_CALLS)
        t->all.call[op]++;
    if (t->runs)
        t->last_call = op;
    else if (t->first_runs)
        xen_books_host_call(t->books, op);
}

/* Whosever they are: what Xen's own counters count. */
static void count_all(struct xen_trace *t, const struct record *r)
{
    switch (r->event & ~(uint32_t)TRC_64_FLAG) {
    case TRC_PV_HYPERCALL_V2:
        if (r->extras >= 1)
            count_call(t, r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK);
        break;
    case TRC_PV_HYPERCALL_SUBCALL:
        /* One that Xen broke off and took up again is two records, and is counted when it is done. */
        t->all.sub_calls += r->extras >= 1 && !goes_on(r, r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK);
        break;
    case TRC_HVM_VMMCALL:
        if (r->extras >= 1)
            count_call(t, r->extra[0]);
        break;
    case TRC_PV_PTWR_EMULATION:
    case TRC_PV_PTWR_EMULATION_PAE:
        t->all.page_table_writes++;
        break;
    case EXIT_SHARED:
    case EXIT_SVM:
        if (r->extras >= 1 && xen_counts_exit(r->extra[0] & 0xffff) < XEN_COUNTS_EXITS)
            t->all.exit[xen_counts_exit(r->extra[0] & 0xffff)]++;
        break;
    default:
        break;
    }
}

void xen_trace_feed(struct xen_trace *t, const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    while (size - at >= sizeof(uint32_t)) {
        uint32_t header;
        struct record r = {0};
        memcpy(&header, bytes + at, sizeof(header));
        r.event = TRC_HD_TO_EVENT(header);
        r.extras = TRC_HD_EXTRA(header);
        size_t time = TRC_HD_INCLUDES_CYCLE_COUNT(header) ? sizeof(r.tsc) : 0;
        size_t whole = sizeof(header) + time + r.extras * sizeof(r.extra[0]);
        if (size - at < whole)
            return;
        memcpy(&r.tsc, bytes + at + sizeof(header), time);
        memcpy(r.extra, bytes + at + sizeof(header) + time, r.extras * sizeof(r.extra[0]));
        count_all(t, &r);
        take(t, &r);
        at += whole;
    }
}

void xen_trace_print(struct xen_trace *t, FILE *out)
{
    static const char *const names[] = {[XEN_ISA_PV] = "pv", [XEN_ISA_SVM] = "svm", [XEN_ISA_VMX] = "vmx"};
    xen_books_print(t->books, names[t->isa], t->whole, out);
}

void xen_trace_print_none(const char *reason, FILE *out)
{
    fprintf(out, "M doubt reason=%s\n", reason);
}
