/*
 * interrupts.c: brings interrupts to the guest through the processor's
 * virtual interrupt (AMD APM vol. 2, 15.21.4): it waits inside the guest for
 * the moment at which the guest takes interrupts, so no exit is needed to
 * find that moment.
 */
#include "cpu.h"
#include "guest.h"
#include "hvm.h"
#include "timer.h"

/* The processor clears V_IRQ when the guest has taken it. */
void interrupts_taken(void)
{
    if (this_hvm()->offered == OFFERED_NONE)
        return;
    if (!(this_vmcb()->interrupt_control & V_IRQ)) {
        if (this_hvm()->offered == OFFERED_FROM_APIC)
            apic_accept(this_hvm()->offered_vector);
        else
            pic_accept();
    }
    this_vmcb()->interrupt_control &= V_TPR | V_MASKING;
    this_hvm()->offered = OFFERED_NONE;
}

void interrupts_update(void)
{
    int vector;

    interrupts_taken();
    this_hvm()->work.interrupts = false;
    vector = apic_highest_pending();
    if (vector >= 0) {
        this_hvm()->offered = OFFERED_FROM_APIC;
        this_vmcb()->interrupt_control |= V_IRQ | V_VECTOR(vector) | V_PRIORITY(vector >> 4);
    } else if (apic_takes_pic() && (vector = pic_pending()) >= 0) {
        this_hvm()->offered = OFFERED_FROM_PIC;
        this_vmcb()->interrupt_control |= V_IRQ | V_VECTOR(vector) | V_IGNORE_TPR;
    } else {
        return;
    }
    this_hvm()->offered_vector = (unsigned int)vector;
    this_hvm()->work.interrupts = true; /* to see at the next exit whether it was taken */
}

bool interrupt_deliverable(void)
{
    interrupts_update();
    if (this_hvm()->offered == OFFERED_FROM_APIC)
        return this_hvm()->offered_vector >> 4 > (this_vmcb()->interrupt_control & V_TPR);
    return this_hvm()->offered == OFFERED_FROM_PIC;
}

void hvm_timer_rearm(void)
{
    u64 apic = apic_timer_deadline(), pit = pit_deadline();

    timer_set(!apic ? pit : !pit ? apic : MIN(apic, pit));
}

void hvm_timer_fires(void)
{
    u64 now = rdtsc();

    apic_timer_check(now);
    pit_check(now);
    hvm_timer_rearm();
}
