/*
 * msrs.c: model-specific registers. Those that the processor keeps for the
 * guest in the VMCB by itself are not intercepted.
 */
#include "account.h"
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "memory.h"
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

/* What a guest may set in EFER: SCE, LME, NXE, FFXSR. */
#define EFER_GUEST      (EFER_SCE | EFER_LME | EFER_NXE | (1ull << 14))
#define APIC_BASE_VALUE 0xfee00d00ull /* bootstrap processor, enabled, x2APIC */

/* The bitmap: two bits an MSR (read, write), 2 KiB for each of three ranges; APM vol. 2, 15.11. */
static void pass(u8 *bitmap, u32 msr, bool write)
{
    u32 index = msr < 0x2000 ? msr : (msr & 0x1fff) + 0x2000;

    bitmap[index / 4] &= (u8) ~((write ? 3u : 1u) << (index % 4 * 2));
}

void msr_bitmap_init(u8 *bitmap)
{
    static const u32 kept_by_processor[] = {
        0x174, 0x175, 0x176, MSR_STAR, MSR_LSTAR, MSR_CSTAR, MSR_SFMASK, MSR_FS_BASE, MSR_GS_BASE, MSR_KERNEL_GS_BASE,
    };

    memset(bitmap, 0xff, 2 * PAGE_SIZE);
    for (unsigned int i = 0; i < ARRAY_SIZE(kept_by_processor); i++)
        pass(bitmap, kept_by_processor[i], true);
    pass(bitmap, MSR_TSC, false);
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
        *value = vmcb->efer & ~EFER_SVME;
        return true;
    case MSR_APIC_BASE:
        *value = APIC_BASE_VALUE;
        return true;
    case MSR_PAT:
        *value = vmcb->pat;
        return true;
    case MSR_MICROCODE:
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
        if (value & ~(EFER_GUEST | EFER_LMA))
            return false;
        vmcb->efer = (value & EFER_GUEST) | (vmcb->efer & EFER_LMA) | EFER_SVME;
        return true;
    case MSR_APIC_BASE:
        return value == APIC_BASE_VALUE || value == (APIC_BASE_VALUE & ~(1ull << 10));
    case MSR_PAT:
        vmcb->pat = value;
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
        return false;
    }
}

void exit_msr(void)
{
    u32 msr = (u32)hvm_regs.rcx;
    u64 value = 0;

    account_detail(PVB_CLASS_EXIT, PVB_EX_MSR, msr);
    if (vmcb->exit_info1) {
        if (!write(msr, (u32)vmcb->rax | (hvm_regs.rdx << 32))) {
            inject_gp();
            return;
        }
    } else {
        if (!read(msr, &value)) {
            inject_gp();
            return;
        }
        vmcb->rax = (u32)value;
        hvm_regs.rdx = value >> 32;
    }
    advance(2);
}
