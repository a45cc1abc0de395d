/* returns.c: the rules of returns.h. */
#include "hypervisor-harness/xen-domain/returns.h"

#include <pvbench/entries.h>

#include <xen/sched.h>
#include <xen/vcpu.h>

void returns_call(struct returns *r, uint32_t op, const uint32_t *argument)
{
    r->slept = r->slept || (op == PVB_HC_sched_op && argument && *argument == SCHEDOP_block);
    r->armed = r->armed || (op == PVB_HC_vcpu_op && argument && *argument == VCPUOP_set_singleshot_timer);
    r->last = LAST_OTHER;
}

static bool ends_event(const struct returns *r)
{
    return r->is_linux ? r->slept || r->armed : r->last != LAST_MARK && r->last != LAST_TO_USER;
}

enum returned returns_iret(struct returns *r)
{
    enum returned from = r->traps ? RETURNED_TRAP : ends_event(r) ? RETURNED_EVENT : RETURNED_SYSCALL;
    r->traps -= from == RETURNED_TRAP;
    r->last = from == RETURNED_SYSCALL ? LAST_TO_USER : LAST_OTHER;
    r->slept = r->armed = false;
    return from;
}
