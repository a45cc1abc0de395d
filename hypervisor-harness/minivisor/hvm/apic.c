/*
 * apic.c: the guest's local APIC, in x2APIC mode (AMD APM vol. 2, 16.9-16.12):
 * registers are MSRs 0x800 + offset / 16. Of one processor the only IPI is
 * the one to itself; several.c has the others.
 */
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "timer.h"

enum {
    REG_ID = 0x802,
    REG_VERSION = 0x803,
    REG_TPR = 0x808,
    REG_PPR = 0x80a,
    REG_EOI = 0x80b,
    REG_LDR = 0x80d,
    REG_SPURIOUS = 0x80f,
    REG_ISR = 0x810,
    REG_TMR = 0x818,
    REG_IRR = 0x820,
    REG_ESR = 0x828,
    REG_ICR = 0x830,
    REG_LVT_TIMER = 0x832,
    REG_LVT_THERMAL = 0x833,
    REG_LVT_COUNTER = 0x834,
    REG_LVT_LINT0 = 0x835,
    REG_LVT_LINT1 = 0x836,
    REG_LVT_ERROR = 0x837,
    REG_INITIAL_COUNT = 0x838,
    REG_CURRENT_COUNT = 0x839,
    REG_DIVIDE = 0x83e,
    REG_SELF_IPI = 0x83f,
};

#define LVT_MASKED         (1u << 16)
#define LVT_MODE(lvt)      (((lvt) >> 17) & 3)
#define MODE_ONE_SHOT      0
#define MODE_PERIODIC      1
#define MODE_DEADLINE      2
#define DELIVERY_EXTINT    7u
#define ICR_SHORTHAND(icr) (((icr) >> 18) & 3)

/* Ticks of the TSC; a shorter one would come again before anything else could run. */
#define SHORTEST_PERIOD 4096ull

static struct hvm_apic *this_apic(void)
{
    return &this_hvm()->apic;
}

void apic_reset(struct hvm_apic *apic)
{
    *apic = (struct hvm_apic){.spurious = 0xff};
    for (unsigned int i = 0; i < 6; i++)
        apic->lvt[i] = LVT_MASKED;
}

void apic_init(void)
{
    apic_reset(this_apic());
}

static int highest(const u64 *bits)
{
    for (int word = 3; word >= 0; word--)
        if (bits[word])
            return word * 64 + 63 - __builtin_clzll(bits[word]);
    return -1;
}

static void set(u64 *bits, unsigned int vector)
{
    bits[vector >> 6] |= 1ull << (vector & 63);
}

static void clear(u64 *bits, unsigned int vector)
{
    bits[vector >> 6] &= ~(1ull << (vector & 63));
}

static bool enabled(void)
{
    return this_apic()->spurious & 0x100;
}

static void raise(unsigned int vector)
{
    if (vector < 16 || !enabled())
        return;
    set(this_apic()->irr, vector);
    this_hvm()->work.interrupts = true;
}

void apic_raise_in(struct hvm_vcpu *hvm, unsigned int vector)
{
    if (vector < 16 || !(hvm->apic.spurious & 0x100))
        return;
    set(hvm->apic.irr, vector);
    hvm->work.interrupts = true;
}

int apic_highest_pending(void)
{
    int pending = highest(this_apic()->irr), in_service = highest(this_apic()->isr);

    return pending >> 4 > in_service >> 4 ? pending : -1;
}

void apic_accept(unsigned int vector)
{
    clear(this_apic()->irr, vector);
    set(this_apic()->isr, vector);
}

bool apic_takes_pic(void)
{
    u32 lint0 = this_apic()->lvt[REG_LVT_LINT0 - REG_LVT_TIMER];

    return !enabled() || (!(lint0 & LVT_MASKED) && ((lint0 >> 8) & 7) == DELIVERY_EXTINT);
}

bool apic_would_interrupt(const struct hvm_apic *apic, u32 tpr)
{
    u32 lint0 = apic->lvt[REG_LVT_LINT0 - REG_LVT_TIMER];
    int pending = highest(apic->irr) >> 4, in_service = highest(apic->isr) >> 4;

    if (pending > in_service)
        return pending > (int)tpr;
    return (!(apic->spurious & 0x100) || (!(lint0 & LVT_MASKED) && ((lint0 >> 8) & 7) == DELIVERY_EXTINT)) &&
           pic_pending() >= 0;
}

/* Ticks of the TSC for `count`: the virtual bus runs with the TSC. */
static u64 count_ticks(u64 count)
{
    unsigned int shift = ((this_apic()->divide & 3) | ((this_apic()->divide >> 1) & 4)) + 1;

    return count << (shift & 7);
}

static unsigned int timer_mode(void)
{
    return LVT_MODE(this_apic()->lvt[0]);
}

static void start_count(u32 count)
{
    this_apic()->initial_count = count;
    this_apic()->count_start = rdtsc();
    this_apic()->timer_deadline_tsc =
        count && timer_mode() != MODE_DEADLINE ? this_apic()->count_start + count_ticks(count) : 0;
    hvm_timer_rearm();
}

static u32 current_count(void)
{
    u64 now = rdtsc(), one = count_ticks(1), ticks = count_ticks(this_apic()->initial_count);

    if (!this_apic()->timer_deadline_tsc || timer_mode() == MODE_DEADLINE || now >= this_apic()->timer_deadline_tsc)
        return 0;
    return (u32)(MIN(this_apic()->timer_deadline_tsc - now, ticks) / one);
}

u64 apic_deadline_read(void)
{
    return timer_mode() == MODE_DEADLINE ? this_apic()->timer_deadline_tsc : 0;
}

void apic_deadline_write(u64 value)
{
    if (timer_mode() != MODE_DEADLINE)
        return;
    this_apic()->timer_deadline_tsc = value;
    hvm_timer_rearm();
}

u64 apic_timer_deadline(void)
{
    return this_apic()->timer_deadline_tsc;
}

void apic_timer_check(u64 now)
{
    if (!this_apic()->timer_deadline_tsc || now < this_apic()->timer_deadline_tsc)
        return;
    if (timer_mode() == MODE_PERIODIC && this_apic()->initial_count) {
        u64 period = MAX(count_ticks(this_apic()->initial_count), SHORTEST_PERIOD);

        this_apic()->timer_deadline_tsc += ((now - this_apic()->timer_deadline_tsc) / period + 1) * period;
    } else {
        this_apic()->timer_deadline_tsc = 0;
    }
    if (!(this_apic()->lvt[0] & LVT_MASKED))
        raise(this_apic()->lvt[0] & 0xff);
}

static u32 bitmap_word(const u64 *bits, u32 index)
{
    return (u32)(bits[index / 2] >> (index % 2 * 32));
}

bool apic_read(u32 msr, u64 *value)
{
    switch (msr) {
    case REG_ID:
        *value = this_vcpu()->turn.number;
        return true;
    case REG_ESR:
    case REG_ICR:
        *value = 0;
        return true;
    case REG_VERSION:
        *value = 0x50014; /* six LVT entries */
        return true;
    case REG_TPR:
    case REG_PPR: {
        u32 tpr = (u32)(this_vmcb()->interrupt_control & V_TPR) << 4;
        int in_service = highest(this_apic()->isr);

        *value = msr == REG_PPR && in_service >> 4 > (int)(tpr >> 4) ? (u32)in_service & 0xf0 : tpr;
        return true;
    }
    case REG_LDR:
        *value = 1ull << this_vcpu()->turn.number;
        return true;
    case REG_SPURIOUS:
        *value = this_apic()->spurious;
        return true;
    case REG_ISR ... REG_ISR + 7:
        *value = bitmap_word(this_apic()->isr, msr - REG_ISR);
        return true;
    case REG_TMR ... REG_TMR + 7: /* nothing here is level-triggered */
        *value = 0;
        return true;
    case REG_IRR ... REG_IRR + 7:
        *value = bitmap_word(this_apic()->irr, msr - REG_IRR);
        return true;
    case REG_LVT_TIMER ... REG_LVT_ERROR:
        *value = this_apic()->lvt[msr - REG_LVT_TIMER];
        return true;
    case REG_INITIAL_COUNT:
        *value = this_apic()->initial_count;
        return true;
    case REG_CURRENT_COUNT:
        *value = current_count();
        return true;
    case REG_DIVIDE:
        *value = this_apic()->divide;
        return true;
    default:
        return false;
    }
}

static void end_of_interrupt(void)
{
    int vector = highest(this_apic()->isr);

    if (vector >= 0)
        clear(this_apic()->isr, (unsigned int)vector);
    this_hvm()->work.interrupts = true;
}

static void write_lvt(u32 index, u32 value)
{
    /* Timer, thermal sensor, performance counters, LINT0, LINT1, errors (AMD APM vol. 2, 16.4): what can be written. */
    static const u32 writable[] = {0x710ff, 0x107ff, 0x107ff, 0x1a7ff, 0x1a7ff, 0x100ff};
    unsigned int old_mode = timer_mode();

    this_apic()->lvt[index] = value & writable[index];
    if (index == 0 && timer_mode() != old_mode) { /* a change of mode disarms */
        this_apic()->timer_deadline_tsc = 0;
        hvm_timer_rearm();
    }
    this_hvm()->work.interrupts = true;
}

/* Fixed delivery to itself: by shorthand, or by its own ID, 0. */
static void write_icr(u64 value)
{
    u32 shorthand = ICR_SHORTHAND(value);

    if (guest_has_several()) {
        hvm_command_several(value);
        return;
    }
    if (((value >> 8) & 7) == 0 && (shorthand == 1 || shorthand == 2 || (shorthand == 0 && value >> 32 == 0)))
        raise(value & 0xff);
}

bool apic_write(u32 msr, u64 value)
{
    switch (msr) {
    case REG_EOI:
        if (value)
            return false;
        end_of_interrupt();
        return true;
    case REG_SELF_IPI:
        raise(value & 0xff);
        return true;
    case REG_ICR:
        write_icr(value);
        return true;
    case REG_TPR:
        if (value > 255)
            return false;
        this_vmcb()->interrupt_control = (this_vmcb()->interrupt_control & ~V_TPR) | ((value >> 4) & 15);
        this_hvm()->work.interrupts = true;
        return true;
    case REG_SPURIOUS:
        this_apic()->spurious = value & 0x1ff;
        this_hvm()->work.interrupts = true;
        return true;
    case REG_ESR:
        return value == 0;
    case REG_LVT_TIMER ... REG_LVT_ERROR:
        write_lvt(msr - REG_LVT_TIMER, (u32)value);
        return true;
    case REG_INITIAL_COUNT:
        start_count((u32)value);
        return true;
    case REG_DIVIDE:
        this_apic()->divide = value & 0xb;
        return true;
    default:
        return false;
    }
}
