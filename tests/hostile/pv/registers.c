/* Words that the hypervisor loads into the processor's registers for its guest. */
#include "../hostile.h"
#include "pv/pv.h"

#define FLAGS_ALL     0xfffffffffffffffful
#define FLAG_TRAP     (1ul << 8)
#define FLAGS_NOT_OWN 0x1b3000ul /* IOPL, VM, VIF, VIP */

/* Goes through the hypercall iret with these rflags, and says with which it came out. */
static uint64_t through_iret(uint64_t flags)
{
    uint64_t out;

    asm volatile("mov %%rsp, %%rbx\n"
                 "push %1\n"
                 "push %%rbx\n"
                 "push %2\n"
                 "pushq $0xe030\n"
                 "lea 1f(%%rip), %%rax\n"
                 "push %%rax\n"
                 "pushq $0; pushq $0; pushq $0; pushq $0\n"
                 "mov $23, %%eax; syscall\n"
                 "1: pushfq; pop %0; pushq $2; popfq"
                 : "=r"(out)
                 : "r"(0xe02bul), "r"(flags)
                 : "rax", "rbx", "rcx", "r11", "memory");
    return out;
}

static void iret_iopl(void)
{
    survived("rflags %lx", through_iret(0x3202));
}
HOSTILE(iret_iopl, iret_iopl);

static void iret_all_flags(void)
{
    survived("rflags with %lx", through_iret(FLAGS_ALL & ~FLAG_TRAP) & FLAGS_NOT_OWN);
}
HOSTILE(iret_all_flags, iret_all_flags);

static void forget_handlers(void)
{
    HYPERCALL(__HYPERVISOR_set_trap_table, 0, 0, 0, 0, 0);
}

/* Ring 0 itself would fault. */
static void write_cr0_reserved(void)
{
    uint64_t cr0;

    forget_handlers();
    asm volatile("mov %%cr0, %0" : "=r"(cr0));
    asm volatile("mov %0, %%cr0" : : "r"(cr0 | 1ul << 32) : "memory");
    survived("mov cr0");
}
HOSTILE(write_cr0_reserved, write_cr0_reserved);

static void write_cr0_paging(void)
{
    uint64_t cr0;

    forget_handlers();
    asm volatile("mov %%cr0, %0" : "=r"(cr0));
    asm volatile("mov %0, %%cr0" : : "r"(cr0 & ~(1ul << 16)) : "memory"); /* WP */
    survived("mov cr0");
}
HOSTILE(write_cr0_no_wp, write_cr0_paging);

static void write_cr4(void)
{
    uint64_t cr4;

    forget_handlers();
    asm volatile("mov %%cr4, %0" : "=r"(cr4));
    asm volatile("mov %0, %%cr4" : : "r"(cr4 | 1ul << 8) : "memory"); /* PCE */
    survived("mov cr4");
}
HOSTILE(write_cr4, write_cr4);

static unsigned refused;

static void count_refused(struct trap_frame *frame)
{
    refused++;
    frame->rip += 2; /* WRMSR is 0f 30 */
}

/* By both ways that lead there. */
static void bases_not_canonical(void)
{
    static const uint64_t bases[] = {0x800000000000, 0xffff7fffffffffff, 1ul << 63};
    unsigned bad = 0, expected = 0;

    refused = 0;
    guest_on_trap(13, count_refused);
    for (unsigned i = 0; i < sizeof(bases) / sizeof(bases[0]); i++) {
        for (unsigned which = SEGBASE_FS; which <= SEGBASE_GS_KERNEL; which++)
            bad += HYPERCALL(__HYPERVISOR_set_segment_base, which, bases[i], 0, 0, 0) != -22;
        for (uint32_t msr = 0xc0000100; msr <= 0xc0000102; msr++, expected++)
            wrmsr(msr, bases[i]);
    }
    guest_on_trap(13, NULL);
    survived("%u bases accepted", bad + expected - refused);
}
HOSTILE(bases_not_canonical, bases_not_canonical);

/* MOV SS holds a trap back over the next instruction: it must not strike behind SYSCALL. */
static void step_past_mov_ss(struct trap_frame *frame)
{
    frame->rflags &= ~FLAG_TRAP;
    refused++;
}

static void step_into_hypervisor(void)
{
    uint64_t number = 17, zero = 0; /* xen_version */

    refused = 0;
    guest_on_trap(1, step_past_mov_ss);
    asm volatile("mov %%ss, %%r8d\n"
                 "pushfq; orq $0x100, (%%rsp); popfq\n"
                 "mov %%r8d, %%ss\n"
                 "syscall"
                 : "+a"(number), "+D"(zero)
                 : "S"(0ul)
                 : "rcx", "r8", "r11", "memory");
    guest_on_trap(1, NULL);
    survived("version %lx, %s", number, refused ? "stepped" : "no step");
}
HOSTILE(step_into_hypervisor, step_into_hypervisor);

static void sysenter(void)
{
    forget_handlers();
    asm volatile("sysenter" : : : "rcx", "rdx", "memory");
    survived("sysenter");
}
HOSTILE(sysenter, sysenter);

/* The local table's second descriptor: there is no local table. */
#define LOCAL_SELECTOR 0xf

static void local_selector(void)
{
    forget_handlers();
    asm volatile("mov %0, %%fs" : : "r"(LOCAL_SELECTOR));
    survived("a selector of the local table");
}
HOSTILE(local_selector, local_selector);

/* After a reset there is one, at address 0: the guest's own memory, with a way into ring 0 if it likes. */
static volatile uint64_t ring;

asm(".pushsection .text\n"
    "through_gate:\n"
    "mov %cs, %eax\n"
    "mov %rax, ring(%rip)\n"
    "lretq\n"
    ".popsection");
extern char through_gate[];

static void local_call_gate(void)
{
    static const struct {
        uint32_t offset;
        uint16_t selector;
    } __attribute__((packed)) gate = {0, LOCAL_SELECTOR};
    uint64_t handler = (uint64_t)through_gate, *local_table = guest_page();

    forget_handlers();
    local_table[1] = (handler & 0xffff) | 0xe008ul << 16 | 0xecul << 40 | (handler >> 16 & 0xffff) << 48;
    local_table[2] = handler >> 32;
    pv_write_entry(pv_walk(kernel_l4, 0, 1), pte_of(local_table, PTE_RW | PTE_USER));
    asm volatile("lcall *%0" : : "m"(gate) : "rax", "memory");
    survived("cs %lx", ring);
}
HOSTILE(local_call_gate, local_call_gate);
