/* Values that the processor refuses with #GP, from a guest that is at ring 0 of its own. */
#include "../hostile.h"
#include "hvm/hvm.h"

enum { MSR_PAT = 0x277, MSR_EFER = 0xc0000080, MSR_LSTAR = 0xc0000082 };
enum { EFER_LME = 1 << 8, EFER_LMA = 1 << 10 };

static unsigned refused;

static void count_refused(struct trap_frame *frame)
{
    refused++;
    frame->rip += 2; /* WRMSR is 0f 30 */
}

/* How many of these the processor takes. */
static unsigned taken(uint32_t msr, const uint64_t *values, unsigned count)
{
    refused = 0;
    guest_on_trap(13, count_refused);
    for (unsigned i = 0; i < count; i++)
        wrmsr(msr, values[i]);
    guest_on_trap(13, NULL);
    return count - refused;
}
#define TAKEN(msr, values) taken(msr, values, sizeof(values) / sizeof((values)[0]))

static void wild_pats(void)
{
    static const uint64_t bad[] = {2, 3, 8, 0xff00, 0x0200000000000000, 0x0007040603070406, 0x0807060504010007, ~0ul};
    static const uint64_t good[] = {0, 0x0007040600070406, 0x0706050401000706, 0x0007010600070106};
    unsigned bad_taken = TAKEN(MSR_PAT, bad), good_taken = TAKEN(MSR_PAT, good);

    survived("%u wild ones and %u of 4 good ones taken, it is %lx", bad_taken, good_taken, rdmsr(MSR_PAT));
}
HOSTILE(wild_pats, wild_pats);

/* Out of long mode, while paging is on; and bits that are reserved. */
static void wild_efers(void)
{
    uint64_t efer = rdmsr(MSR_EFER);
    const uint64_t bad[] = {0, efer & ~(uint64_t)EFER_LME, efer | 1ul << 12, efer | 1 << 9, efer | 1ul << 32, ~0ul};
    const uint64_t good[] = {efer | 1 << 11, efer & ~(uint64_t)EFER_LMA, efer};
    unsigned bad_taken = TAKEN(MSR_EFER, bad), good_taken = TAKEN(MSR_EFER, good);

    survived("%u wild ones and %u of 3 good ones taken, it is %s", bad_taken, good_taken,
             rdmsr(MSR_EFER) == efer ? "as before" : "another");
}
HOSTILE(wild_efers, wild_efers);

/* Each that holds an address: SYSENTER's two, LSTAR, CSTAR, the bases. */
static void addresses_not_canonical(void)
{
    static const uint32_t msrs[] = {0x175, 0x176, MSR_LSTAR, 0xc0000083, 0xc0000100, 0xc0000101, 0xc0000102};
    static const uint64_t bad[] = {0x800000000000, 0xffff7fffffffffff, 1ul << 63};
    static const uint64_t good[] = {0x7fffffffffff, 0xffff800000000000, 0};
    unsigned bad_taken = 0, good_taken = 0, kept = 0;

    for (unsigned i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
        uint64_t before = rdmsr(msrs[i]);

        bad_taken += TAKEN(msrs[i], bad);
        kept += rdmsr(msrs[i]) == before;
        good_taken += TAKEN(msrs[i], good);
        kept += rdmsr(msrs[i]) == 0;
        wrmsr(msrs[i], before);
    }
    survived("%u wild ones and %u of 21 good ones taken, %u of 14 kept", bad_taken, good_taken, kept);
}
HOSTILE(addresses_not_canonical, addresses_not_canonical);

/* A real processor refuses CR0.NW without CD at once, the emulated one at the next VMRUN. */
static void write_through_without_cache(void)
{
    uint64_t cr0;

    asm volatile("mov %%cr0, %0" : "=r"(cr0));
    asm volatile("mov %0, %%cr0" : : "r"((cr0 | 1ul << 29) & ~(1ul << 30)) : "memory");
    cpuid(0);
    survived("CR0.NW");
}
HOSTILE(invalid_state, write_through_without_cache);

static void wild_apic_writes(void)
{
    static const uint64_t eois[] = {1, ~0ul}, priorities[] = {256, ~0ul};
    unsigned bad = 0;

    wrmsr(0x808, 0x50); /* TPR */
    bad += TAKEN(0x80b, eois) + TAKEN(0x808, priorities);
    survived("%u taken, TPR is %lx", bad, rdmsr(0x808));
    wrmsr(0x808, 0);
}
HOSTILE(wild_apic_writes, wild_apic_writes);

/* No new tick may come before the last one is done with. */
static void tick_for_ever(void)
{
    static volatile unsigned sum;

    wrmsr(0x832, 1 << 17 | 1 << 16 | VECTOR_TIMER); /* periodic, masked: only the hypervisor has the work */
    wrmsr(0x838, 1);
    for (unsigned i = 0; i < 100000; i++)
        sum += i;
    wrmsr(0x838, 0);
    hvm_apic_start();
    survived("ticked");
}
HOSTILE(tick_for_ever, tick_for_ever);

/*
 * A task segment with stacks that are nowhere, for whoever takes it for its
 * own while the guest is halted: tests/lab/minivisor_hostile sends an NMI.
 */
static void halt_with_bad_stacks(void)
{
    static struct {
        uint32_t reserved;
        uint64_t stacks[12];
        uint32_t end;
    } __attribute__((packed)) task;
    extern uint64_t gdt[];
    uint64_t base = (uint64_t)&task;

    for (unsigned i = 0; i < 12; i++)
        task.stacks[i] = 0x0000123456789000;
    gdt[TSS_SELECTOR / 8] = (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56 | 0x89ul << 40 | (sizeof(task) - 1);
    asm volatile("ltr %w0" : : "r"(TSS_SELECTOR));
    print("hostile: halted\n");
    guest_timer_arm(guest_deadline_in(20000000));
    guest_halt_until_timer();
    survived("20 seconds");
}
HOSTILE(halt_with_bad_stacks, halt_with_bad_stacks);

static volatile unsigned traps;

static void count_trap(struct trap_frame *frame)
{
    frame->rflags &= ~(1ul << 8);
    traps++;
}

/* #DB and #AC exit, so that they cannot chase each other inside the processor; the guest still gets them. */
static void single_step(void)
{
    traps = 0;
    guest_on_trap(1, count_trap);
    asm volatile("pushfq; orq $0x100, (%%rsp); popfq; nop; nop" : : : "memory");
    guest_on_trap(1, NULL);
    survived("%u traps", traps);
}
HOSTILE(single_step, single_step);

/* A breakpoint on the very place where its own frame is pushed: each delivery raises it again. */
static void breakpoint_on_its_frame(void)
{
    uint64_t slots[64], here = (uint64_t)&slots[32];

    guest_on_trap(1, count_trap);
    asm volatile("mov %0, %%dr0; mov %1, %%dr7" : : "r"(here), "r"(0x400ul | 1 | 3ul << 16 | 2ul << 18));
    for (unsigned i = 0; i < 2; i++)
        asm volatile("mov %%rsp, %%rbx; lea 16(%0), %%rsp; pushq $0; pushq $0; mov %%rbx, %%rsp"
                     :
                     : "r"(here)
                     : "rbx", "memory");
    asm volatile("mov %0, %%dr7" : : "r"(0x400ul));
    guest_on_trap(1, NULL);
    survived("broke");
}
HOSTILE(breakpoint_on_its_frame, breakpoint_on_its_frame);

static uint8_t board_clock(uint8_t index)
{
    outb(0x70, index);
    return inb(0x71);
}

/* The computer's alarm, interrupts and other memory of its clock are not the guest's, however it asks. */
static void clock_of_the_board(void)
{
    unsigned seen = 0;
    for (unsigned index = 0xa; index < 256; index++)
        seen += (index & 0x7f) > 0xd && (index & 0x7f) != 0x32 && board_clock((uint8_t)index);
    for (unsigned index = 0; index < 128; index++) {
        outb(0x70, (uint8_t)index);
        outb(0x71, 0xff);
    }
    survived("%x-%x-%x, alarm %x %x %x, interrupts %x %x, %u", board_clock(0x9), board_clock(0x8), board_clock(0x7),
             board_clock(0x1), board_clock(0x3), board_clock(0x5), board_clock(0xb) & 0x70, board_clock(0xc), seen);
}
HOSTILE(clock_of_the_board, clock_of_the_board);
