/*
 * traps.c: tells Xen where the guest's handlers are. What the IDT, the TSS
 * and the SYSCALL registers are to a processor, these calls are to Xen.
 */
#include "pv.h"

extern char trap_stubs[], event_entry[], failsafe_entry[], syscall_entry[];

_Static_assert(sizeof(struct trap_info) == 16, "xen/arch-x86/xen.h");

/* NMI and the reserved vectors are left out. */
void pv_fill_traps(struct trap_info *table)
{
    unsigned used = 0;
    for (unsigned vector = 0; vector < 20; vector++) {
        if (vector == 2 || vector == 9 || vector == 15)
            continue;
        table[used++] = (struct trap_info){
            .vector = (uint8_t)vector,
            .flags = 4, /* events are masked while the handler runs */
            .cs = FLAT_KERNEL_CS,
            .address = (unsigned long)trap_stubs + 16 * vector,
        };
    }
}

void pv_traps_init(void)
{
    static struct trap_info table[TRAPS];
    pv_fill_traps(table);
    must(HYPERCALL2(__HYPERVISOR_set_trap_table, table, 0), "set_trap_table");
    must(HYPERCALL(__HYPERVISOR_set_callbacks, event_entry, failsafe_entry, syscall_entry, 0, 0), "set_callbacks");
    guest_kernel_stack();
}

void guest_kernel_stack(void)
{
    must(HYPERCALL2(__HYPERVISOR_stack_switch, FLAT_KERNEL_SS, trap_stack_top), "stack_switch");
}

void guest_user_segment(uint64_t base)
{
    must(HYPERCALL2(__HYPERVISOR_set_segment_base, SEGBASE_FS, base), "set_segment_base");
}

void failsafe_panic(void)
{
    guest_panic("failsafe callback");
}

uint64_t guest_fault_address(void)
{
    return shared_info_page.vcpu_info[0].arch.cr2;
}
