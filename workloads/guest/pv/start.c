/*
 * start.c: the order in which a PV guest comes up, and the small things
 * that a mode must provide: its name, its platform, marks, the end.
 */
#include "pv.h"
#include <xen/sched.h>
#include <xen/vcpu.h>
#include <xen/version.h>

const char *mode_name(void)
{
    return "pv";
}
struct start_info *start_info;
volatile struct vcpu_time_info *mode_time = &shared_info_page.vcpu_info[0].time;

void pv_start(struct start_info *info)
{
    start_info = info;
    pv_memory_early();
    pv_console_init();
    /* Xen gives the shared page's machine address; it takes the place of a page of our own. */
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, &shared_info_page, info->shared_info | PTE_RW, UVMF_INVLPG, 0, 0),
         "mapping the shared page");
    pv_traps_init();
    /* So that port I/O of ring 0 is emulated, whatever IOPL says; a port nobody owns reads all ones. */
    must(HYPERCALL2(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_architectural_iopl), "vm_assist");
    /* A periodic tick would fire inside measured regions. */
    must(HYPERCALL(__HYPERVISOR_vcpu_op, VCPUOP_stop_periodic_timer, 0, 0, 0, 0), "stopping the periodic timer");
    pv_memory_init();
    pv_arena_init();
    pv_user_init();
    pv_events_init();
    disk_init();
    net_init();
    guest_main();
}

const char *mode_platform(void)
{
    xen_extraversion_t extra = "";
    must(HYPERCALL2(__HYPERVISOR_xen_version, XENVER_extraversion, extra), "xen_version");
    return memcmp(extra, "-minivisor", 10) ? "xen" : "minivisor";
}

/* struct vcpu_time_info says how to turn ticks into nanoseconds; this is its inverse (xen/xen.h). */
uint64_t mode_tsc_khz(void)
{
    const volatile struct vcpu_time_info *time = &shared_info_page.vcpu_info[0].time;
    uint64_t khz = ((1000000ul << 32) + time->tsc_to_system_mul / 2) / time->tsc_to_system_mul;
    return time->tsc_shift < 0 ? khz << -time->tsc_shift : khz >> time->tsc_shift;
}

/* An operation on a vCPU that cannot exist: does nothing, and shows its arguments to every observer. */
void mode_mark(uint32_t mark)
{
    HYPERCALL(__HYPERVISOR_vcpu_op, VCPUOP_is_up, mark, 0, 0, 0);
}

void mode_shutdown(bool crash)
{
    struct sched_shutdown how = {.reason = crash ? SHUTDOWN_crash : SHUTDOWN_poweroff};
    for (;;)
        HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_shutdown, &how);
}

const char *guest_no_null_hypercall(void)
{
    return NULL;
}

void guest_null_hypercall(void)
{
    HYPERCALL2(__HYPERVISOR_xen_version, XENVER_version, 0);
}

/* CPUID does not trap in ring 3; the prefix asks Xen for the virtual one (XEN_CPUID in xen/arch-x86/xen.h). */
void guest_cpuid(uint32_t leaf)
{
    uint32_t b, c = 0, d;
    asm volatile(XEN_CPUID : "+a"(leaf), "=b"(b), "+c"(c), "=d"(d));
}
