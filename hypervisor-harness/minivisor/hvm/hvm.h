/*
 * hvm.h: what the files of the fully virtualized guest offer each other. Its
 * processor's state is in vcpu.h, that of its board's devices in board.h.
 *
 * Reading order: svm.c builds the virtual machine, svm_run.S enters it,
 * exits.c decides what each exit is; msrs.c, ports.c, mmio.c and hypercalls.c are the
 * large ones among them; npt.c is the guest's memory; interrupts.c
 * brings the devices' wishes to the guest: apic.c, pic.c, pit.c; uart.c and
 * acpi.c are the rest of the board, pci.c, ide.c and bus_master.c its disk, rtl8139.c its network card,
 * doorbell.c a device for tests;
 * devices.c is for Xen's devices. A new device is one new file, which
 * registers its ports (ports.h), and what it remembers (board.h).
 */
#ifndef HVM_H
#define HVM_H

#include "guest.h"
#include "svm.h"
#include "types.h"

static inline struct vmcb *this_vmcb(void)
{
    return this_hvm()->vmcb;
}

/* svm.c */
struct image;
noreturn void hvm_run(const struct image *image);
void hvm_print_regs(void);

/* svm_run.S: enters the guest, and calls svm_exit() after each exit, for ever. */
noreturn void svm_run(void);

/* svm_run.S: between these two, interrupts and NMIs come to the minivisor, with its own TR loaded. */
void svm_interrupts_on(void);
void svm_interrupts_off(void);

/* exits.c */
void svm_exit(void);
void inject_gp(void);

/* Moves past the instruction that exited, which is `length` bytes long. */
static inline void advance(u64 length)
{
    this_vmcb()->rip += length;
    this_vmcb()->interrupt_shadow = 0;
}

/* several.c: of a guest with several vCPUs */
void hvm_several_init(void);
bool hvm_wait_is_over(const struct vcpu *vcpu); /* an interrupt can be delivered */
bool hvm_timer_interrupted(void);
void hvm_leave(void); /* what the processor holds of the running one */
void hvm_arrive(void);
void hvm_sleep(void);
void hvm_halt_among(void);
void hvm_command_several(u64 icr); /* to whomever it is meant for */

/* msrs.c, hypercalls.c, mmio.c: the exits of these names */
void exit_msr(void);
void exit_vmmcall(void);
void exit_npf(void);
void msr_bitmap_init(u8 *bitmap);

/* npt.c: guest-physical memory, and a window of 2 MiB behind it in which pages of the hypervisor's can be seen */
#define NPT_WINDOW 0xfe600000ull
u64 npt_init(void);                      /* nested CR3 */
void npt_map(u64 gfn, u64 frame);        /* frame 0: unmaps */
bool npt_show(u64 gfn, u64 frame);       /* of the hypervisor's, in the window; false: it is not there */
u64 npt_frame(u64 gfn);                  /* machine frame, or 0 */
void *guest_physical(u64 gpa, u64 size); /* inside one page; null: not there */
bool guest_read(void *to, u64 va, u64 size);
bool guest_write(u64 va, const void *from, u64 size);

/* devices.c: what only a guest with paravirtual devices asks for */
void hvm_devices_init(void);
long hvm_device_hypercall(void); /* -ENOSYS: it is none of theirs */
void *hvm_memory(u64 gfn);       /* null: there is none */
bool hvm_port_is_unbound(u32 port);
void hvm_notify(u32 port);

/* interrupts.c */
void interrupts_taken(void);  /* at an exit, before devices are touched: did the guest take what was offered? */
void interrupts_update(void); /* before the next entry: offers what is due */
bool interrupt_deliverable(void);
void hvm_timer_fires(void);
void hvm_timer_rearm(void);

/* apic.c: local APIC in x2APIC mode; AMD APM vol. 2, 16 */
bool apic_read(u32 msr, u64 *value);
bool apic_write(u32 msr, u64 value);
u64 apic_deadline_read(void);
void apic_deadline_write(u64 value);
int apic_highest_pending(void); /* vector that may be delivered now, or -1 */
void apic_accept(unsigned int vector);
bool apic_takes_pic(void);
u64 apic_timer_deadline(void); /* TSC, 0: none */
void apic_timer_check(u64 now);
void apic_init(void);
void apic_reset(struct hvm_apic *apic);
void apic_raise_in(struct hvm_vcpu *hvm, unsigned int vector);
bool apic_would_interrupt(const struct hvm_apic *apic, u32 tpr); /* by any vector above this priority, or the PIC's */

/* pic.c: two 8259A */
void pic_init(void);
void pic_set_line(unsigned int irq, bool high);
int pic_pending(void); /* vector that the pair offers, or -1 */
void pic_accept(void);

/* pit.c: 8254 and port 0x61 */
u64 pit_deadline(void); /* next rise of channel 0's output, TSC; 0: none */
void pit_check(u64 now);

/* uart.c */
void uart_init(void);

/* pci.c: configuration mechanism 1, and the functions that are found by it */
void pci_init(void);

/* acpi.c: tables at start_info, and the PM timer */
u64 board_init(const struct image *image); /* guest-physical address of the hvm_start_info */

#endif
