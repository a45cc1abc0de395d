/*
 * kvm.c: KVM's paravirtual interfaces, for the guest that KVM shows itself
 * to (Linux, Documentation/virt/kvm/x86/: cpuid.rst, msr.rst, hypercalls.rst).
 * Each is used only if its feature bit says that it is there; what has none
 * is done as the hardware wants it.
 */
#include "hvm.h"

enum {
    MSR_KVM_SYSTEM_TIME = 0x4b564d01,
    MSR_KVM_PV_EOI = 0x4b564d04,
    MSR_ENABLE = 1,
    FEATURE_CLOCK = 1 << 3,
    FEATURE_PV_EOI = 1 << 6,
    FEATURE_UNHALT = 1 << 7,
    FEATURE_SEND_IPI = 1 << 11,
    FEATURE_SCHED_YIELD = 1 << 13,
    HYPERCALL_KICK_CPU = 5,
    HYPERCALL_SEND_IPI = 10,
    HYPERCALL_SCHED_YIELD = 11,
    HYPERCALL_UNKNOWN = 0x7076, /* KVM says that it does not know it, and does nothing */
};

static struct vcpu_time_info clock_page __attribute__((aligned(64)));
uint32_t kvm_eoi_word __attribute__((aligned(4)));
bool kvm_sends_ipis;
static uint32_t features, apic_id;

static uint64_t hypercall(uint64_t number, uint64_t b, uint64_t c, uint64_t d, uint64_t s)
{
    asm volatile("vmmcall" : "+a"(number) : "b"(b), "c"(c), "d"(d), "S"(s) : "memory");
    return number;
}

void hvm_kvm_init(uint32_t cpuid_base)
{
    features = cpuid(cpuid_base + 1).a;
    apic_id = cpuid(1).b >> 24;
    platform = PLATFORM_KVM;
    if (features & FEATURE_CLOCK) {
        wrmsr(MSR_KVM_SYSTEM_TIME, (uintptr_t)&clock_page | MSR_ENABLE);
        mode_time = &clock_page;
    }
    if (features & FEATURE_PV_EOI)
        wrmsr(MSR_KVM_PV_EOI, (uintptr_t)&kvm_eoi_word | MSR_ENABLE);
    kvm_sends_ipis = features & FEATURE_SEND_IPI;
}

/* The structure says how ticks become nanoseconds; from that their number in a millisecond. */
uint64_t kvm_tsc_khz(void)
{
    uint64_t mul = *(volatile uint32_t *)&clock_page.tsc_to_system_mul;
    int8_t shift = *(volatile int8_t *)&clock_page.tsc_shift;
    if (!mul)
        return 0;
    uint64_t khz = ((1000000ul << 32) + mul / 2) / mul;
    return shift < 0 ? khz << -shift : khz >> shift;
}

void kvm_null_hypercall(void)
{
    hypercall(HYPERCALL_UNKNOWN, 0, 0, 0, 0);
}

/* To the one processor that there is: bit 0 of the map that begins at APIC ID 0. The word behind is the ICR's. */
void kvm_send_self(unsigned vector)
{
    hypercall(HYPERCALL_SEND_IPI, 1, 0, 0, vector);
}

/* What the first one asked for, this one does. */
static uint32_t eoi_word[PVB_VCPUS_MAX];

void kvm_init_secondary(unsigned vcpu)
{
    if (features & FEATURE_PV_EOI)
        wrmsr(MSR_KVM_PV_EOI, (uintptr_t)&eoi_word[vcpu] | MSR_ENABLE);
}

bool kvm_end_interrupt(unsigned vcpu)
{
    uint32_t *word = vcpu ? &eoi_word[vcpu] : &kvm_eoi_word;
    bool was_set;
    asm volatile("btrl $0, %1" : "=@ccc"(was_set), "+m"(*word));
    return was_set;
}

/* To those in the map that begins at APIC ID 0, at once. */
void kvm_send_ipis(uint64_t apic_ids, unsigned vector)
{
    hypercall(HYPERCALL_SEND_IPI, apic_ids, 0, 0, vector);
}

void kvm_kick_apic(uint32_t id)
{
    hypercall(HYPERCALL_KICK_CPU, 0, id, 0, 0);
}

const char *kvm_no_yield(void)
{
    return features & FEATURE_SCHED_YIELD ? NULL : "KVM does not offer the feature PV_SCHED_YIELD";
}

/* To the processor with this APIC ID. KVM does not go to another thread for one's own. */
void kvm_yield(void)
{
    hypercall(HYPERCALL_SCHED_YIELD, apic_id, 0, 0, 0);
}

const char *kvm_no_kick(void)
{
    return features & FEATURE_UNHALT ? NULL : "KVM does not offer the feature PV_UNHALT";
}

/* The first argument is for flags, of which there are none. */
void kvm_kick(void)
{
    hypercall(HYPERCALL_KICK_CPU, 0, apic_id, 0, 0);
}
