/*
 * ask_clock.c: the speed of the TSC from the hypervisor, for a guest that
 * has no hardware clock to hold it against (Xen's PVH), or that is to use
 * KVM's paravirtual clock. A fully virtualized guest calibrates and never
 * comes here.
 */
#include "hvm.h"

uint64_t hvm_ask_tsc_khz(void)
{
    if (platform == PLATFORM_KVM)
        return kvm_tsc_khz();
    /* Leaf 3, sub-leaf 0: ECX is the guest's TSC frequency in kHz (xen/arch-x86/cpuid.h). */
    return xen_cpuid_base ? cpuid(xen_cpuid_base + 3).c : 0;
}
