/*
 * apic.c: the local APIC: x2APIC by MSR when CPUID offers it, else by
 * memory-mapped registers (AMD APM vol. 2, 16.3 and 16.9-16.13). Also
 * silences the 8259s (pic.c) and the 8254, which nobody here listens to.
 */
#include "hvm.h"

enum {
    MSR_APIC_BASE = 0x1b,
    MSR_TSC_DEADLINE = 0x6e0,
    MSR_X2APIC = 0x800,
    APIC_BASE = 0xfee00000,
    APIC_EOI = 0xb0,
    APIC_SPURIOUS = 0xf0,
    APIC_ICR = 0x300,
    APIC_ICR_HIGH = 0x310,
    APIC_LVT_TIMER = 0x320,
    APIC_LVT_LINT0 = 0x350,
    APIC_INITIAL_COUNT = 0x380,
    APIC_CURRENT_COUNT = 0x390,
    APIC_DIVIDE = 0x3e0,
    APIC_SELF_IPI = 0x3f0,
    ICR_SELF = 1 << 18,
    LVT_EXTERNAL = 7 << 8, /* the vector is an 8259's to say */
    LVT_MASKED = 1 << 16,
    LVT_TSC_DEADLINE = 2 << 17,
};

static bool x2apic, deadline_mode;

static void apic_write(unsigned reg, uint32_t value)
{
    if (x2apic)
        wrmsr(MSR_X2APIC + reg / 16, value);
    else
        *(volatile uint32_t *)(uintptr_t)(APIC_BASE + reg) = value;
}

static uint32_t apic_read(unsigned reg)
{
    if (x2apic)
        return (uint32_t)rdmsr(MSR_X2APIC + reg / 16);
    return *(volatile uint32_t *)(uintptr_t)(APIC_BASE + reg);
}

/*
 * Firmware leaves channel 0 ticking. Masked or not, each tick takes the
 * hypervisor's processor away from whatever is being measured: one last
 * short count, mode 0, is followed by none (Intel 8254 data sheet).
 */
static void silence_8254(void)
{
    outb(0x43, 0x30);
    outb(0x40, 1);
    outb(0x40, 0);
}

void hvm_apic_init(void)
{
    hvm_pic_init();
    silence_8254();
    uint32_t features = cpuid(1).c;
    x2apic = features >> 21 & 1;
    deadline_mode = features >> 24 & 1;
    wrmsr(MSR_APIC_BASE, APIC_BASE | 1 << 8 | 1 << 11 | (uint32_t)x2apic << 10);
    if (!x2apic)
        hvm_map_identity(APIC_BASE, PTE_RW | PTE_UNCACHED);
    apic_write(APIC_SPURIOUS, 1 << 8 | VECTOR_STRAY);
    /* Runs free while the calibration reads it; masked, it interrupts nobody. */
    apic_write(APIC_LVT_TIMER, LVT_MASKED | VECTOR_TIMER);
    apic_write(APIC_DIVIDE, 0xb); /* by 1 */
    apic_write(APIC_INITIAL_COUNT, ~0u);
}

/* Another vCPU's: its timer stays off, as it is after INIT. */
void hvm_apic_start_secondary(void)
{
    wrmsr(MSR_APIC_BASE, APIC_BASE | 1 << 11 | (uint32_t)x2apic << 10);
    apic_write(APIC_SPURIOUS, 1 << 8 | VECTOR_STRAY);
}

void hvm_apic_end(void)
{
    apic_write(APIC_EOI, 0);
}

/* The write of the low half sends it (AMD APM vol. 2, 16.5); an x2APIC has both in one. */
void hvm_apic_send(uint32_t apic_id, uint32_t what)
{
    if (x2apic) {
        wrmsr(MSR_X2APIC + APIC_ICR / 16, (uint64_t)apic_id << 32 | what);
        return;
    }
    apic_write(APIC_ICR_HIGH, apic_id << 24);
    apic_write(APIC_ICR, what);
}

uint32_t hvm_apic_id(void)
{
    return cpuid(1).b >> 24;
}

void hvm_apic_open_lint0(bool open)
{
    apic_write(APIC_LVT_LINT0, LVT_EXTERNAL | (open ? 0 : LVT_MASKED));
}

uint64_t hvm_apic_count(void)
{
    return apic_read(APIC_CURRENT_COUNT);
}

/* The fence: a deadline written right behind the mode could be lost (Intel SDM vol. 3, 11.5.4.1, for xAPIC). */
void hvm_apic_start(void)
{
    apic_write(APIC_INITIAL_COUNT, 0);
    apic_write(APIC_LVT_TIMER, (deadline_mode ? LVT_TSC_DEADLINE : 0) | VECTOR_TIMER);
    asm volatile("mfence" : : : "memory");
}

/*
 * Interrupts that somebody waits for, and no other comes. QEMU's emulated VMRUN may deliver the one that it injects a
 * second time, where the lab does not keep it from that (hypervisor-harness/lab/emulator/delivered_once.c). So only the
 * one that finds itself awaited is ended, wherever in its handler it is overtaken: the end of none would be an exit too
 * many.
 */
static volatile uint32_t timer_awaited, self_awaited, device_awaited;

static bool take_bit(volatile uint32_t *word)
{
    bool was_set;
    asm volatile("btrl $0, %1" : "=@ccc"(was_set), "+m"(*word));
    return was_set;
}

static void end_interrupt(volatile uint32_t *awaited)
{
    if (take_bit(awaited) && !take_bit(&kvm_eoi_word))
        apic_write(APIC_EOI, 0);
}

void timer_interrupt(void)
{
    end_interrupt(&timer_awaited);
}

void self_interrupt(void)
{
    end_interrupt(&self_awaited);
}

void device_interrupt(void)
{
    end_interrupt(&device_awaited);
}

void guest_irq_mask(void)
{
    asm volatile("cli" : : : "memory");
}

void guest_irq_unmask(void)
{
    asm volatile("sti" : : : "memory");
}

void guest_self_event(void)
{
    self_awaited = 1;
    if (kvm_sends_ipis)
        kvm_send_self(VECTOR_SELF);
    else if (x2apic)
        apic_write(APIC_SELF_IPI, VECTOR_SELF);
    else
        apic_write(APIC_ICR, ICR_SELF | VECTOR_SELF);
    while (self_awaited)
        ;
}

/* --- the timer: TSC ticks ------------------------------------------------- */

guest_deadline guest_deadline_in(uint64_t microseconds)
{
    return tsc_now() + microseconds * tsc_khz / 1000;
}

uint64_t guest_deadline_tsc(guest_deadline deadline)
{
    return deadline;
}

/* Without deadlines the distance is counted down instead, rounded up; a far one is cut at what 32 bits hold. */
void guest_timer_arm(guest_deadline deadline)
{
    if (deadline_mode) {
        wrmsr(MSR_TSC_DEADLINE, deadline);
        return;
    }
    uint64_t ticks = deadline - tsc_now();
    uint64_t count = ticks > tsc_khz * 1000 ? 0xffffffff : ticks * apic_khz / tsc_khz + 1;
    apic_write(APIC_INITIAL_COUNT, count > 0xffffffff ? 0xffffffff : (uint32_t)count);
}

void guest_timer_disarm(void)
{
    if (deadline_mode)
        wrmsr(MSR_TSC_DEADLINE, 0);
    else
        apic_write(APIC_INITIAL_COUNT, 0);
}

/* --- waiting: STI takes effect after the next instruction, so that nothing slips in between (AMD APM vol. 3, STI) ---
 */

void guest_halt_until_timer(void)
{
    timer_awaited = 1;
    do
        asm volatile("sti; hlt; cli" : : : "memory");
    while (timer_awaited);
}

/* Open from now on: who is quick finds the guest awake, and need not ask for a moment in which it can be interrupted.
 */
void hvm_await_device(void)
{
    device_awaited = 1;
    guest_irq_unmask();
}

void hvm_halt_until_device(void)
{
    guest_irq_mask();
    while (device_awaited)
        asm volatile("sti; hlt; cli" : : : "memory");
}

/*
 * Of a card, which interrupts at moments that nobody chose, and may be seen to have done before it says so: each is
 * ended at once. One that is delivered twice costs an exit, and wakes somebody who looks and sleeps again.
 */
static volatile bool message_came;

void message_interrupt(void)
{
    message_came = true;
    notifications.received++;
    if (!take_bit(&kvm_eoi_word))
        apic_write(APIC_EOI, 0);
}

void hvm_forget_message(void)
{
    message_came = false;
}

void hvm_halt_until_message(void)
{
    guest_irq_mask();
    while (!message_came)
        asm volatile("sti; hlt; cli" : : : "memory");
    guest_irq_unmask();
}
