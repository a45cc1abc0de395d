/*
 * platform.c: whose guest this is, by the CPUID leaves from 0x40000000 on,
 * and the way to call it (xen/arch-x86/cpuid.h; Linux Documentation/virt/kvm/x86/cpuid.rst).
 */
#include "hvm.h"
#include <xen/version.h>

enum platform platform;
uint32_t xen_cpuid_base;

static bool signature_is(struct cpuid leaf, const char *text)
{
    uint32_t words[3] = {leaf.b, leaf.c, leaf.d};
    return !memcmp(words, text, 12);
}

/* The minivisor speaks Xen's language, and is known by what it says of its version. */
static void init_xen(uint32_t base)
{
    xen_cpuid_base = base;
    struct cpuid pages = cpuid(base + 2);
    wrmsr(pages.b, (uintptr_t)hypercall_page);
    if ((uint8_t)hypercall_page[0] == 0xc3)
        guest_panic("the hypervisor did not fill the hypercall page");
    xen_extraversion_t extra = "";
    long result = HYPERCALL2(__HYPERVISOR_xen_version, XENVER_extraversion, extra);
    platform = memcmp(extra, "-minivisor", 10) ? PLATFORM_XEN : PLATFORM_MINIVISOR;
    hvm_console_xen();
    must(result, "xen_version");
}

void hvm_platform_init(void)
{
    /* CPUID Fn0000_0001_ECX[31] is set under a hypervisor; without one these leaves mean nothing. */
    if (!(cpuid(1).c >> 31))
        return;
    for (uint32_t base = 0x40000000; base < 0x40010000; base += 0x100) {
        struct cpuid leaf = cpuid(base);
        if (signature_is(leaf, "XenVMMXenVMM")) {
            init_xen(base);
            return;
        }
        if (signature_is(leaf, "KVMKVMKVM\0\0\0"))
            hvm_kvm_init(base);
    }
}

const char *mode_platform(void)
{
    static const char *const names[] = {"none", "minivisor", "xen", "kvm"};
    return names[platform];
}

const char *guest_no_null_hypercall(void)
{
    return platform == PLATFORM_NONE ? "no hypervisor shows itself, so there is nobody to call" : NULL;
}

void guest_null_hypercall(void)
{
    if (platform == PLATFORM_KVM)
        kvm_null_hypercall();
    else
        HYPERCALL2(__HYPERVISOR_xen_version, XENVER_version, 0);
}
