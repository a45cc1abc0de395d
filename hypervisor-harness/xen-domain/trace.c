/* trace.c: one record after the other; the layouts are those of xen/trace.h. */
#include "hypervisor-harness/xen-domain/trace_state.h"

#include <pvbench/entries.h>
#include <pvbench/log.h>

#include <stdlib.h>
#include <string.h>

#define FIRST_DOMAIN 0u
#define RUNSTATE_ANY 0x330u /* bits 8-9 the state before, 4-5 the one after */

/* One number for AMD and Intel until Xen 4.17, then one for each. */
#define EXIT_SHARED (TRC_HVM_ENTRYEXIT + 2)
#define EXIT_SVM    (TRC_HVM_ENTRYEXIT + 3)

struct xen_trace *xen_trace_new(unsigned domain, enum xen_isa isa)
{
    struct xen_trace *t = calloc(1, sizeof(*t));
    if (!t)
        return NULL;
    t->domain = domain;
    t->isa = isa;
    t->boot = -1;
    recount_begin(&t->recount, domain);
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
    for (unsigned v = 0; v < XEN_TRACE_VCPUS; v++)
        t->vcpu[v].returns.is_linux = true;
}

void xen_trace_beside(struct xen_trace *t, struct xen_trace *other)
{
    while (t->beside)
        t = t->beside;
    t->beside = other;
    xen_books_beside(t->books, other->books);
}

void xen_trace_follow(struct xen_trace *t, unsigned domain)
{
    t->domain = t->recount.domain = domain;
}

void xen_trace_boot(struct xen_trace *t, unsigned region)
{
    t->boot = (int)region;
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

/* Intel's reasons are in the low half of what the processor gives (SDM vol. 3, table 25-14). */
static uint32_t exit_code(const struct xen_trace *t, uint32_t reason)
{
    return t->isa == XEN_ISA_VMX ? PVB_VMX + (reason & 0xffff) : reason;
}

/* What both have, by their names of it. */
static bool exit_is(const struct xen_trace *t, uint32_t svm, uint32_t vmx)
{
    return t->at->code == (t->isa == XEN_ISA_VMX ? vmx : svm);
}

static void hvm_exit(struct xen_trace *t, const struct trace_record *r)
{
    t->at->in_exit = r->extras >= 1;
    t->at->code = exit_code(t, r->extra[0]);
    t->at->began = r->tsc;
    t->at->detail = NO_DETAIL;
    t->at->is_mark = false;
    t->at->elsewhere = 0;
}

/* For itself, in its own way or in Xen's: block, poll. Another exit's wait is for who does its work elsewhere. */
static bool sleeps(const struct xen_trace *t)
{
    return exit_is(t, PVB_EX_HLT, PVB_VX_HLT) ||
           (exit_is(t, PVB_EX_VMMCALL, PVB_VX_VMCALL) && t->at->detail == PVB_HC_sched_op);
}

static void hvm_entry(struct xen_trace *t, const struct trace_record *r)
{
    if (!t->at->in_exit)
        return;
    t->at->in_exit = false;
    if (t->at->is_mark) {
        xen_books_aside(t->books, PVB_CLASS_EXIT, t->at->code);
        if (PVB_MARK_IS_END(t->at->mark))
            trace_close_region(t, t->at->mark, t->at->began);
        else
            xen_books_open(t->books, PVB_MARK_REGION(t->at->mark), r->tsc);
        return;
    }
    if (exit_is(t, PVB_EX_INTR, PVB_VX_EXTERNAL_INTERRUPT)) {
        xen_books_tick(t->books);
        xen_books_aside(t->books, PVB_CLASS_EXIT, t->at->code);
        return;
    }
    trace_count(t, PVB_CLASS_EXIT, t->at->code);
    xen_books_cost(t->books, PVB_CLASS_EXIT, t->at->code, r->tsc - t->at->began - (sleeps(t) ? t->at->elsewhere : 0));
    if (t->at->detail != NO_DETAIL)
        xen_books_detail(t->books, PVB_CLASS_EXIT, t->at->code, t->at->detail);
}

/* What the handlers say of the exit at hand: the first word of the right record counts. */
static void hvm_handler(struct xen_trace *t, const struct trace_record *r)
{
    uint64_t detail = NO_DETAIL;
    bool io = exit_is(t, PVB_EX_IOIO, PVB_VX_IO_INSTRUCTION);
    switch (r->event) {
    case TRC_HVM_IOPORT_WRITE:
        if (r->extras >= 2 && r->extra[0] == PVB_MARK_PORT && PVB_MARK_IS(r->extra[1]) && io) {
            t->at->is_mark = true;
            t->at->mark = r->extra[1];
        }
        __attribute__((fallthrough));
    case TRC_HVM_IOPORT_READ:
        if (r->extras >= 1 && io)
            detail = r->extra[0];
        break;
    case TRC_HVM_CPUID:
        if (r->extras >= 1 && PVB_MARK_IS(r->extra[0]) && exit_is(t, PVB_EX_CPUID, PVB_VX_CPUID)) {
            t->at->is_mark = true;
            t->at->mark = r->extra[0];
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
    if (t->at->detail == NO_DETAIL)
        t->at->detail = detail;
}

static void hvm_record(struct xen_trace *t, const struct trace_record *r)
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
        if (t->at->in_exit)
            hvm_handler(t, r);
    }
}

/* The wait in a halt is no work: while the idle domain runs, another guest, or another vCPU of this one, its clock
 * stands. */
static void add_elsewhere(struct xen_trace *t, const struct traced_vcpu *but, uint64_t ticks)
{
    for (unsigned v = 0; v < XEN_TRACE_VCPUS; v++)
        if (&t->vcpu[v] != but)
            t->vcpu[v].elsewhere += ticks;
}

static void guest_runs(struct xen_trace *t, unsigned number, bool running, uint64_t tsc)
{
    if (number >= XEN_TRACE_VCPUS)
        return;
    struct traced_vcpu *v = &t->vcpu[number];
    if (running && !v->runs) {
        v->since = v->share_since = tsc;
    } else if (!running && v->runs) {
        add_elsewhere(t, v, tsc - v->since);
        xen_books_ran(t->books, v->share_since, tsc);
    }
    v->runs = running;
    if (running)
        t->at = v;
    else if (t->at == v)
        t->at = NULL;
}

static void runstate(struct xen_trace *t, const struct trace_record *r)
{
    unsigned after = r->event >> 4 & 3, domain = r->extra[0] >> 16;
    bool running = after == 0;
    if (r->extras < 1)
        return;
    if (domain == t->domain) {
        if (running && t->boot >= 0)
            xen_books_open(t->books, (unsigned)t->boot, r->tsc);
        t->boot = running ? -1 : t->boot;
        guest_runs(t, r->extra[0] & 0xffff, running, r->tsc);
    } else if (domain == FIRST_DOMAIN) {
        if (running && !t->first_runs)
            t->first_since = r->tsc;
        else if (!running && t->first_runs)
            xen_books_host_ran(t->books, t->first_since, r->tsc);
        t->first_runs = running;
    } else {
        if (running && !t->idles)
            t->idle_since = r->tsc;
        else if (!running && t->idles)
            add_elsewhere(t, NULL, r->tsc - t->idle_since);
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

static void take(struct xen_trace *t, const struct trace_record *r)
{
    if (r->event == TRC_LOST_RECORDS) {
        lose(t, r->extras ? r->extra[0] : 1);
    } else if ((r->event & ~RUNSTATE_ANY) == TRC_SCHED_RUNSTATE_CHANGE) {
        runstate(t, r);
    } else if (t->at && t->isa == XEN_ISA_PV && r->event >> TRC_CLS_SHIFT == TRC_PV >> TRC_CLS_SHIFT) {
        trace_pv_record(t, r);
    } else if (t->at && t->isa != XEN_ISA_PV && r->event >> TRC_CLS_SHIFT == TRC_HVM >> TRC_CLS_SHIFT) {
        hvm_record(t, r);
    }
}

static void count_call(struct xen_trace *t, uint32_t op)
{
    if (op < XEN_COUNTS_CALLS)
        t->all.call[op]++;
    if (t->at)
        t->last_call = op;
    else if (t->first_runs)
        xen_books_host_call(t->books, op);
}

/* Whosever they are: what Xen's own counters count. */
static void count_all(struct xen_trace *t, const struct trace_record *r)
{
    switch (r->event & ~(uint32_t)TRC_64_FLAG) {
    case TRC_PV_HYPERCALL_V2:
        if (r->extras >= 1)
            count_call(t, r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK);
        break;
    case TRC_PV_HYPERCALL_SUBCALL:
        /* One that Xen broke off and took up again is two records, and is counted when it is done. */
        t->all.sub_calls += r->extras >= 1 && !trace_goes_on(r, r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK);
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
    recount_feed(&t->recount, bytes, size);
    while (size - at >= sizeof(uint32_t)) {
        uint32_t header;
        struct trace_record r = {0};
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
        for (struct xen_trace *other = t->beside; other; other = other->beside)
            take(other, &r);
        at += whole;
    }
}

/* The exits that no entry came behind. */
static void hvm_end(struct xen_trace *t)
{
    for (unsigned v = 0; v < XEN_TRACE_VCPUS; v++) {
        if (t->vcpu[v].in_exit)
            xen_books_aside(t->books, PVB_CLASS_EXIT, t->vcpu[v].code);
        t->vcpu[v].in_exit = false;
    }
}

void xen_trace_recount(struct xen_trace *t, FILE *out)
{
    if (t->isa == XEN_ISA_PV)
        trace_pv_end(t);
    else
        hvm_end(t);
    if (!recount_print(&t->recount, t->isa, t->books, out))
        xen_books_doubt_all(t->books, "a second reader of Xen's trace has counted otherwise");
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
