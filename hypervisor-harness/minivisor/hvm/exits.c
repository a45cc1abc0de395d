/*
 * exits.c: what each VM exit is, and which ones a guest does not survive.
 *
 * The processor emulated in the lab gives no next-instruction address
 * (NRIPS), so the length of the few instructions that exit is known here.
 */
#include "account.h"
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "ports.h"
#include "timer.h"
#include "xen_version.h"

void inject_gp(void)
{
    this_vmcb()->event_injection = EVENT_VALID | EVENT_ERROR_CODE | EVENT_EXCEPTION | 13;
}

static void inject_ud(void)
{
    this_vmcb()->event_injection = EVENT_VALID | EVENT_EXCEPTION | 6;
}

static void exit_cpuid(void)
{
    struct cpuid r = guest_cpuid((u32)this_vmcb()->rax, (u32)this_hvm()->regs.rcx);

    this_vmcb()->rax = r.eax;
    this_hvm()->regs.rbx = r.ebx;
    this_hvm()->regs.rcx = r.ecx;
    this_hvm()->regs.rdx = r.edx;
    advance(2);
}

/* Alone it does; other vCPUs can end it, and if none can, schedule.c says so. */
static __attribute__((noinline, cold)) void halts_for_ever(const char *how)
{
    if (!guest_has_several())
        kill_guest("%s", how);
    hvm_halt_among();
}

/* As for a PV guest's block: time asleep is not work. */
static void exit_hlt(void)
{
    u64 entered = this_vcpu()->entry_tsc, asleep;

    advance(1);
    if (!(this_vmcb()->rflags & RFLAGS_IF))
        halts_for_ever("halts with interrupts off, which lasts for ever");
    while (!interrupt_deliverable()) {
        if (!timer_deadline() && !guest.watchdog.asks)
            halts_for_ever("halts for ever: no timer is armed");
        asleep = rdtsc();
        if (guest_has_several()) { /* which keep the entry's clock (schedule.c) */
            hvm_halt_among();
            return;
        }
        __asm__ volatile("cli");
        svm_interrupts_on();
        timer_wait();
        svm_interrupts_off();
        __asm__ volatile("sti");
        entered += rdtsc() - asleep;
    }
    this_vcpu()->entry_tsc = entered;
}

static void exit_intr(void)
{
    /* Lets the interrupt in that ended the guest's run. */
    svm_interrupts_on();
    svm_interrupts_off();
}

static void after_entry(void)
{
    if (this_hvm()->work.flush) {
        this_vmcb()->tlb_control = TLB_FLUSH_NONE;
        this_hvm()->work.flush = false;
    }
    interrupts_taken();
}

void svm_exit(void)
{
    u64 code = this_vmcb()->exit_code;

    if (unlikely(this_hvm()->work.any))
        after_entry();
    switch (code) {
    case PVB_EX_VMMCALL:
        exit_vmmcall();
        break;
    case PVB_EX_CPUID:
        exit_cpuid();
        break;
    case PVB_EX_IOIO:
        exit_ioio();
        break;
    case PVB_EX_MSR:
        exit_msr();
        break;
    case PVB_EX_HLT:
        exit_hlt();
        break;
    case PVB_EX_INTR:
        exit_intr();
        break;
    case PVB_EX_EXCP_DB: /* svm.c says why these two come here */
        this_vmcb()->event_injection = EVENT_VALID | EVENT_EXCEPTION | 1;
        break;
    case PVB_EX_EXCP_AC: /* its error code is always 0 */
        this_vmcb()->event_injection = EVENT_VALID | EVENT_ERROR_CODE | EVENT_EXCEPTION | 17;
        break;
    case PVB_EX_INVD:
        __asm__ volatile("wbinvd");
        advance(2);
        break;
    case PVB_EX_RDPMC:
        inject_gp();
        break;
    case PVB_EX_XSETBV:
    case PVB_EX_MONITOR:
    case PVB_EX_MWAIT:
    case PVB_EX_VMRUN:
    case PVB_EX_VMLOAD:
    case PVB_EX_VMSAVE:
    case PVB_EX_STGI:
    case PVB_EX_CLGI:
    case PVB_EX_SKINIT:
    case PVB_EX_INVLPGA:
        inject_ud(); /* CPUID says that they are not there */
        break;
    case PVB_EX_NPF:
        exit_npf();
        break;
#ifdef MV_EXTRA_EXIT /* svm.c says what for */
    case PVB_EX_EXCP_DE:
        this_vmcb()->event_injection = EVENT_VALID | EVENT_EXCEPTION | 0;
        break;
#endif
    case PVB_EX_SHUTDOWN:
        kill_guest("triple fault");
    case PVB_EX_INIT:
        panic("an INIT: this computer is being reset");
    case PVB_EX_NMI:
        panic("a non-maskable interrupt: this computer reports a failure");
    case VMEXIT_INVALID:
    case (u32)VMEXIT_INVALID: /* as the emulated processor writes it */
        kill_guest("invalid guest state: the processor refuses to run it");
    default:
        kill_guest("exit %lx, which was not asked for", code);
    }
    if (unlikely(this_hvm()->work.interrupts))
        interrupts_update();
    account(PVB_CLASS_EXIT, (unsigned int)code);
}
