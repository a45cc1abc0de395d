/*
 * save.c: a fully virtualized guest that is suspended keeps its processor's and its platform's state; what was a page
 * of Xen's is an ordinary one when it comes back, and is found anew.
 */
#include "../xenbus/save.h"
#include "hvm.h"
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>

void save_prepare(void)
{
}

/*
 * Without drivers for Xen a guest of type HVM is not asked: it would be suspended wherever it is. It has such drivers
 * when it has said how events are to reach it. None does: all of them are masked when it says so.
 */
void save_announce(bool able)
{
    if (same_text(mode_name(), "pvh"))
        return;
    struct xen_hvm_param param = {.domid = DOMID_SELF,
                                  .index = HVM_PARAM_CALLBACK_IRQ,
                                  .value = able ? (uint64_t)HVM_PARAM_CALLBACK_TYPE_VECTOR << 56 | VECTOR_EVENT : 0};
    if (able)
        memset(mode_shared_info->evtchn_mask, 0xff, sizeof(mode_shared_info->evtchn_mask));
    must(HYPERCALL2(__HYPERVISOR_hvm_op, HVMOP_set_param, &param), "saying how events come");
}

void save_suspend(void)
{
    struct sched_shutdown how = {.reason = SHUTDOWN_suspend};
    if (HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &how))
        guest_panic("the suspension was called off");
    mode_shared_info = NULL;
    hvm_map_shared_info();
    hvm_console_xen();
    if (!xen_map_grants())
        guest_panic("there are no grants behind the restore");
}
