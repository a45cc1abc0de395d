/* xen_version.c: identification in Xen's manner; see xen_version.h. */
#include "xen_version.h"
#include "account.h"
#include "cpu.h"
#include "guest.h"
#include "memory.h"
#include "timer.h"

#include <pvbench/log.h>
#include <xen/arch-x86/cpuid.h>
#include <xen/errno.h>
#include <xen/features.h>
#include <xen/version.h>
#include <xen/xen.h>

/* AMD APM vol. 3, appendix D: below are the standard leaves, above are the extended ones. */
#define PROCESSOR_FIRST_EXTENDED_LEAF 0x80000000u

static void answer_string(struct version_answer *answer, const char *text, u64 size)
{
    memset(answer->data, 0, size);
    for (u64 i = 0; i < size - 1 && text[i]; i++)
        answer->data[i] = (u8)text[i];
    answer->size = size;
    answer->result = 0;
}

void version_answer(u64 cmd, struct version_answer *answer)
{
    answer->size = 0;
    switch (cmd) {
    case XENVER_version:
        answer->result = MINIVISOR_XEN_VERSION;
        return;
    case XENVER_extraversion:
        answer_string(answer, MINIVISOR_EXTRAVERSION, sizeof(xen_extraversion_t));
        return;
    case XENVER_capabilities:
        answer_string(answer, "xen-3.0-x86_64 hvm-3.0-x86_64", sizeof(xen_capabilities_info_t));
        return;
    case XENVER_changeset:
        answer_string(answer, PVB_VERSION, sizeof(xen_changeset_info_t));
        return;
    case XENVER_platform_parameters: {
        u64 start = M2P_BASE;

        memcpy(answer->data, &start, sizeof(start));
        answer->size = sizeof(start);
        answer->result = 0;
        return;
    }
    case XENVER_get_features: {
        struct xen_feature_info info = {0};

        /* PV: none of the automatic translations; page tables must be read-only. */
        if (guest.mode == GUEST_HVM)
            info.submap = (1u << XENFEAT_writable_page_tables) | (1u << XENFEAT_auto_translated_physmap);
        else
            /* The last one is of mappings of grants, of which none is offered: Linux starts on nothing that lacks it.
             */
            info.submap = (1u << XENFEAT_pae_pgdir_above_4gb) | (1u << XENFEAT_mmu_pt_update_preserve_ad) |
                          (1u << XENFEAT_gnttab_map_avail_bits);
        memcpy(answer->data, &info, sizeof(info));
        answer->size = sizeof(info);
        answer->result = 0;
        return;
    }
    case XENVER_pagesize:
        answer->result = (long)PAGE_SIZE;
        return;
    default:
        answer->result = -XEN_ENOSYS;
    }
}

static struct cpuid xen_leaf(u32 leaf)
{
    switch (leaf - XEN_CPUID_FIRST_LEAF) {
    case 0:
        return (struct cpuid){XEN_CPUID_FIRST_LEAF + 3, XEN_CPUID_SIGNATURE_EBX, XEN_CPUID_SIGNATURE_ECX,
                              XEN_CPUID_SIGNATURE_EDX};
    case 1:
        return (struct cpuid){MINIVISOR_XEN_VERSION, 0, 0, 0};
    case 2:
        return (struct cpuid){1, HYPERCALL_PAGE_MSR, 0, 0};
    case 3: /* sub-leaf 0: TSC facts */
        return (struct cpuid){0, 0, (u32)tsc_khz, 0};
    default:
        return (struct cpuid){0};
    }
}

/* A leaf that no processor has: one of Xen's, or the mark of a guest's program. */
static __attribute__((noinline)) struct cpuid hypervisor_leaf(u32 leaf, u32 subleaf)
{
    if (leaf <= XEN_CPUID_FIRST_LEAF + 0xff)
        return guest.alone ? (struct cpuid){0} : xen_leaf(leaf);
    if (PVB_MARK_IS(leaf))
        account_mark(leaf);
    return cpuid(leaf, subleaf);
}

struct cpuid guest_cpuid(u32 leaf, u32 subleaf)
{
    struct cpuid r;

    if (leaf >= XEN_CPUID_FIRST_LEAF && leaf < PROCESSOR_FIRST_EXTENDED_LEAF)
        return hypervisor_leaf(leaf, subleaf);
    r = cpuid(leaf, subleaf);
    switch (leaf) {
    case 1:
        r.ecx &= ~((1u << 3) | (1u << 5) | (1u << 21) | (1u << 24) | (1u << 26) |
                   (1u << 27));                                      /* MONITOR VMX x2APIC deadline XSAVE */
        r.ebx = (r.ebx & 0xffffff) | this_vcpu()->turn.number << 24; /* the local APIC's ID */
        r.ecx |= 1u << 31;                                           /* under a hypervisor */
        if (guest.alone)
            /* No machine checks and MTRRs; and no APIC: Linux wants no x2APIC of whom it does not know. */
            r.edx &= ~((1u << 7) | (1u << 9) | (1u << 12) | (1u << 14));
        else if (guest.mode == GUEST_HVM)
            r.ecx |= (1u << 21) | (1u << 24); /* our APIC offers both */
        else
            /* For PV: no large pages, machine checks, APIC, MTRRs. */
            r.edx &= ~((1u << 3) | (1u << 7) | (1u << 9) | (1u << 12) | (1u << 14));
        r.ecx &= ~(1u << 28); /* AVX needs XSAVE */
        break;
    case 7:
        /* What needs bits in CR4 that stay off, or states that are not switched. */
        r.ebx &= ~((1u << 0) | (1u << 5) | (1u << 7) | (1u << 20));
        r.ecx = r.edx = 0;
        break;
    case 0xd:
        return (struct cpuid){0};
    case 0x80000001:
        r.ecx &= ~((1u << 2) | (1u << 12)); /* SVM, SKINIT */
        break;
    case 0x8000000a:
        return (struct cpuid){0};
    }
    return r;
}

void fill_hypercall_page(u8 *page)
{
    memset(page, 0xcc, PAGE_SIZE);
    for (unsigned int i = 0; i < PAGE_SIZE / 32; i++) {
        u8 *p = page + i * 32;

        if (guest.mode == GUEST_HVM) {
            /* mov $i, %eax; vmmcall; ret */
            const u8 stub[] = {0xb8, (u8)i, 0, 0, 0, 0x0f, 0x01, 0xd9, 0xc3};

            memcpy(p, stub, sizeof(stub));
        } else if (i == __HYPERVISOR_iret) {
            /* push %rcx; push %r11; push %rax; mov $23, %eax; syscall: does not return */
            const u8 stub[] = {0x51, 0x41, 0x53, 0x50, 0xb8, (u8)i, 0, 0, 0, 0x0f, 0x05};

            memcpy(p, stub, sizeof(stub));
        } else {
            /* push %rcx; push %r11; mov $i, %eax; syscall; pop %r11; pop %rcx; ret */
            const u8 stub[] = {0x51, 0x41, 0x53, 0xb8, (u8)i, 0, 0, 0, 0x0f, 0x05, 0x41, 0x5b, 0x59, 0xc3};

            memcpy(p, stub, sizeof(stub));
        }
    }
}
