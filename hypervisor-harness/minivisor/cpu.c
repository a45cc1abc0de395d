/*
 * cpu.c: the processor's tables: descriptors, interrupts, the way in for
 * SYSCALL. The first 14 pages of the descriptor table are the guest's
 * (set_gdt), ours follow.
 */
#include "cpu.h"
#include "console.h"
#include "guest.h"
#include "memory.h"
#include "timer.h"
#include "user_copy.h"
#include "pv/pv.h"

extern const u64 exception_stubs[32], timer_stub, spurious_stub;
extern char limit_entry[], syscall_entry[], syscall32_entry[], stack_top[], fault_stacks[], final_iret[];

/* AMD APM vol. 2, 4.8.3: gate descriptor in long mode. */
struct gate {
    u16 offset_low, selector;
    u8 ist, type;
    u16 offset_middle;
    u32 offset_high, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "long-mode gate");

/* AMD APM vol. 2, 12.2.5: 64-bit task state segment. */
struct tss {
    u32 reserved0;
    u64 rsp[3];
    u64 reserved1;
    u64 ist[7];
    u64 reserved2;
    u16 reserved3, io_map;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "64-bit TSS");

struct pointer {
    u16 limit;
    u64 base;
} __attribute__((packed));

/* The processor's own, whichever guest it runs. */
static struct gate idt[256] __attribute__((aligned(16)));
static struct tss tss __attribute__((aligned(16)));
static u64 our_gdt_page[512] __attribute__((aligned(4096)));
static u64 empty_page[512] __attribute__((aligned(4096)));

static void set_gate(unsigned int vector, u64 handler, unsigned int dpl, u8 ist)
{
    idt[vector] = (struct gate){
        .offset_low = (u16)handler,
        .selector = SEL_HV_CS,
        .ist = ist,
        .type = (u8)(0x8e | (dpl << 5)), /* present interrupt gate: IF off inside */
        .offset_middle = (u16)(handler >> 16),
        .offset_high = (u32)(handler >> 32),
    };
}

static u8 stack_of(unsigned int vector)
{
    switch (vector) {
    case 1:
        return STACK_DEBUG;
    case 2:
        return STACK_NMI;
    case 8:
        return STACK_DOUBLE_FAULT;
    case 18:
        return STACK_MACHINE_CHECK;
    default:
        return 0;
    }
}

static void descriptors_init(void)
{
    const unsigned int base = GUEST_GDT_PAGES * 4096;
    u64 address = (u64)&tss;
    struct pointer gdtr = {(GUEST_GDT_PAGES + 1) * 4096 - 1, GDT_BASE};
    struct pointer idtr = {sizeof(idt) - 1, (u64)idt};

#define OUR(selector) our_gdt_page[((selector)-base) / 8]
    OUR(SEL_HV_CS) = 0x00af9b000000ffff;            /* ring 0, 64-bit code */
    OUR(SEL_HV_SS) = 0x00cf93000000ffff;            /* ring 0, data */
    OUR(SEL_GUEST_CS32 & ~3u) = 0x00cffb000000ffff; /* ring 3, 32-bit code */
    OUR(SEL_GUEST_SS & ~3u) = 0x00cff3000000ffff;   /* ring 3, data */
    OUR(SEL_GUEST_CS & ~3u) = 0x00affb000000ffff;   /* ring 3, 64-bit code */
    OUR(SEL_TSS) = (sizeof(tss) - 1) | ((address & 0xffffff) << 16) | (0x89ull << 40) | ((address >> 24 & 0xff) << 56);
    OUR(SEL_TSS + 8) = address >> 32;
#undef OUR
    for (unsigned int i = 0; i < GUEST_GDT_PAGES; i++)
        map_hypervisor_page(GDT_BASE + i * PAGE_SIZE, virt_to_phys(empty_page), PTE_P | PTE_NX);
    map_hypervisor_page(GDT_BASE + GUEST_GDT_PAGES * PAGE_SIZE, virt_to_phys(our_gdt_page), PTE_P | PTE_W | PTE_NX);

    tss.rsp[0] = (u64)stack_top;
    for (unsigned int i = 0; i < FAULT_STACKS; i++)
        tss.ist[i] = (u64)fault_stacks + (i + 1) * FAULT_STACK_SIZE;
    tss.io_map = sizeof(tss); /* no port is open to ring 3 */

    for (unsigned int i = 0; i < 32; i++)
        set_gate(i, exception_stubs[i], i == 3 || i == 4 ? 3 : 0, stack_of(i));
    set_gate(VECTOR_TIMER, timer_stub, 0, 0);
    set_gate(VECTOR_LIMIT, (u64)limit_entry, 0, 0);
    set_gate(VECTOR_SPURIOUS, spurious_stub, 0, 0);

    __asm__ volatile("lgdt %0" : : "m"(gdtr));
    __asm__ volatile("lidt %0" : : "m"(idtr));
    __asm__ volatile("pushq %0; lea 1f(%%rip), %%rax; pushq %%rax; lretq; 1:" : : "i"(SEL_HV_CS) : "rax", "memory");
    __asm__ volatile("mov %0, %%ss; mov %1, %%ds; mov %1, %%es; mov %1, %%fs; mov %1, %%gs" : : "r"(SEL_HV_SS), "r"(0));
    __asm__ volatile("ltr %w0" : : "r"(SEL_TSS));
    __asm__ volatile("lldt %w0" : : "r"(0)); /* whatever the loader had: selectors may not lead there */
}

void guest_gdt_page(unsigned int index, u64 frame)
{
    /* Writable for the processor only, which sets a descriptor's accessed bit. */
    map_hypervisor_page(GDT_BASE + index * PAGE_SIZE, frame ? frame << PAGE_SHIFT : virt_to_phys(empty_page),
                        frame ? PTE_P | PTE_W | PTE_NX : PTE_P | PTE_NX);
}

void cpu_init(void)
{
    descriptors_init();
    write_cr0(read_cr0() | CR0_MP);
    write_cr4(CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT);
    wrmsr(MSR_STAR, ((u64)(SEL_GUEST_CS - 16) << 48) | ((u64)SEL_HV_CS << 32));
    wrmsr(MSR_LSTAR, (u64)syscall_entry);
    wrmsr(MSR_CSTAR, (u64)syscall32_entry);
    wrmsr(MSR_SFMASK, RFLAGS_SYSCALL);
    wrmsr(MSR_SYSENTER_CS, 0); /* no way in by SYSENTER: it faults */
}

void print_regs(const struct regs *r)
{
    print("M note rip=%04lx:%016lx rsp=%04lx:%016lx rflags=%08lx vector=%lu error=%lx\n", r->cs, r->rip, r->ss, r->rsp,
          r->rflags, r->vector, r->error);
    print("M note rax=%016lx rbx=%016lx rcx=%016lx rdx=%016lx\n", r->rax, r->rbx, r->rcx, r->rdx);
    print("M note rsi=%016lx rdi=%016lx rbp=%016lx  r8=%016lx\n", r->rsi, r->rdi, r->rbp, r->r8);
    print("M note  r9=%016lx r10=%016lx r11=%016lx r12=%016lx\n", r->r9, r->r10, r->r11, r->r12);
    print("M note r13=%016lx r14=%016lx r15=%016lx cr2=%016lx\n", r->r13, r->r14, r->r15, read_cr2());
}

/* An exception or interrupt that came while the minivisor itself ran. */
void hypervisor_trap(struct regs *regs);
void hypervisor_trap(struct regs *regs)
{
    if (regs->vector == VECTOR_TIMER) {
        timer_interrupt();
        return;
    }
    if (regs->vector == VECTOR_SPURIOUS)
        return;
    if (user_copy_fixup(regs))
        return;
    if (regs->vector == 2)
        panic("a non-maskable interrupt: this computer reports a failure");
    /* Past MOV SS the processor holds it back, over the next instruction; if that is SYSCALL, it comes here. */
    if (regs->vector == 1)
        kill_guest("a breakpoint of its own strikes in the minivisor");
    if (regs->rip == (u64)final_iret) {
        pv_failsafe(regs);
        kill_guest("returns to a place that the processor refuses (vector %lu, error %lx)", regs->vector, regs->error);
    }
    print_regs(regs);
    panic("exception %lu in the minivisor", regs->vector);
}
