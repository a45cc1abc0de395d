/*
 * several.c: what a fully virtualized guest with several vCPUs has beside one with one: interrupts among their local
 * APICs, INIT and SIPI (AMD APM vol. 2, 16.5), and what the processor holds of a vCPU between its turns (schedule.c).
 *
 * Each has a VMCB of its own and the first one's intercepts and memory. They share one address-space number, so each
 * turn begins with a flush. The two interrupt controllers of old are the first one's, as long as no other opens its
 * LINT0.
 */
#include "account.h"
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "memory.h"

#define MSR_TSC_AUX 0xc0000103u

/* The interrupt command register. */
#define ICR_VECTOR(icr)    ((unsigned int)((icr)&0xff))
#define ICR_MESSAGE(icr)   (((icr) >> 8) & 7)
#define ICR_LOGICAL        (1u << 11)
#define ICR_ASSERTED       (1u << 14)
#define ICR_SHORTHAND(icr) (((icr) >> 18) & 3)
#define TO_ITSELF          1
#define TO_OTHERS          3
#define TO_EACH            0xffffffffu /* as a destination */
#define MESSAGE_FIXED      0
#define MESSAGE_INIT       5
#define MESSAGE_STARTUP    6

noreturn void svm_first_turn(void); /* svm_run.S */

/* --- turns -------------------------------------------------------------------- */

bool hvm_wait_is_over(const struct vcpu *vcpu)
{
    const struct vmcb *vmcb = vcpu->hvm.vmcb;

    return (vmcb->rflags & RFLAGS_IF) && apic_would_interrupt(&vcpu->hvm.apic, (u32)(vmcb->interrupt_control & V_TPR));
}

/* In the guest, and not in the minivisor's work for it. */
bool hvm_timer_interrupted(void)
{
    return this_vmcb()->exit_code == PVB_EX_INTR;
}

static void vmsave(u64 to)
{
    __asm__ volatile("vmsave %0" : : "a"(to) : "memory");
}

static void vmload(u64 from)
{
    __asm__ volatile("vmload %0" : : "a"(from) : "memory");
}

/* In an interrupt the guest's state has been saved already, and GIF is 1 (svm_run.S). Between two vCPUs it is 0. */
void hvm_leave(void)
{
    struct hvm_vcpu *hvm = this_hvm();

    if (hvm->in_interrupt)
        __asm__ volatile("clgi");
    else
        vmsave(hvm->vmcb_phys);
    __asm__ volatile("mov %%db0, %0" : "=r"(hvm->debug[0]));
    __asm__ volatile("mov %%db1, %0" : "=r"(hvm->debug[1]));
    __asm__ volatile("mov %%db2, %0" : "=r"(hvm->debug[2]));
    __asm__ volatile("mov %%db3, %0" : "=r"(hvm->debug[3]));
    hvm->tsc_aux = rdmsr(MSR_TSC_AUX);
}

void hvm_arrive(void)
{
    struct hvm_vcpu *hvm = this_hvm();

    __asm__ volatile("mov %0, %%db0" : : "r"(hvm->debug[0]));
    __asm__ volatile("mov %0, %%db1" : : "r"(hvm->debug[1]));
    __asm__ volatile("mov %0, %%db2" : : "r"(hvm->debug[2]));
    __asm__ volatile("mov %0, %%db3" : : "r"(hvm->debug[3]));
    wrmsr(MSR_TSC_AUX, hvm->tsc_aux);
    hvm->vmcb->tlb_control = TLB_FLUSH_ALL;
    hvm->work.flush = true;
    hvm->work.interrupts = true;
    if (hvm->in_interrupt) {
        vmload(hvm->host_state_phys);
        __asm__ volatile("cli; stgi" : : : "memory");
    } else {
        vmload(hvm->vmcb_phys);
        __asm__ volatile("sti" : : : "memory");
    }
}

/* Until an interrupt has been handled; as in exit_hlt(). */
void hvm_sleep(void)
{
    __asm__ volatile("cli");
    svm_interrupts_on();
    timer_wait();
    svm_interrupts_off();
    __asm__ volatile("sti");
}

/* HLT, when nothing can be delivered. With interrupts off INIT alone ends it. */
void hvm_halt_among(void)
{
    while (!(this_vmcb()->rflags & RFLAGS_IF) || !interrupt_deliverable())
        schedule_wait(0);
}

/* --- INIT and SIPI ------------------------------------------------------------ */

/* AMD APM vol. 2, 14.1.3 and 16.5: as after INIT, and at the page that the message names. */
static void begin_at(struct vcpu *vcpu, unsigned int page)
{
    const struct vmcb_segment data = {0, 0x93, 0xffff, 0};
    struct hvm_vcpu *hvm = &vcpu->hvm;
    struct vmcb *vmcb = hvm->vmcb;
    const struct vmcb *first = guest.turns.vcpu[0]->hvm.vmcb;
    u64 *stack = (u64 *)((u8 *)vcpu + VCPU_WINDOW_PAGES * PAGE_SIZE);

    memset(vmcb, 0, sizeof(*vmcb));
    vmcb->exceptions = first->exceptions;
    vmcb->intercept1 = first->intercept1;
    vmcb->intercept2 = first->intercept2;
    vmcb->iopm = first->iopm;
    vmcb->msrpm = first->msrpm;
    vmcb->asid = first->asid;
    vmcb->interrupt_control = V_MASKING;
    vmcb->nested_control = first->nested_control;
    vmcb->nested_cr3 = first->nested_cr3;
    vmcb->pat = 0x0007040600070406ull;
    vmcb->cs = (struct vmcb_segment){(u16)(page << 8), 0x9b, 0xffff, (u64)page << 12};
    vmcb->ds = vmcb->es = vmcb->ss = vmcb->fs = vmcb->gs = data;
    vmcb->gdtr.limit = vmcb->idtr.limit = 0xffff;
    vmcb->tr = (struct vmcb_segment){0, 0x8b, 0xffff, 0};
    vmcb->ldtr = (struct vmcb_segment){0, 0x82, 0xffff, 0};
    vmcb->efer = EFER_SVME;
    vmcb->cr0 = CR0_ET;
    vmcb->dr6 = 0xffff0ff0;
    vmcb->dr7 = 0x400;
    vmcb->rflags = RFLAGS_ALWAYS;
    memset(&hvm->regs, 0, sizeof(hvm->regs));
    memset(hvm->debug, 0, sizeof(hvm->debug));
    hvm->tsc_aux = 0;
    hvm->work.any = 0;
    hvm->offered = OFFERED_NONE;
    hvm->in_interrupt = false;
    hvm->waits_for_startup = false;
    apic_reset(&hvm->apic);
    vcpu->timer.deadline = 0;
    turn_begin(vcpu, stack, svm_first_turn);
    schedule_up(vcpu);
}

static void init(struct vcpu *vcpu)
{
    if (vcpu->turn.number == 0 || vcpu->turn.number == this_vcpu()->turn.number)
        kill_guest("INIT to vCPU %u by vCPU %u: a reset of the first one, or of oneself, is not offered",
                   vcpu->turn.number, this_vcpu()->turn.number);
    vcpu->turn.up = false;
    vcpu->hvm.waits_for_startup = true;
}

static void deliver(struct vcpu *vcpu, u64 icr)
{
    switch (ICR_MESSAGE(icr)) {
    case MESSAGE_FIXED:
        apic_raise_in(&vcpu->hvm, ICR_VECTOR(icr));
        break;
    case MESSAGE_INIT:
        if (icr & ICR_ASSERTED)
            init(vcpu);
        break;
    case MESSAGE_STARTUP:
        if (vcpu->hvm.waits_for_startup)
            begin_at(vcpu, ICR_VECTOR(icr));
        break;
    default: /* not offered, and lost */
        break;
    }
}

static bool is_meant(unsigned int number, u64 icr)
{
    const unsigned int here = this_vcpu()->turn.number;
    const u32 destination = (u32)(icr >> 32);

    switch (ICR_SHORTHAND(icr)) {
    case 0:
        if (icr & ICR_LOGICAL) /* x2APIC: a cluster of 16, and a bit for each of it */
            return destination == TO_EACH || (!(destination >> 16) && (destination >> number & 1));
        return destination == TO_EACH;
    case TO_ITSELF:
        return number == here;
    case TO_OTHERS:
        return number != here;
    default:
        return true;
    }
}

void hvm_command_several(u64 icr)
{
    if (!ICR_SHORTHAND(icr) && !(icr & ICR_LOGICAL) && icr >> 32 < guest.turns.count) { /* the usual one */
        deliver(guest.turns.vcpu[icr >> 32], icr);
        return;
    }
    for (unsigned int i = 0; i < guest.turns.count; i++)
        if (is_meant(i, icr))
            deliver(guest.turns.vcpu[i], icr);
}

void hvm_several_init(void)
{
    for (unsigned int i = 1; i < guest.turns.count; i++) {
        struct hvm_vcpu *hvm = &guest.turns.vcpu[i]->hvm;

        hvm->vmcb_phys = allocate_frames(1);
        hvm->vmcb = phys_to_virt(hvm->vmcb_phys);
        hvm->host_state_phys = this_hvm()->host_state_phys;
        hvm->waits_for_startup = true;
        apic_reset(&hvm->apic);
    }
}
