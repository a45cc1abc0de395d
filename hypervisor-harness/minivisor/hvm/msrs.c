/*
 * msrs.c: model-specific registers. Those that the processor keeps for the
 * guest in the VMCB by itself are not intercepted.
 */
#include "account.h"
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "memory.h"
#include "user_copy.h"
#include "xen_version.h"

#define MSR_TSC          0x10u
#define MSR_MICROCODE    0x8bu
#define MSR_MTRR_CAP     0xfeu
#define MSR_MCG_CAP      0x179u
#define MSR_MISC_ENABLE  0x1a0u
#define MSR_TSC_DEADLINE 0x6e0u
#define MSR_X2APIC_FIRST 0x800u
#define MSR_X2APIC_LAST  0x8ffu
#define MSR_HWCR         0xc0010015u
#define MSR_MTRR_DEFAULT 0x2ffu
#define MSR_TSC_AUX      0xc0000103u

/*
 * What a guest may change in EFER at any time (AMD APM vol. 2, 3.1.7); LME
 * besides, while paging is off (14.6.1). LMA is the processor's: what is
 * written there is not looked at.
 */
#define EFER_FREE (EFER_SCE | EFER_NXE | EFER_FFXSR)
_Static_assert(!(EFER_FREE & (EFER_SVME | EFER_LME | EFER_LMA)), "efer: what the processor runs the guest by");
#define CPUID_NX         (1u << 20) /* leaf 0x80000001, edx */
#define CPUID_FFXSR      (1u << 25)
#define APIC_BASE_VALUE  0xfee00d00ull /* bootstrap processor, enabled, x2APIC */
#define APIC_BASE_FIRST  (1ull << 8)
#define APIC_BASE_X2APIC (1ull << 10)

/* The bitmap: two bits an MSR (read, write), 2 KiB for each of three ranges; APM vol. 2, 15.11. */
static void pass(u8 *bitmap, u32 msr, bool write)
{
    u32 index = msr < 0x2000 ? msr : (msr & 0x1fff) + 0x2000;

    bitmap[index / 4] &= (u8) ~((write ? 3u : 1u) << (index % 4 * 2));
}

/* #GP if it is not canonical (APM vol. 3, WRMSR); the emulated processor takes it, so there we look. */
static bool holds_address(u32 msr)
{
    switch (msr) {
    case MSR_SYSENTER_ESP:
    case MSR_SYSENTER_EIP:
    case MSR_LSTAR:
    case MSR_CSTAR:
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        return true;
    default:
        return false;
    }
}

/* As far as the computer's processor has it: VMRUN refuses the rest, to every guest. */
static u64 efer_free = EFER_FREE;

static void efer_init(void)
{
    u32 features = cpuid(0x80000001, 0).edx;

    if (!(features & CPUID_NX))
        efer_free &= ~EFER_NXE;
    if (!(features & CPUID_FFXSR))
        efer_free &= ~EFER_FFXSR;
}

static bool addresses_are_checked(void)
{
    u64 old = rdmsr(MSR_LSTAR);

    if (!wrmsr_checked(MSR_LSTAR, 1ull << 63))
        return true;
    wrmsr(MSR_LSTAR, old);
    return false;
}

void msr_bitmap_init(u8 *bitmap)
{
    static const u32 kept_by_processor[] = {
        MSR_SYSENTER_CS, MSR_SYSENTER_ESP, MSR_SYSENTER_EIP, MSR_STAR,           MSR_LSTAR,   MSR_CSTAR,
        MSR_SFMASK,      MSR_FS_BASE,      MSR_GS_BASE,      MSR_KERNEL_GS_BASE, MSR_TSC_AUX,
    };
    bool processor_checks = addresses_are_checked();

    efer_init();
    memset(bitmap, 0xff, 2 * PAGE_SIZE);
    for (unsigned int i = 0; i < ARRAY_SIZE(kept_by_processor); i++)
        pass(bitmap, kept_by_processor[i], processor_checks || !holds_address(kept_by_processor[i]));
    pass(bitmap, MSR_TSC, false);
}

/* AMD APM vol. 2, 7.8.2: eight types of a byte each; 2, 3 and above 7 are reserved. */
static bool pat_is_valid(u64 value)
{
    for (; value; value >>= 8)
        if ((value & 0xff) > 7 || (value & 0xff) == 2 || (value & 0xff) == 3)
            return false;
    return true;
}

static bool write_efer(u64 value)
{
    u64 changed = value ^ (this_vmcb()->efer & ~EFER_SVME);

    if (unlikely(changed & ~(efer_free | EFER_LMA)) &&
        ((changed & ~(efer_free | EFER_LMA | EFER_LME)) || (this_vmcb()->cr0 & CR0_PG)))
        return false;
    this_vmcb()->efer ^= changed & ~EFER_LMA;
    return true;
}

static bool read(u32 msr, u64 *value)
{
    switch (msr) {
    case MSR_X2APIC_FIRST ... MSR_X2APIC_LAST:
        return apic_read(msr, value);
    case MSR_TSC_DEADLINE:
        *value = apic_deadline_read();
        return true;
    case MSR_EFER:
        *value = this_vmcb()->efer & ~EFER_SVME;
        return true;
    case MSR_APIC_BASE:
        *value = APIC_BASE_VALUE & ~(this_vcpu()->turn.number ? APIC_BASE_FIRST : 0);
        return true;
    case MSR_PAT:
        *value = this_vmcb()->pat;
        return true;
    case MSR_MICROCODE:
    case MSR_MTRR_DEFAULT:
    case MSR_MTRR_CAP:
    case MSR_MCG_CAP:
    case MSR_MISC_ENABLE:
    case MSR_HWCR:
        *value = 0;
        return true;
    default:
        return false;
    }
}

static bool write(u32 msr, u64 value)
{
    switch (msr) {
    case MSR_X2APIC_FIRST ... MSR_X2APIC_LAST:
        return apic_write(msr, value);
    case MSR_TSC_DEADLINE:
        apic_deadline_write(value);
        return true;
    case MSR_EFER:
        return write_efer(value);
    case MSR_APIC_BASE:
        return (value | APIC_BASE_FIRST | APIC_BASE_X2APIC) == APIC_BASE_VALUE;
    case MSR_PAT:
        if (!pat_is_valid(value))
            return false;
        this_vmcb()->pat = value;
        return true;
    case MSR_MICROCODE:
        return true;
    case HYPERCALL_PAGE_MSR: {
        void *page = guest_physical(value & PAGE_MASK, PAGE_SIZE);

        if (!page)
            return false;
        fill_hypercall_page(page);
        return true;
    }
    default:
        if (!holds_address(msr) || !is_canonical(value))
            return false;
        wrmsr(msr, value); /* the guest's are loaded (svm_run.S) */
        return true;
    }
}

void exit_msr(void)
{
    u32 msr = (u32)this_hvm()->regs.rcx;
    u64 value = 0;

    account_detail(PVB_CLASS_EXIT, PVB_EX_MSR, msr);
    if (this_vmcb()->exit_info1) {
        if (!write(msr, (u32)this_vmcb()->rax | (this_hvm()->regs.rdx << 32))) {
            inject_gp();
            return;
        }
    } else {
        if (!read(msr, &value)) {
            inject_gp();
            return;
        }
        this_vmcb()->rax = (u32)value;
        this_hvm()->regs.rdx = value >> 32;
    }
    advance(2);
}
