/*
 * areas.c: memory of its own in which the guest wants to find what the shared page would tell it, too, or more of
 * it: its vcpu_info, the vCPU's run state, and its clock (xen/vcpu.h).
 *
 * A vcpu_info is read on each way back: its frame is held as writable memory, so that it can be neither a page table
 * nor given back. The others are written at virtual addresses of the guest's, each time through its own page tables,
 * as it could itself; where that faults, nothing is written.
 */
#include "account.h"
#include "guest.h"
#include "pv.h"
#include "timer.h"
#include "user_copy.h"

#include <xen/errno.h>
#include <xen/vcpu.h>

/* Once, as in Xen: its page stays the guest's word to us for as long as it lives. */
long pv_register_vcpu_info(struct vcpu *vcpu, u64 argument)
{
    struct vcpu_register_vcpu_info area;
    struct vcpu_info *to;

    if (!copy_from_guest(&area, argument, sizeof(area)))
        return -XEN_EFAULT;
    if (area.offset > PAGE_SIZE - sizeof(*to) || area.offset & 7)
        return -XEN_EINVAL;
    if (vcpu->pv.vcpu_info != &guest.pv.shared_info->vcpu_info[vcpu->turn.number])
        return -XEN_EINVAL;
    if (!pv_memory(area.mfn))
        return -XEN_EINVAL;
    hold_frame(area.mfn, TYPE_WRITABLE);
    to = (void *)((u8 *)frame_to_virt(area.mfn) + area.offset);
    memcpy(to, vcpu->pv.vcpu_info, sizeof(*to));
    vcpu->pv.vcpu_info = to;
    /* What came meanwhile stands in the old one: looked for anew, once too often rather than never. */
    to->evtchn_pending_sel = ~0ul;
    to->evtchn_upcall_pending = 1;
    return 0;
}

/*
 * A vCPU that runs alone never waits for the processor. One of several that has been woken is counted as asleep until
 * it gets it: nobody notes when that was (schedule.c).
 */
static void tell_runstate(struct vcpu_runstate_info *info)
{
    const u64 now = ticks_to_ns(rdtsc() - guest.boot_tsc), asleep = ticks_to_ns(this_pv()->asleep);

    *info = (struct vcpu_runstate_info){.state = RUNSTATE_running, .state_entry_time = now};
    info->time[RUNSTATE_runnable] = ticks_to_ns(this_vcpu()->turn.wait_tsc);
    info->time[RUNSTATE_offline] = ticks_to_ns(this_vcpu()->turn.down_tsc);
    info->time[RUNSTATE_running] = now - asleep - info->time[RUNSTATE_runnable] - info->time[RUNSTATE_offline];
    info->time[RUNSTATE_blocked] = asleep;
}

void pv_tell_runstate(void)
{
    struct vcpu_runstate_info info;

    tell_runstate(&info);
    copy_to_guest(this_pv()->runstate_area, &info, sizeof(info));
}

/* Of an area: where it is to be. */
static bool area_address(u64 argument, u64 *address)
{
    return copy_from_guest(address, argument, sizeof(*address));
}

static long register_runstate(u64 argument)
{
    struct vcpu_runstate_info info;
    u64 address;

    if (!area_address(argument, &address))
        return -XEN_EFAULT;
    this_pv()->runstate_area = 0;
    if (!address)
        return 0;
    tell_runstate(&info);
    if (!copy_to_guest(address, &info, sizeof(info)))
        return -XEN_EFAULT;
    this_pv()->runstate_area = address;
    return 0;
}

/* The clock never changes: one copy is as good as the other for ever. */
static long register_time(u64 argument)
{
    u64 address;

    if (!area_address(argument, &address))
        return -XEN_EFAULT;
    if (address && !copy_to_guest(address, &this_pv()->vcpu_info->time, sizeof(struct vcpu_time_info)))
        return -XEN_EFAULT;
    return 0;
}

long pv_area_op(u64 cmd, u64 argument)
{
    struct vcpu_runstate_info info;

    switch (cmd) {
    case VCPUOP_register_vcpu_info:
        return pv_register_vcpu_info(this_vcpu(), argument);
    case VCPUOP_register_runstate_memory_area:
        return register_runstate(argument);
    case VCPUOP_get_runstate_info:
        tell_runstate(&info);
        return copy_to_guest(argument, &info, sizeof(info)) ? 0 : -XEN_EFAULT;
    case VCPUOP_register_vcpu_time_memory_area:
        return register_time(argument);
    default:
        return -XEN_ENOSYS;
    }
}
