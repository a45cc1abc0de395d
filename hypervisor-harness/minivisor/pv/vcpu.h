/*
 * vcpu.h: the state of the PV guest and of one processor of it, members of
 * struct guest and struct vcpu (guest.h).
 */
#ifndef PV_VCPU_H
#define PV_VCPU_H

#include "layout.h"
#include "types.h"

#include <xen/xen.h>

struct pv_vcpu {
    struct vcpu_info *vcpu_info; /* in the shared page; this and the next are read by entry.S */
    bool in_kernel;
    u64 kernel_l4, user_l4; /* machine frames; user 0: none */
    u64 kernel_sp;          /* stack_switch */
    u64 event_callback, failsafe_callback, syscall_callback;
    bool syscall_masks_events;
    bool architectural_iopl;
    u64 iopl; /* in its place in rflags */
    struct trap_info traps[32];
    struct trap_info software_traps[224]; /* vectors 32 to 255, by INT n */
    u64 gdt_frames[GUEST_GDT_PAGES];
    unsigned int gdt_pages;
    u32 virq_port[NR_VIRQS]; /* 0: not bound */
    struct continuation {
        bool wanted; /* by the call inside a multicall that has just returned */
        u64 args[4];
    } continuation;
    bool writable_tables; /* vm_assist: the kernel's stores to its page tables are carried out */
    u64 syscall32_callback;
    bool syscall32_masks_events;
    u64 runstate_area; /* a virtual address of the guest's; 0: none */
    u64 asleep;        /* ticks of the TSC, since the start */
    u64 debug[4];      /* DR0 to DR3, as the guest wrote them: none of them is ever switched on */
    u64 debug_status;  /* DR6 */
    bool initialised;  /* by VCPUOP_initialise; the first is so from the start */
    u64 polled;        /* ports that end its wait, a bit each */
    bool poll_masked;  /* an upcall was pending when it began to poll, so that one more does not end it */
    struct {           /* while it is not running */
        u16 ds, es, fs, gs;
        u64 fs_base, gs_base, other_gs_base;
        bool task_switched; /* CR0.TS */
    } left;
};

#define EVENT_PORTS 64 /* one word of the pending bits */

enum port_use { PORT_FREE, PORT_RESERVED, PORT_UNBOUND, PORT_VIRQ, PORT_IPI, PORT_CONSOLE };

/* What its processors share. */
struct pv_guest {
    struct shared_info *shared_info;
    struct xencons_interface *console_ring;
    u8 port_use[EVENT_PORTS]; /* enum port_use */
    u32 port_virq[EVENT_PORTS];
    u8 port_vcpu[EVENT_PORTS];          /* that its events are for */
    unsigned int gdt_pages_left;        /* of the vCPU that had the processor before */
    struct vcpu_guest_context *context; /* a copy of what VCPUOP_initialise was given */
};

#endif
