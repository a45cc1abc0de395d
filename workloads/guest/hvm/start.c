/*
 * start.c: the order in which an HVM guest comes up, and the small things
 * that a mode must provide: its name, marks, the end.
 */
#include "hvm.h"
#include "pvbench/log.h"
#include <xen/sched.h>

/* QEMU's device, and what it is to be told for a pause. */
enum { PVPANIC = 0x505, PANICKED = 1 };

enum { REST_US = 100, REST_BESIDE_QEMU_US = 200000 };

/*
 * KVM shows itself to a guest only for that its paravirtual interfaces be
 * used. Xen tells PVH from HVM by nothing but what is missing: the motherboard.
 */
const char *mode_name(void)
{
    if (platform == PLATFORM_XEN && hvm_clock_told)
        return "pvh";
    return platform == PLATFORM_KVM ? "pv" : "hvm";
}

/*
 * A page's first use may cost an entry under nested paging, which would be
 * that of whichever workload's code happens to lie there.
 */
static void touch_image(void)
{
    for (uintptr_t page = (uintptr_t)image_start; page < (uintptr_t)image_end; page += PAGE_SIZE)
        *(volatile char *)page;
}

/*
 * The machine is new, in two ways that no workload is to depend on by its
 * place in the suite. Until a processor's first interrupt KVM may take its
 * APIC's request register for one with something in it, and searches it in vain
 * (Linux, arch/x86/kvm/lapic.c, irr_pending). And QEMU frees what the start has
 * left in a thread of its own, which waits 50 ms for more of it and may then
 * have the processor for a millisecond (util/rcu.c; malloc_trim). So the guest
 * sleeps until both are over. Beside Xen QEMU runs in another domain, if at
 * all, and the minivisor has none.
 */
static void come_to_rest(void)
{
    bool beside_qemu = platform == PLATFORM_KVM || platform == PLATFORM_NONE;
    guest_timer_arm(guest_deadline_in(beside_qemu ? REST_BESIDE_QEMU_US : REST_US));
    guest_halt_until_timer();
}

void hvm_start(const struct hvm_start_info *info)
{
    hvm_console_init();
    hvm_traps_init();
    touch_image();
    if (info->magic != XEN_HVM_START_MAGIC_VALUE)
        guest_panic("not started by the PVH protocol: magic 0x%x", info->magic);
    hvm_memory_init(info);
    hvm_platform_init();
    if (platform == PLATFORM_KVM)
        hvm_virtio_console_init();
    hvm_lock_init();
    hvm_arena_init();
    hvm_user_init();
    hvm_apic_init();
    hvm_calibrate(info);
    disk_init();
    net_init();
    hvm_doorbell_init();
    hvm_forget_loader();
    come_to_rest();
    guest_main();
}

uint64_t mode_tsc_khz(void)
{
    return tsc_khz;
}

void mode_mark(uint32_t mark)
{
    outl(PVB_MARK_PORT, mark);
}

void mode_shutdown(bool crash)
{
    if (platform == PLATFORM_XEN || platform == PLATFORM_MINIVISOR) {
        struct sched_shutdown how = {.reason = crash ? SHUTDOWN_crash : SHUTDOWN_poweroff};
        HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &how);
    }
    /* Whoever has started QEMU may want to ask it something before it is gone (collectors/qemu_monitor.h). */
    if (!crash && params_have_any_devices())
        outb(PVPANIC, PANICKED);
    outl(0xf4, crash); /* QEMU's isa-debug-exit: ends with status 2 * value + 1 */
    for (;;)
        asm volatile("cli; hlt");
}

void guest_cpuid(uint32_t leaf)
{
    cpuid(leaf);
}
