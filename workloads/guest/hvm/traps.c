/*
 * traps.c: IDT, TSS and the SYSCALL registers.
 */
#include "hvm.h"

struct gate { /* AMD APM vol. 2, 4.8.4, figure 4-24 */
    uint16_t offset_low, selector;
    uint8_t stack, type;
    uint16_t offset_middle;
    uint32_t offset_high, reserved;
};
_Static_assert(sizeof(struct gate) == 16, "AMD APM vol. 2, 4.8.4");

struct tss { /* AMD APM vol. 2, 12.2.5 */
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3, io_map;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "AMD APM vol. 2, 12.2.5");

struct table_pointer {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));
_Static_assert(sizeof(struct table_pointer) == 10, "AMD APM vol. 2, 4.6.2");

enum { MSR_STAR = 0xc0000081, MSR_LSTAR = 0xc0000082, MSR_SFMASK = 0xc0000084, MSR_FS_BASE = 0xc0000100 };
enum { VECTOR_DOUBLE_FAULT = 8 };
enum { GDT_ENTRIES = TSS_SELECTOR / 8 + 2 };

extern char trap_stubs[], timer_entry[], self_entry[], device_entry[], stray_entry[], syscall_entry[];
extern char call_entry[], event_entry[], message_entry[], line_entry[], spurious_entry[], spurious_slave_entry[];
extern uint64_t gdt[];

static struct gate idt[256];
static struct tss tss;

/* An interrupt gate masks interrupts, as events are masked in a PV handler. */
static void set_gate(unsigned vector, const char *entry, uint8_t stack)
{
    uintptr_t address = (uintptr_t)entry;
    idt[vector] = (struct gate){
        .offset_low = (uint16_t)address,
        .offset_middle = (uint16_t)(address >> 16),
        .offset_high = (uint32_t)(address >> 32),
        .selector = KERNEL_CS,
        .type = 0x8e,
        .stack = stack,
    };
}

static void load_idt(void)
{
    struct table_pointer pointer = {sizeof(idt) - 1, (uintptr_t)idt};
    asm volatile("lidt %0" : : "m"(pointer));
}

static void load_tss(uint64_t *table, struct tss *t)
{
    uintptr_t base = (uintptr_t)t;
    table[TSS_SELECTOR / 8] = (base & 0xffffff) << 16 | (base >> 24 & 0xff) << 56 | 0x89ul << 40 | (sizeof(*t) - 1);
    table[TSS_SELECTOR / 8 + 1] = base >> 32;
    asm volatile("ltr %w0" : : "r"(TSS_SELECTOR));
}

/* Another vCPU's, which never goes to user mode: one IDT for all, but a GDT and a TSS of its own. */
void hvm_traps_init_secondary(unsigned vcpu)
{
    static uint64_t gdts[PVB_VCPUS_MAX][GDT_ENTRIES];
    static struct tss secondary[PVB_VCPUS_MAX];
    struct table_pointer pointer = {sizeof(gdts[vcpu]) - 1, (uintptr_t)gdts[vcpu]};
    memcpy(gdts[vcpu], gdt, sizeof(gdts[vcpu]));
    secondary[vcpu].ist[0] = (uintptr_t)fault_stack_top; /* there is no second fault */
    secondary[vcpu].io_map = sizeof(struct tss);
    asm volatile("lgdt %0" : : "m"(pointer));
    load_tss(gdts[vcpu], &secondary[vcpu]);
    load_idt();
}

void guest_kernel_stack(void)
{
    *(volatile uint64_t *)&tss.rsp[0] = (uintptr_t)trap_stack_top;
}

void guest_user_segment(uint64_t base)
{
    wrmsr(MSR_FS_BASE, base);
}

void hvm_traps_init(void)
{
    for (unsigned vector = 0; vector < TRAPS; vector++)
        set_gate(vector, trap_stubs + 16 * vector, vector == VECTOR_DOUBLE_FAULT);
    for (unsigned vector = TRAPS; vector < 256; vector++)
        set_gate(vector, stray_entry, 0);
    set_gate(VECTOR_TIMER, timer_entry, 0);
    set_gate(VECTOR_SELF, self_entry, 0);
    set_gate(VECTOR_DEVICE, device_entry, 0);
    set_gate(VECTOR_MESSAGE, message_entry, 0);
    set_gate(VECTOR_CALL, call_entry, 0);
    set_gate(VECTOR_EVENT, event_entry, 0);
    set_gate(VECTOR_LINE, line_entry, 0);
    set_gate(VECTOR_SPURIOUS, spurious_entry, 0);
    set_gate(VECTOR_SPURIOUS_SLAVE, spurious_slave_entry, 0);
    load_idt();

    tss.rsp[0] = (uintptr_t)trap_stack_top;
    tss.ist[0] = (uintptr_t)fault_stack_top;
    tss.io_map = sizeof(tss);
    load_tss(gdt, &tss);

    /* AMD APM vol. 2, 6.1.1: SYSCALL loads CS and SS from bits 47:32, SYSRET from bits 63:48 plus 16 and 8. */
    wrmsr(MSR_STAR, (uint64_t)0x18 << 48 | (uint64_t)KERNEL_CS << 32);
    wrmsr(MSR_LSTAR, (uintptr_t)syscall_entry);
    wrmsr(MSR_SFMASK, 0x47700); /* AC, NT, IOPL, DF, IF, TF */
}

void stray_interrupt(void)
{
    guest_panic("unexpected interrupt");
}

uint64_t guest_fault_address(void)
{
    uint64_t address;
    asm volatile("mov %%cr2, %0" : "=r"(address));
    return address;
}
