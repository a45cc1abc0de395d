/* Traps, stacks and returns: what would end in the hypervisor's own code or stack. */
#include "../hostile.h"
#include "pv/pv.h"

static void forget_handlers(void)
{
    HYPERCALL(__HYPERVISOR_set_trap_table, 0, 0, 0, 0, 0);
}

static void run_off_the_end(void)
{
    forget_handlers();
    ((void (*)(void))UNMAPPED_ADDRESS)();
}
HOSTILE(run_off_the_end, run_off_the_end);

static void jump_into_hypervisor(void)
{
    forget_handlers();
    ((void (*)(void))HYPERVISOR_ADDRESS)();
}
HOSTILE(jump_into_hypervisor, jump_into_hypervisor);

static void read_hypervisor(void)
{
    forget_handlers();
    survived("%lx", *(volatile uint64_t *)HYPERVISOR_ADDRESS);
}
HOSTILE(read_hypervisor, read_hypervisor);

static void write_machine_to_phys(void)
{
    forget_handlers();
    *(volatile uint64_t *)0xffff800000000000ul = 1;
    survived("0");
}
HOSTILE(write_machine_to_phys, write_machine_to_phys);

/* A trap's frame would be written where the stack pointer points. */
static void stack_in_hypervisor(void)
{
    asm volatile("mov %0, %%rsp; ud2" : : "r"(HYPERVISOR_ADDRESS + 0x8000) : "memory");
}
HOSTILE(stack_in_hypervisor, stack_in_hypervisor);

static void stack_unmapped(void)
{
    asm volatile("mov %0, %%rsp; ud2" : : "r"(UNMAPPED_ADDRESS) : "memory");
}
HOSTILE(stack_unmapped, stack_unmapped);

static void return_to(uint64_t rip, uint64_t cs, uint64_t ss, uint64_t flags)
{
    uint64_t frame[9] = {0, 0, 0, flags, rip, cs, 2, (uint64_t)trap_stack_top, ss};

    asm volatile("mov %0, %%rsp; mov $23, %%eax; syscall" : : "r"(frame) : "memory");
    __builtin_unreachable();
}

/* VGCF_in_syscall asks for SYSRET, whose own check of the address comes too late on some processors. */
static void iret_not_canonical(void)
{
    return_to(0x800000000000ul, 0xe030, 0xe02b, 0x100);
}
HOSTILE(iret_not_canonical, iret_not_canonical);

static void iret_to_ring_0(void)
{
    return_to((uint64_t)forget_handlers, 0xe008, 0xe010, 0);
}
HOSTILE(iret_to_ring_0, iret_to_ring_0);

/* To user mode, by a selector that the processor refuses there: the kernel is told, where it wants to be. */
static void iret_bad_user(void)
{
    return_to(USER_BASE, 0xe00b, 0xe02b, 0);
}
HOSTILE(iret_bad_user, iret_bad_user);

static void iret_bad_user_no_stack(void)
{
    HYPERCALL(__HYPERVISOR_stack_switch, 0xe02b, UNMAPPED_ADDRESS, 0, 0, 0);
    return_to(USER_BASE, 0xe00b, 0xe02b, 0);
}
HOSTILE(iret_bad_user_no_stack, iret_bad_user_no_stack);

static void iret_no_frame(void)
{
    asm volatile("mov %0, %%rsp; mov $23, %%eax; syscall" : : "r"(HYPERVISOR_ADDRESS) : "memory");
}
HOSTILE(iret_no_frame, iret_no_frame);

static void handler_in_hypervisor(void)
{
    struct trap_info traps[2] = {{.vector = 6, .cs = 0xe033, .address = HYPERVISOR_ADDRESS}};

    survived("%ld", HYPERCALL(__HYPERVISOR_set_trap_table, traps, 0, 0, 0, 0));
}
HOSTILE(handler_in_hypervisor, handler_in_hypervisor);

/* Faults in the handler of its own fault, until the stack is used up. */
static void fault_for_ever(void)
{
    struct trap_info traps[2] = {{.vector = 14, .cs = 0xe033, .address = UNMAPPED_ADDRESS}};

    HYPERCALL(__HYPERVISOR_set_trap_table, traps, 0, 0, 0, 0);
    *(volatile int *)UNMAPPED_ADDRESS = 0;
}
HOSTILE(fault_for_ever, fault_for_ever);

static void privileged(void)
{
    forget_handlers();
    asm volatile("lidt (%0)" : : "r"(shared_info_page.evtchn_mask) : "memory");
    survived("lidt");
}
HOSTILE(load_idt, privileged);

static void write_cr3_directly(void)
{
    forget_handlers();
    asm volatile("mov %0, %%cr3" : : "r"(0ul) : "memory");
    survived("mov cr3");
}
HOSTILE(write_cr3, write_cr3_directly);

static void write_hypervisors_msr(void)
{
    forget_handlers();
    wrmsr(0xc0000082, (uint64_t)forget_handlers); /* LSTAR */
    survived("wrmsr LSTAR");
}
HOSTILE(write_lstar, write_hypervisors_msr);
