/*
 * svm.h: the processor's structure for a virtual machine: the VMCB (AMD APM
 * vol. 2, appendix B), as far as it is used.
 */
#ifndef SVM_H
#define SVM_H

#include "types.h"

struct vmcb_segment {
    u16 selector, attributes;
    u32 limit;
    u64 base;
};

struct vmcb {
    /* control area, table B-1 */
    u16 cr_read, cr_write, dr_read, dr_write;
    u32 exceptions, intercept1, intercept2, intercept3;
    u8 reserved1[0x40 - 0x18];
    u64 iopm, msrpm, tsc_offset;
    u32 asid;
    u8 tlb_control, reserved2[3];
    u64 interrupt_control, interrupt_shadow;
    u64 exit_code, exit_info1, exit_info2, exit_interrupt_info;
    u64 nested_control;
    u8 reserved3[0xa8 - 0x98];
    u64 event_injection, nested_cr3;
    u8 reserved4[0x400 - 0xb8];
    /* state save area, table B-2 */
    struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
    u8 reserved5[0x4cb - 0x4a0];
    u8 cpl;
    u32 reserved6;
    u64 efer;
    u8 reserved7[0x548 - 0x4d8];
    u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
    u8 reserved8[0x5d8 - 0x580];
    u64 rsp;
    u8 reserved9[0x5f8 - 0x5e0];
    u64 rax, star, lstar, cstar, sfmask, kernel_gs_base, sysenter_cs, sysenter_esp, sysenter_eip, cr2;
    u8 reserved10[0x668 - 0x648];
    u64 pat;
    u8 reserved11[0x1000 - 0x670];
};

#define VMCB_AT(field, offset) _Static_assert(offsetof(struct vmcb, field) == (offset), "VMCB: " #field)
VMCB_AT(exceptions, 0x008);
VMCB_AT(iopm, 0x040);
VMCB_AT(asid, 0x058);
VMCB_AT(interrupt_control, 0x060);
VMCB_AT(exit_code, 0x070);
VMCB_AT(nested_control, 0x090);
VMCB_AT(event_injection, 0x0a8);
VMCB_AT(nested_cr3, 0x0b0);
VMCB_AT(es, 0x400);
VMCB_AT(tr, 0x490);
VMCB_AT(cpl, 0x4cb);
VMCB_AT(efer, 0x4d0);
VMCB_AT(cr4, 0x548);
VMCB_AT(rip, 0x578);
VMCB_AT(rsp, 0x5d8);
VMCB_AT(rax, 0x5f8);
VMCB_AT(cr2, 0x640);
VMCB_AT(pat, 0x668);
_Static_assert(sizeof(struct vmcb) == 4096, "VMCB: one page");

/* intercept1: bits of the vector at 0x00c */
#define INTERCEPT1_INTR     (1u << 0)
#define INTERCEPT1_NMI      (1u << 1)
#define INTERCEPT1_INIT     (1u << 3)
#define INTERCEPT1_RDPMC    (1u << 15)
#define INTERCEPT1_CPUID    (1u << 18)
#define INTERCEPT1_INVD     (1u << 22)
#define INTERCEPT1_HLT      (1u << 24)
#define INTERCEPT1_INVLPGA  (1u << 26)
#define INTERCEPT1_IOIO     (1u << 27)
#define INTERCEPT1_MSR      (1u << 28)
#define INTERCEPT1_SHUTDOWN (1u << 31)
/* intercept2: bits of the vector at 0x010 */
#define INTERCEPT2_VMRUN   (1u << 0)
#define INTERCEPT2_VMMCALL (1u << 1)
#define INTERCEPT2_VMLOAD  (1u << 2)
#define INTERCEPT2_VMSAVE  (1u << 3)
#define INTERCEPT2_STGI    (1u << 4)
#define INTERCEPT2_CLGI    (1u << 5)
#define INTERCEPT2_SKINIT  (1u << 6)
#define INTERCEPT2_MONITOR (1u << 10)
#define INTERCEPT2_MWAIT   (1u << 11)
#define INTERCEPT2_XSETBV  (1u << 13)

/* tlb_control, 15.16.1 */
#define TLB_FLUSH_NONE 0
#define TLB_FLUSH_ALL  1

/* interrupt_control */
#define V_TPR         0xffull
#define V_IRQ         (1ull << 8)
#define V_PRIORITY(p) ((u64)(p) << 16)
#define V_IGNORE_TPR  (1ull << 20)
#define V_MASKING     (1ull << 24)
#define V_VECTOR(v)   ((u64)(v) << 32)

/* event_injection and exit_interrupt_info, 15.20 */
#define EVENT_VALID      (1ull << 31)
#define EVENT_ERROR_CODE (1ull << 11)
#define EVENT_EXCEPTION  (3ull << 8)

/* Not a number of appendix C's that entries.def has, but -1: 15.5.1 lists what the processor refuses. */
#define VMEXIT_INVALID (~0ull)

/* exit_info1 of an I/O exit, 15.10.2 */
#define IOIO_IN(info)     ((info)&1)
#define IOIO_STRING(info) (((info) >> 2) & 1)
#define IOIO_BYTES(info)  (((info) >> 4) & 7) /* one bit set: 1, 2 or 4 */
#define IOIO_PORT(info)   ((u16)((info) >> 16))

#endif
