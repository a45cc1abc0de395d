/*
 * hypercalls.c: what a fully virtualized guest may ask by VMMCALL: who is
 * there, memory back and forth, and the end. Xen's devices (devices.c) have a few
 * more; everything else is -ENOSYS, as the page tables and traps of such a
 * guest are its own affair.
 */
#include "account.h"
#include "balloon.h"
#include "console.h"
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "memory.h"
#include "xen_version.h"

#include <xen/errno.h>
#include <xen/memory.h>
#include <xen/sched.h>
#include <xen/version.h>
#include <xen/xen.h>

static long do_xen_version(u64 cmd, u64 to)
{
    struct version_answer answer;

    if (likely(cmd == XENVER_version))
        return MINIVISOR_XEN_VERSION;
    version_answer(cmd, &answer);
    if (answer.size && !guest_write(to, answer.data, answer.size))
        return -XEN_EFAULT;
    return answer.result;
}

static long decrease(u64 count, u64 list)
{
    u64 i, gfn, frame;

    for (i = 0; i < count; i++) {
        if (!guest_read(&gfn, list + i * 8, 8))
            break;
        frame = npt_frame(gfn);
        if (!frame)
            break;
        npt_map(gfn, 0);
        balloon_give(frame);
    }
    return (long)i;
}

static long populate(u64 count, u64 list)
{
    u64 i, gfn, frame;

    for (i = 0; i < count; i++) {
        if (!guest_read(&gfn, list + i * 8, 8) || gfn >= guest.pages || npt_frame(gfn))
            break;
        frame = balloon_take();
        if (!frame)
            break;
        npt_map(gfn, frame);
    }
    return (long)i;
}

static long do_memory_op(u64 cmd, u64 argument)
{
    struct xen_memory_reservation r;
    u64 list;

    switch (cmd) {
    case XENMEM_current_reservation:
        return (long)balloon_held();
    case XENMEM_maximum_reservation:
        return (long)guest.pages;
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
        break;
    case XENMEM_add_to_physmap:
        return hvm_device_hypercall();
    default:
        return -XEN_ENOSYS;
    }
    if (!guest_read(&r, argument, sizeof(r)))
        return -XEN_EFAULT;
    if (r.domid != DOMID_SELF)
        return -XEN_EPERM;
    if (r.extent_order != 0)
        return 0; /* no extents done */
    memcpy(&list, &r.extent_start, 8);
    return cmd == XENMEM_decrease_reservation ? decrease(r.nr_extents, list) : populate(r.nr_extents, list);
}

static long do_sched_op(u64 cmd, u64 argument)
{
    static const char *const reasons[] = {"poweroff", "reboot", "suspend", "crash", "crash", "reboot"};
    u32 reason;

    switch (cmd) {
    case SCHEDOP_yield:
        return 0;
    case SCHEDOP_shutdown:
        if (!guest_read(&reason, argument, sizeof(reason)) || reason >= ARRAY_SIZE(reasons))
            kill_guest("shutdown for no known reason");
        end_guest(reasons[reason]);
    default:
        return hvm_device_hypercall();
    }
}

void exit_vmmcall(void)
{
    long result;

    account_detail(PVB_CLASS_EXIT, PVB_EX_VMMCALL, this_vmcb()->rax);
    advance(3);
    if (unlikely(this_vmcb()->cpl)) {
        this_vmcb()->rax = (u64)-XEN_EPERM;
        return;
    }
    switch (this_vmcb()->rax) {
    case __HYPERVISOR_xen_version:
        result = do_xen_version(this_hvm()->regs.rdi, this_hvm()->regs.rsi);
        break;
    case __HYPERVISOR_memory_op:
        result = do_memory_op(this_hvm()->regs.rdi, this_hvm()->regs.rsi);
        break;
    case __HYPERVISOR_sched_op:
        result = do_sched_op(this_hvm()->regs.rdi, this_hvm()->regs.rsi);
        break;
    default:
        result = hvm_device_hypercall();
    }
    this_vmcb()->rax = (u64)result;
}
