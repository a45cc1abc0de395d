/*
 * pv.h: what the files of the PV guest offer each other. Its processor's
 * state is in vcpu.h.
 *
 * Reading order: domain.c builds the guest; traps.c carries its exceptions,
 * system calls and events to its kernel and back; hypercalls.c is the table,
 * continuation.c what makes a long one harmless; page_types.c is the safety of
 * page tables, mmu.c the operations on them, table_writes.c those that a
 * kernel writes as memory; descriptors.c, memory_op.c, events.c, areas.c,
 * devices.c, debug.c and emulate.c are one service each; several.c has what a guest
 * with several vCPUs needs beside.
 */
#ifndef PV_H
#define PV_H

#include "cpu.h"
#include "guest.h"
#include "memory.h"

#include <xen/xen.h>

/* domain.c: builds the domain from a checked image and enters it. */
struct image;
noreturn void pv_run(const struct image *image);

/* traps.c */
void pv_forward_exception(struct regs *regs, unsigned int vector);
void pv_switch_to_user(void);
struct regs *pv_regs(void); /* of the entry under way */
void pv_print_regs(void);
void pv_failsafe(const struct regs *fault); /* of the last instruction on the way back; returns if nobody is told */

/* emulate.c: true when the instruction was carried out and rip has moved on. */
bool pv_emulate_privileged(struct regs *regs);
bool pv_emulate_forced(struct regs *regs);

/* table_writes.c: the same of a store to a page table */
bool pv_emulate_table_write(struct regs *regs);

/* debug.c */
void pv_debug_trap(const struct regs *regs);

/* areas.c */
long pv_area_op(u64 cmd, u64 argument); /* those of vcpu_op's */
long pv_register_vcpu_info(struct vcpu *vcpu, u64 argument);
void pv_tell_runstate(void);

/* events.c */
void events_init(u64 console_frame);
void pv_timer_fires(void);
void pv_set_pending(u32 port); /* for whichever vCPU it is bound to */
#define POLL_PORTS   128       /* at once, as in Xen */
#define CONSOLE_PORT 2         /* behind STORE_PORT, device/device.h */
bool pv_port_is_unbound(u32 port);
void pv_notify(u32 port); /* from the other end of one that is not the guest's own */

/* Beyond 2^60 ns, 36 years, lies no time that anyone waits for. */
static inline u64 guest_time_to_tsc(u64 ns)
{
    return guest.boot_tsc + ns_to_ticks(MIN(ns, 1ull << 60));
}

/* devices.c */
void *pv_memory(u64 frame); /* a frame that can be read and written as memory, until the guest runs again; or null */

/* page_types.c: these kill a guest that breaks a rule. */
void get_page_type(u64 frame, enum page_type type);
void put_page_type(u64 frame);
void hold_frame(u64 frame, enum page_type type); /* both references: it stays, and stays what it is */
void release_frame(u64 frame);
u64 take_entry(unsigned int level, u64 entry);
void drop_entry(unsigned int level, u64 entry);
void write_page_table(u64 frame, unsigned int index, u64 entry);
const char *page_type_name(unsigned int type);

/* mmu.c */
extern u64 *m2p; /* machine frame to pseudo-physical frame */
void m2p_init(void);
u64 pv_l1_of(u64 va); /* the L1 table that maps it in the kernel's address space; 0: none does */

/* continuation.c */
#define PREEMPT_BATCH 64 /* steps of a long hypercall between two looks at what else is due */
bool preempted(void);    /* lets interrupts in; true: an event is due, so the call should go on later */
long continue_hypercall(struct regs *regs, unsigned int number, u64 a1, u64 a2, u64 a3, u64 a4);

/* several.c: of a guest with several vCPUs */
void pv_several_init(void);
bool pv_wait_is_over(const struct vcpu *vcpu); /* something has come that it blocks or polls for */
bool pv_timer_interrupted(void);               /* the guest itself, and not the minivisor's work for it */
u64 pv_cr3(const struct vcpu *vcpu);
void pv_leave(void); /* what the processor holds of the running one */
void pv_arrive(void);
void pv_arrive_fpu(void);

/* descriptors.c */
void pv_load_gdt(void); /* of a vCPU that has got the processor */
void validate_descriptors(u64 frame);

/* The hypercalls (numbers and arguments: xen/xen.h and its neighbours). */
typedef long hypercall_fn(u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, struct regs *regs);
extern hypercall_fn *hypercall_table[HYPERCALLS];
hypercall_fn do_mmu_update, do_mmuext_op, do_update_va_mapping;
hypercall_fn do_set_gdt, do_update_descriptor, do_set_segment_base;
hypercall_fn do_set_trap_table, do_set_callbacks, do_callback_op, do_stack_switch, do_iret, do_fpu_taskswitch;
hypercall_fn do_event_channel_op, do_sched_op, do_set_timer_op, do_vcpu_op;
hypercall_fn do_memory_op, do_grant_table_op;
hypercall_fn do_set_debugreg, do_get_debugreg;

#endif
