/* A fully virtualized guest against the processor and its devices. */
#include "../hostile.h"
#include "hvm/hvm.h"
#include <xen/memory.h>
#include <xen/version.h>

static void triple_fault(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) none = {0, 0};

    asm volatile("lidt %0; int3" : : "m"(none));
}
HOSTILE(triple_fault, triple_fault);

static void touch_nothing(void)
{
    hvm_map_identity(0x10000000, 3);
    survived("%lx", *(volatile uint64_t *)0x10000000);
}
HOSTILE(touch_unbacked_memory, touch_nothing);

/* KVM cannot emulate what it cannot fetch, and gives up. */
static void run_nothing(void)
{
    hvm_map_identity(0x10000000, 3);
    asm volatile("call *%0" : : "r"(0x10000000ul) : "memory");
    survived("ran the void");
}
HOSTILE(run_unbacked_memory, run_nothing);

/* As when an emulated processor delivers an interrupt once more: nobody awaits these, and none is ended. */
static void interrupt_again(void)
{
    asm volatile("int %0; int %1" : : "i"(VECTOR_TIMER), "i"(VECTOR_SELF) : "memory");
    survived("interrupts");
}
HOSTILE(interrupt_again, interrupt_again);

static void page_tables_nowhere(void)
{
    asm volatile("mov %0, %%cr3" : : "r"(0x20000000ul) : "memory");
    survived("page tables in the void");
}
HOSTILE(page_tables_nowhere, page_tables_nowhere);

static void halt_for_ever(void)
{
    asm volatile("cli; hlt");
    survived("woke");
}
HOSTILE(halt_for_ever, halt_for_ever);

static void halt_without_timer(void)
{
    guest_timer_disarm();
    asm volatile("sti; hlt; cli");
    survived("woke");
}
HOSTILE(halt_without_timer, halt_without_timer);

static void nested_vmrun(void)
{
    asm volatile(".byte 0x0f, 0x01, 0xd8" : : "a"(0x1000ul) : "memory"); /* vmrun */
    survived("vmrun");
}
HOSTILE(nested_vmrun, nested_vmrun);

static void unknown_msr(void)
{
    wrmsr(0xc0010117, 0x1000); /* VM_HSAVE_PA */
    survived("wrmsr VM_HSAVE_PA");
}
HOSTILE(write_hsave_msr, unknown_msr);

static void clear_svme(void)
{
    uint64_t efer = rdmsr(0xc0000080);

    wrmsr(0xc0000080, efer | 1ul << 12);
    survived("EFER.SVME set");
}
HOSTILE(set_svme, clear_svme);

static void string_output(void)
{
    static const char text[] = "abc";
    const char *p = text;
    uint64_t n = 3;

    asm volatile("rep outsb" : "+S"(p), "+c"(n) : "d"(0x3f8) : "memory");
    survived("rep outsb");
}
HOSTILE(string_output, string_output);

static void hypercall_pointers(void)
{
    static const uint64_t pointers[] = {HYPERVISOR_ADDRESS, 0x800000000000ul, UNMAPPED_ADDRESS, 0xfffffffffffffffcul};
    unsigned bad = 0;

    for (unsigned i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        bad += HYPERCALL(__HYPERVISOR_xen_version, XENVER_extraversion, pointers[i], 0, 0, 0) != -14;
        bad += HYPERCALL(__HYPERVISOR_memory_op, XENMEM_populate_physmap, pointers[i], 0, 0, 0) != -14;
    }
    survived("%u calls that did not say EFAULT", bad);
}
HOSTILE(hypercall_pointers, hypercall_pointers);

static void pv_hypercalls(void)
{
    long a = HYPERCALL(__HYPERVISOR_mmu_update, 0, 1, 0, DOMID_SELF, 0);
    long b = HYPERCALL(__HYPERVISOR_set_gdt, 0, 0, 0, 0, 0);
    long c = HYPERCALL(__HYPERVISOR_iret, 0, 0, 0, 0, 0);

    survived("%ld %ld %ld", a, b, c);
}
HOSTILE(pv_hypercalls, pv_hypercalls);

static void wild_timers(void)
{
    static const uint64_t times[] = {~0ul, 1ul << 63, 1ul << 62};

    for (unsigned i = 0; i < sizeof(times) / sizeof(times[0]); i++)
        wrmsr(0x6e0, times[i]);
    wrmsr(0x6e0, 0);
    survived("timers");
}
HOSTILE(wild_timers, wild_timers);
