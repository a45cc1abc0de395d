/*
 * layout.h: the numbers that C and assembly share: where things lie in
 * virtual memory and in the descriptor table.
 *
 * A PV guest's address space has 16 of its 512 top-level slots reserved for
 * the hypervisor, 256 to 271 (xen/arch-x86/xen-x86_64.h, "HYPERVISOR_VIRT_START"),
 * and the same in every address space:
 *   slot 256  machine-to-physical table, readable by the guest
 *   slot 260  the descriptor table: 14 pages of the guest's, then ours
 *   slot 262  all physical memory, and in it the minivisor itself; behind it the running vCPU
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#ifdef __ASSEMBLER__
#define U64(x) x
#else
#define U64(x) x##ull
#endif

#define M2P_BASE      U64(0xffff800000000000)
#define GDT_BASE      U64(0xffff820000000000)
#define DIRECT_BASE   U64(0xffff830000000000)
#define APIC_VA       (GDT_BASE + U64(0x100000)) /* and the I/O APIC behind it */
#define HV_FIRST_SLOT 256
#define HV_LAST_SLOT  271

/*
 * A PV guest's addresses: the canonical ones (AMD APM vol. 2, 5.3.1) outside
 * these slots. Taken as numbers with a sign they lie without a gap: from the
 * end of slot 271 through -1 and 0 to the end of slot 255.
 */
#define GUEST_FIRST     U64(0xffff880000000000)
#define GUEST_ADDRESSES U64(0x0000f80000000000) /* how many */

/* Physical memory beyond this is left alone: the direct map is one 1 GiB table. */
#define MAX_PHYS U64(0x40000000)

/*
 * Selectors. A PV64 guest is promised the flat ring-3 ones
 * (FLAT_RING3_* in xen/arch-x86/xen-x86_64.h). Their order is what SYSCALL
 * and SYSRET expect (AMD APM vol. 2, 6.1.1).
 */
#define SEL_HV_CS       0xe008
#define SEL_HV_SS       0xe010
#define SEL_GUEST_CS32  0xe023
#define SEL_GUEST_SS    0xe02b
#define SEL_GUEST_CS    0xe033
#define SEL_TSS         0xe040
#define GUEST_GDT_PAGES 14

#define STACK_SIZE 16384

/*
 * The running vCPU: its state (struct vcpu), a page where nothing is, and its stack. Behind the direct map, where code
 * reaches it by one operand; minivisor.lds names its places.
 */
#define VCPU_WINDOW       (DIRECT_BASE + MAX_PHYS)
#define VCPU_STATE_PAGES  4
#define VCPU_STACK_PAGES  (STACK_SIZE / 4096)
#define VCPU_WINDOW_PAGES (VCPU_STATE_PAGES + 1 + VCPU_STACK_PAGES)

/*
 * Stacks of their own (the IST's numbers, AMD APM vol. 2, 8.9.4) for what can
 * come when no stack is right, as between SYSCALL and the loading of ours.
 * One each, since each can come while another is handled.
 */
#define STACK_DOUBLE_FAULT  1
#define STACK_NMI           2
#define STACK_MACHINE_CHECK 3
#define STACK_DEBUG         4
#define FAULT_STACKS        4
#define FAULT_STACK_SIZE    4096

/* struct regs, in bytes */
#define REGS_r15    0
#define REGS_r14    8
#define REGS_r13    16
#define REGS_r12    24
#define REGS_rbp    32
#define REGS_rbx    40
#define REGS_r11    48
#define REGS_r10    56
#define REGS_r9     64
#define REGS_r8     72
#define REGS_rax    80
#define REGS_rcx    88
#define REGS_rdx    96
#define REGS_rsi    104
#define REGS_rdi    112
#define REGS_vector 120
#define REGS_error  128
#define REGS_rip    136
#define REGS_cs     144
#define REGS_rflags 152
#define REGS_rsp    160
#define REGS_ss     168

/* struct vcpu, in bytes */
#define VCPU_ENTRY_TSC 0

/* of a PV guest */
#define PV_VCPU_INFO 8
#define PV_IN_KERNEL 16

/* of an HVM guest */
#define HVM_RBX             16
#define HVM_RCX             24
#define HVM_RDX             32
#define HVM_RSI             40
#define HVM_RDI             48
#define HVM_RBP             56
#define HVM_R8              64
#define HVM_R9              72
#define HVM_R10             80
#define HVM_R11             88
#define HVM_R12             96
#define HVM_R13             104
#define HVM_R14             112
#define HVM_R15             120
#define HVM_VMCB_PHYS       128
#define HVM_HOST_STATE_PHYS 136

/* regs.vector of an entry by SYSCALL, which may leave by SYSRET */
#define VECTOR_SYSCALL  0x100
#define VECTOR_TIMER    0x30
#define VECTOR_LIMIT    0x31
#define VECTOR_SPURIOUS 0xff

#define HYPERCALLS 64

#endif
