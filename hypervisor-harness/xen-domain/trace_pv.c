/* trace_pv.c: what Xen writes down of a PV guest's entries; trace.h says what it leaves out. */
#include "hypervisor-harness/xen-domain/trace_state.h"

#include <xen/vcpu.h>

static void pv_entry(struct xen_trace *t, enum pvb_class class, uint32_t code, uint64_t detail)
{
    trace_count(t, class, code);
    if (detail != NO_DETAIL)
        xen_books_detail(t->books, class, code, detail);
}

/* The flag that Xen's continuations of these calls carry in their count (MMU_UPDATE_PREEMPTED, which Xen keeps to
 * itself). */
bool trace_goes_on(const struct trace_record *r, uint32_t op)
{
    return (op == PVB_HC_mmu_update || op == PVB_HC_mmuext_op) && r->extras >= 2 && r->extra[1] >> 31;
}

static void decide_multicall(struct xen_trace *t, bool continued)
{
    if (t->at->undecided && continued) {
        xen_books_tick(t->books);
        xen_books_aside(t->books, PVB_CLASS_HYPERCALL, PVB_HC_multicall);
    } else if (t->at->undecided) {
        pv_entry(t, PVB_CLASS_HYPERCALL, PVB_HC_multicall, NO_DETAIL);
    }
    t->at->undecided = false;
}

/* One that was broken off between two sub-calls comes back with exactly the rest. */
static void pv_multicall(struct xen_trace *t, uint32_t calls)
{
    bool rest = t->at->made && t->at->made < t->at->announced && calls == t->at->announced - t->at->made;
    t->at->announced = calls;
    t->at->made = 0;
    t->at->undecided = true;
    if (rest)
        decide_multicall(t, true);
}

static void pv_subcall(struct xen_trace *t, const struct trace_record *r)
{
    uint32_t op = r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK;
    bool continued = trace_goes_on(r, op);
    decide_multicall(t, continued);
    t->at->made++;
    if (!continued)
        xen_books_detail(t->books, PVB_CLASS_HYPERCALL, PVB_HC_multicall, op);
}

static void pv_mark(struct xen_trace *t, uint32_t mark, uint64_t tsc)
{
    t->at->returns.last = LAST_MARK;
    if (PVB_MARK_IS_END(mark))
        trace_close_region(t, mark, tsc);
    else
        xen_books_open(t->books, PVB_MARK_REGION(mark), tsc);
}

static void pv_iret(struct xen_trace *t)
{
    const enum returned from = returns_iret(&t->at->returns);
    pv_entry(t, PVB_CLASS_HYPERCALL, PVB_HC_iret, NO_DETAIL);
    if (from != RETURNED_TRAP)
        pv_entry(t, PVB_CLASS_FORWARD, from == RETURNED_SYSCALL ? PVB_FW_syscall : PVB_FW_event, NO_DETAIL);
}

static void pv_hypercall(struct xen_trace *t, const struct trace_record *r)
{
    uint32_t op = r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK;
    uint64_t detail = NO_DETAIL;
    if (op == PVB_HC_vcpu_op && r->extras >= 3 && r->extra[1] == VCPUOP_is_up && PVB_MARK_IS(r->extra[2])) {
        pv_mark(t, r->extra[2], r->tsc);
        xen_books_aside(t->books, PVB_CLASS_HYPERCALL, op);
        return;
    }
    if (op == PVB_HC_iret) {
        pv_iret(t);
        return;
    }
    returns_call(&t->at->returns, op, r->extras >= 2 ? &r->extra[1] : NULL);
    if (op == PVB_HC_multicall && r->extras >= 2) {
        pv_multicall(t, r->extra[1]);
        return;
    }
    if (trace_goes_on(r, op)) {
        xen_books_tick(t->books);
        xen_books_aside(t->books, PVB_CLASS_HYPERCALL, op);
        return;
    }
    /* Of the others' arguments only counts are recorded; grant_table_op's command is, but has no name (entries.def). */
    if ((op == PVB_HC_vcpu_op || op == PVB_HC_sched_op) && r->extras >= 2)
        detail = r->extra[1];
    pv_entry(t, PVB_CLASS_HYPERCALL, op, detail);
}

void trace_pv_end(struct xen_trace *t)
{
    for (unsigned v = 0; v < XEN_TRACE_VCPUS; v++) {
        t->at = &t->vcpu[v];
        decide_multicall(t, false);
    }
    t->at = NULL;
}

void trace_pv_record(struct xen_trace *t, const struct trace_record *r)
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
            t->at->returns.traps++;
        }
        break;
    case TRC_PV_PAGE_FAULT:
        pv_entry(t, PVB_CLASS_FORWARD, PVB_FW_page_fault, NO_DETAIL);
        t->at->returns.traps++;
        break;
    case TRC_PV_FORCED_INVALID_OP:
        if (r->extras >= 2 && PVB_MARK_IS(wide(r->extra) >> PVB_MARK_STUB_SHIFT)) {
            pv_mark(t, (uint32_t)(wide(r->extra) >> PVB_MARK_STUB_SHIFT), r->tsc);
            xen_books_aside(t->books, PVB_CLASS_EMULATE, PVB_EM_cpuid);
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
    t->at->returns.last = LAST_OTHER;
}
