/*
 * ask_clock.c: the speed of the TSC from the hypervisor, for a guest that
 * has no hardware clock to hold it against: Xen's PVH, KVM's smallest
 * machines. A fully virtualized guest calibrates and never comes here.
 */
#include "hvm.h"

enum { MSR_KVM_SYSTEM_TIME = 0x4b564d01 }; /* Linux, Documentation/virt/kvm/x86/msr.rst */

static struct vcpu_time_info page __attribute__((aligned(64)));

/* The clock page is only borrowed: KVM must not go on writing to it. */
static uint64_t ask_kvm(void)
{
    wrmsr(MSR_KVM_SYSTEM_TIME, (uintptr_t)&page | 1);
    uint64_t mul = *(volatile uint32_t *)&page.tsc_to_system_mul;
    int8_t shift = *(volatile int8_t *)&page.tsc_shift;
    wrmsr(MSR_KVM_SYSTEM_TIME, 0);
    if (!mul)
        return 0;
    uint64_t khz = ((1000000ul << 32) + mul / 2) / mul;
    return shift < 0 ? khz << -shift : khz >> shift;
}

uint64_t hvm_ask_tsc_khz(void)
{
    if (platform == PLATFORM_KVM)
        return ask_kvm();
    /* Leaf 3, sub-leaf 0: ECX is the guest's TSC frequency in kHz (xen/arch-x86/cpuid.h). */
    return xen_cpuid_base ? cpuid(xen_cpuid_base + 3).c : 0;
}
