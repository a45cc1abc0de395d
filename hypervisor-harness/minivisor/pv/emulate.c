/*
 * emulate.c: instructions that the minivisor carries out for the guest's
 * kernel (class `emulate`): privileged ones, which trap in ring 3, and
 * CPUID behind the forced-emulation prefix, which would not trap.
 */
#include "account.h"
#include "code.h"
#include "guest.h"
#include "pv.h"
#include "xen_version.h"

static void done(struct regs *regs, const struct code *code, unsigned int kind)
{
    regs->rip += code->at;
    account(PVB_CLASS_EMULATE, kind);
}

static void answer_cpuid(struct regs *regs)
{
    struct cpuid r = guest_cpuid((u32)regs->rax, (u32)regs->rcx);

    regs->rax = r.eax;
    regs->rbx = r.ebx;
    regs->rcx = r.ecx;
    regs->rdx = r.edx;
}

/* ud2; "xen"; cpuid (XEN_EMULATE_PREFIX in xen/arch-x86/xen.h) */
bool pv_emulate_forced(struct regs *regs)
{
    const u64 prefix = 0x00a20f6e65780b0f, seven_bytes = 0x00ffffffffffffff;
    struct code code = {.at = 7};
    u64 bytes;

    /* An eighth byte follows the prefix in any code that goes on. */
    if (!address_is_guests(regs->rip) || !load_guest_u64(&bytes, regs->rip) || (bytes & seven_bytes) != prefix)
        return false;
    answer_cpuid(regs);
    done(regs, &code, PVB_EM_cpuid);
    return true;
}

/* No port belongs to the guest: reads float high, writes go nowhere. */
static void read_port(struct regs *regs, u16 port, unsigned int size)
{
    account_detail(PVB_CLASS_EMULATE, PVB_EM_in, port);
    if (size == 1)
        regs->rax |= 0xff;
    else if (size == 2)
        regs->rax |= 0xffff;
    else
        regs->rax = 0xffffffff;
}

static bool port_io(struct regs *regs, struct code *code, u8 opcode, bool word_size)
{
    bool immediate = opcode < 0xec, out = opcode & 2;
    unsigned int size = !(opcode & 1) ? 1 : word_size ? 2 : 4;
    u16 port = (u16)regs->rdx;
    u8 byte;

    if (immediate) {
        if (!code_next(code, &byte))
            return false;
        port = byte;
    }
    if (out)
        account_detail(PVB_CLASS_EMULATE, PVB_EM_out, port);
    else
        read_port(regs, port, size);
    done(regs, code, out ? PVB_EM_out : PVB_EM_in);
    return true;
}

static bool read_msr(struct regs *regs)
{
    u32 msr = (u32)regs->rcx;
    u64 value;

    switch (msr) {
    case MSR_EFER:
        value = rdmsr(MSR_EFER) & ~EFER_SVME;
        break;
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
    case MSR_PAT:
        value = rdmsr(msr);
        break;
    default:
        return false;
    }
    account_detail(PVB_CLASS_EMULATE, PVB_EM_rdmsr, msr);
    regs->rax = (u32)value;
    regs->rdx = value >> 32;
    return true;
}

static bool write_msr(struct regs *regs)
{
    u32 msr = (u32)regs->rcx;
    u64 value = (u32)regs->rax | (regs->rdx << 32);

    switch (msr) {
    case MSR_EFER: /* Linux depends on being able to write back what is there */
        if (value != (rdmsr(MSR_EFER) & ~EFER_SVME))
            return false;
        break;
    case MSR_FS_BASE:
    case MSR_GS_BASE:
    case MSR_KERNEL_GS_BASE:
        if (!is_canonical(value))
            return false;
        wrmsr(msr, value);
        break;
    default:
        return false;
    }
    account_detail(PVB_CLASS_EMULATE, PVB_EM_wrmsr, msr);
    return true;
}

static bool read_cr(struct regs *regs, unsigned int cr, u64 *to)
{
    (void)regs;
    switch (cr) {
    case 0:
        *to = read_cr0();
        return true;
    case 2:
        *to = this_pv()->vcpu_info->arch.cr2;
        return true;
    case 3: /* a machine address */
        *to = this_pv()->kernel_l4 << PAGE_SHIFT;
        return true;
    case 4:
        *to = read_cr4();
        return true;
    default:
        return false;
    }
}

/* What a guest may change by itself. */
#define CR0_GUEST CR0_TS
_Static_assert(!(CR0_GUEST & (CR0_PE | CR0_WP | CR0_PG)), "cr0: what the hypervisor lives by");

static bool write_cr(unsigned int cr, u64 value)
{
    switch (cr) {
    case 0: /* bits 63 to 32 are reserved and fault, here as well as in ring 0 (AMD APM vol. 2, 3.1.1) */
        if ((value ^ read_cr0()) & ~CR0_GUEST)
            return false;
        write_cr0(value);
        return true;
    case 2:
        this_pv()->vcpu_info->arch.cr2 = value;
        return true;
    case 4:
        return value == read_cr4();
    default:
        return false;
    }
}

static bool control_register(struct regs *regs, struct code *code, u8 opcode, u8 rex)
{
    bool write = opcode == 0x22;
    unsigned int cr;
    u64 *reg;
    u8 modrm;

    if (!code_next(code, &modrm))
        return false;
    cr = ((modrm >> 3) & 7) | (rex & 4 ? 8 : 0);
    reg = numbered_register(regs, (modrm & 7) | (rex & 1 ? 8 : 0));
    if (!(write ? write_cr(cr, *reg) : read_cr(regs, cr, reg)))
        return false;
    done(regs, code, write ? PVB_EM_write_cr : PVB_EM_read_cr);
    return true;
}

static bool two_byte(struct regs *regs, struct code *code, u8 rex)
{
    u8 opcode;

    if (!code_next(code, &opcode))
        return false;
    switch (opcode) {
    case 0x06:
        write_cr0(read_cr0() & ~CR0_TS);
        done(regs, code, PVB_EM_clts);
        return true;
    case 0x09:
        __asm__ volatile("wbinvd");
        done(regs, code, PVB_EM_wbinvd);
        return true;
    case 0x20:
    case 0x22:
        return control_register(regs, code, opcode, rex);
    case 0x30:
        if (!write_msr(regs))
            return false;
        done(regs, code, PVB_EM_wrmsr);
        return true;
    case 0x32:
        if (!read_msr(regs))
            return false;
        done(regs, code, PVB_EM_rdmsr);
        return true;
    default:
        return false;
    }
}

/* CLI and STI of a kernel whose events are masked in its vcpu_info: the processor's flag is not its own. */
static __attribute__((noinline)) bool interrupt_flag(struct regs *regs, const struct code *code, u8 opcode)
{
    if ((opcode != 0xfa && opcode != 0xfb) || !this_pv()->iopl)
        return false;
    done(regs, code, opcode == 0xfa ? PVB_EM_cli : PVB_EM_sti);
    return true;
}

bool pv_emulate_privileged(struct regs *regs)
{
    struct code code;
    bool word_size = false;
    u8 byte, rex = 0;

    if (regs->cs != SEL_GUEST_CS)
        return false;
    code_fetch(&code, regs->rip);
    do {
        if (!code_next(&code, &byte))
            return false;
        word_size |= byte == 0x66;
    } while (byte == 0x66 || byte == 0x67 || byte == 0xf2 || byte == 0xf3 || byte == 0x2e || byte == 0x36 ||
             byte == 0x3e || byte == 0x26 || byte == 0x64 || byte == 0x65);
    if ((byte & 0xf0) == 0x40) {
        rex = byte;
        if (!code_next(&code, &byte))
            return false;
    }
    switch (byte) {
    case 0xe4 ... 0xe7:
    case 0xec ... 0xef:
        return port_io(regs, &code, byte, word_size);
    case 0x0f:
        return two_byte(regs, &code, rex);
    default:
        return interrupt_flag(regs, &code, byte);
    }
}
