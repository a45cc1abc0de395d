/*
 * hypercalls.c: the table of hypercalls, and those too small for a file.
 *
 * What is not offered returns -ENOSYS, as in Xen, and is counted all the
 * same: entry.S counts whatever goes through the table.
 */
#include "pv.h"
#include "account.h"
#include "console.h"
#include "guest.h"
#include "user_copy.h"
#include "xen_version.h"

#include <xen/errno.h>
#include <xen/physdev.h>
#include <xen/version.h>

static long enosys(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a1, (void)a2, (void)a3, (void)a4, (void)a5, (void)regs;
    return -XEN_ENOSYS;
}

static long do_xen_version(u64 cmd, u64 to, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    struct version_answer answer;

    (void)a3, (void)a4, (void)a5, (void)regs;
    if (likely(cmd == XENVER_version))
        return MINIVISOR_XEN_VERSION;
    version_answer(cmd, &answer);
    if (answer.size && !copy_to_guest(to, answer.data, answer.size))
        return -XEN_EFAULT;
    return answer.result;
}

static long do_console_io(u64 cmd, u64 count, u64 from, u64 a4, u64 a5, struct regs *regs)
{
    (void)a5;
    if (cmd == CONSOLEIO_read)
        return 0; /* nobody types */
    if (cmd != CONSOLEIO_write)
        return -XEN_ENOSYS;
    for (;;) {
        char text[PREEMPT_BATCH];
        u64 here = MIN(count, sizeof(text));

        if (!copy_from_guest(text, from, here))
            return -XEN_EFAULT;
        for (u64 i = 0; i < here; i++)
            console_guest_char(text[i]);
        from += here;
        count -= here;
        if (!count)
            return 0;
        if (preempted())
            return continue_hypercall(regs, __HYPERVISOR_console_io, cmd, count, from, a4);
    }
}

static long do_vm_assist(u64 cmd, u64 type, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a3, (void)a4, (void)a5, (void)regs;
    if (cmd != VMASST_CMD_enable && cmd != VMASST_CMD_disable)
        return -XEN_ENOSYS;
    switch (type) {
    case VMASST_TYPE_architectural_iopl:
        for (unsigned int i = 0; i < guest.turns.count; i++)
            guest.turns.vcpu[i]->pv.architectural_iopl = cmd == VMASST_CMD_enable;
        return 0;
    case VMASST_TYPE_writable_pagetables:
        for (unsigned int i = 0; i < guest.turns.count; i++)
            guest.turns.vcpu[i]->pv.writable_tables = cmd == VMASST_CMD_enable;
        return 0;
    case VMASST_TYPE_4gb_segments:     /* of 32-bit guests */
    case VMASST_TYPE_pae_extended_cr3: /* how it is anyway on x86-64 */
        return 0;
    default:
        return -XEN_ENOSYS;
    }
}

/* Below what level of privilege the kernel's own CLI and STI do nothing in place of a fault (emulate.c). */
static long do_physdev_op(u64 cmd, u64 argument, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    struct physdev_set_iopl set;

    (void)a3, (void)a4, (void)a5, (void)regs;
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_physdev_op, cmd);
    if (cmd != PHYSDEVOP_set_iopl)
        return -XEN_ENOSYS;
    if (!copy_from_guest(&set, argument, sizeof(set)))
        return -XEN_EFAULT;
    if (set.iopl > 3)
        return -XEN_EINVAL;
    this_pv()->iopl = (u64)set.iopl << 12;
    return 0;
}

/* One call of the list. False: the entry cannot be read or written. */
static bool call_one(u64 at, struct regs *regs)
{
    struct multicall_entry call;

    if (!range_is_guests(at, sizeof(call)) ||
        !guest_copy(&call, (const void *)at, offsetof(struct multicall_entry, args) + 5 * 8))
        return false;
    this_vcpu()->nested = false;
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_multicall, call.op);
    this_vcpu()->nested = true;
    if (call.op >= HYPERCALLS || call.op == __HYPERVISOR_multicall || call.op == __HYPERVISOR_iret)
        call.result = (u64)-XEN_ENOSYS;
    else
        call.result =
            (u64)hypercall_table[call.op](call.args[0], call.args[1], call.args[2], call.args[3], call.args[4], regs);
    if (unlikely(this_pv()->continuation.wanted)) /* the entry becomes the call for the rest */
        return copy_to_guest(at + offsetof(struct multicall_entry, args), this_pv()->continuation.args,
                             sizeof(this_pv()->continuation.args));
    return store_guest_u64(at + offsetof(struct multicall_entry, result), call.result);
}

#define CALLS_BATCH 16

static long call_each(u64 *list, u64 *count, struct regs *regs)
{
    for (u64 done = 1; *count; done++) {
        if (!call_one(*list, regs))
            return -XEN_EFAULT;
        if (unlikely(this_pv()->continuation.wanted))
            return 0;
        *list += sizeof(struct multicall_entry);
        --*count;
        if (done % CALLS_BATCH == 0 && *count && preempted()) {
            this_pv()->continuation.wanted = true;
            return 0;
        }
    }
    return 0;
}

static long do_multicall(u64 list, u64 count, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    long result;

    (void)a5;
    result = call_each(&list, &count, regs);
    this_vcpu()->nested = false;
    if (likely(!this_pv()->continuation.wanted))
        return result;
    this_pv()->continuation.wanted = false;
    return result ? result : continue_hypercall(regs, __HYPERVISOR_multicall, list, count, a3, a4);
}

/*
 * Every number has a function, so that the way in needs no test for null. A guest with several vCPUs has some of its
 * own here (pv_several_init()), so that no other pays for them by a test.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"
hypercall_fn *hypercall_table[HYPERCALLS] = {
    [0 ... HYPERCALLS - 1] = enosys,
    [__HYPERVISOR_set_trap_table] = do_set_trap_table,
    [__HYPERVISOR_mmu_update] = do_mmu_update,
    [__HYPERVISOR_set_gdt] = do_set_gdt,
    [__HYPERVISOR_stack_switch] = do_stack_switch,
    [__HYPERVISOR_set_callbacks] = do_set_callbacks,
    [__HYPERVISOR_fpu_taskswitch] = do_fpu_taskswitch,
    [__HYPERVISOR_update_descriptor] = do_update_descriptor,
    [__HYPERVISOR_memory_op] = do_memory_op,
    [__HYPERVISOR_multicall] = do_multicall,
    [__HYPERVISOR_update_va_mapping] = do_update_va_mapping,
    [__HYPERVISOR_set_timer_op] = do_set_timer_op,
    [__HYPERVISOR_xen_version] = do_xen_version,
    [__HYPERVISOR_grant_table_op] = do_grant_table_op,
    [__HYPERVISOR_console_io] = do_console_io,
    [__HYPERVISOR_vm_assist] = do_vm_assist,
    [__HYPERVISOR_iret] = do_iret,
    [__HYPERVISOR_vcpu_op] = do_vcpu_op,
    [__HYPERVISOR_set_segment_base] = do_set_segment_base,
    [__HYPERVISOR_mmuext_op] = do_mmuext_op,
    [__HYPERVISOR_sched_op] = do_sched_op,
    [__HYPERVISOR_callback_op] = do_callback_op,
    [__HYPERVISOR_physdev_op] = do_physdev_op,
    [__HYPERVISOR_set_debugreg] = do_set_debugreg,
    [__HYPERVISOR_get_debugreg] = do_get_debugreg,
    [__HYPERVISOR_event_channel_op] = do_event_channel_op,
};
#pragma GCC diagnostic pop
