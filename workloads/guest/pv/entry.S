/*
 * entry.S: how control comes into the PV guest, and how it leaves.
 *
 * Xen's notes, the hypercall page, the entry point, and the stubs that Xen
 * bounces traps, events and system calls to. The frames are those of
 * xen/arch-x86/xen-x86_64.h: rcx and r11 lie on top of the processor's own
 * frame, because Xen may return by SYSRET; leaving is a hypercall (iret).
 */
#include <xen/xen.h>
#include <xen/elfnote.h>
#include "registers.h"

.macro note type, desc:vararg
    .pushsection .note.Xen, "a", @note
    .balign 4
    .long 2f - 1f, 4f - 3f, \type
1:  .asciz "Xen"
2:  .balign 4
3:  \desc
4:  .balign 4
    .popsection
.endm

    note XEN_ELFNOTE_GUEST_OS, .asciz "pvbench"
    note XEN_ELFNOTE_GUEST_VERSION, .asciz PVB_VERSION
    note XEN_ELFNOTE_LOADER, .asciz "generic"
    note XEN_ELFNOTE_XEN_VERSION, .asciz "xen-3.0"
    note XEN_ELFNOTE_FEATURES, .asciz "!writable_page_tables|pae_pgdir_above_4gb"
    note XEN_ELFNOTE_PAE_MODE, .asciz "yes"
    note XEN_ELFNOTE_VIRT_BASE, .quad 0
    note XEN_ELFNOTE_PADDR_OFFSET, .quad 0
    note XEN_ELFNOTE_ENTRY, .quad _start
    note XEN_ELFNOTE_HYPERCALL_PAGE, .quad hypercall_page

/* The domain builder fills it; until then every stub is a plain return. */
    .section .text.page, "ax", @progbits
    .balign 4096
    .globl hypercall_page
hypercall_page:
    .fill 4096, 1, 0xc3

#define IRET_STUB (hypercall_page + 32 * __HYPERVISOR_iret)

    .text
    .globl _start
_start:
    cld
    xor %ebp, %ebp
    mov $boot_stack_top, %esp
    mov %rsi, %rdi
    call pv_start
    ud2

/* Xen has put rcx and r11, which its own way out needs, on top of the frame. */
.macro take_rcx_r11
    pop %rcx
    pop %r11
.endm

.macro iret_hypercall
    push $0                     /* flags: restore rcx and r11 too */
    jmp IRET_STUB
.endm

    trap_table take_rcx_r11, iret_hypercall

    .balign 16
    .globl event_entry
event_entry:
    take_rcx_r11
    push $0
    push $32
    save_registers
    call event_upcall
    trap_leave iret_hypercall

/* The same of a guest with several vCPUs, of each of them. */
    .balign 16
    .globl several_event_entry
several_event_entry:
    take_rcx_r11
    push $0
    push $32
    save_registers
    call several_event_upcall
    trap_leave iret_hypercall

/* Where VCPUOP_initialise has another vCPU begin, with its number and on its own stack. */
    .balign 16
    .globl partner_entry
partner_entry:
    xor %ebp, %ebp
    call vcpu_partner
    ud2

/* Failsafe: Xen could not return to the guest's segments. The guest never loads any, so this is a panic. */
    .balign 16
    .globl failsafe_entry
failsafe_entry:
    call failsafe_panic
    ud2

/*
 * void guest_user_round_trip(void): the iret hypercall to user mode, where
 * the instruction is SYSCALL; Xen bounces it to syscall_entry. What a C
 * function may expect to survive is saved on the kernel's stack.
 */
    .balign 16
    .globl guest_user_round_trip
guest_user_round_trip:
    save_preserved
    mov %rsp, kernel_rsp
    push $FLAT_USER_SS64
    push user_rsp
    push $0x202                 /* interrupts on; reserved bit 1 */
    push $FLAT_USER_CS64
    push user_rip
    push $VGCF_in_syscall       /* rcx and r11 need not be kept: the fast way out */
    jmp IRET_STUB

    .balign 16
    .globl syscall_entry
syscall_entry:
    mov kernel_rsp, %rsp
    movb $1, shared_info_page + 1 /* vcpu_info[0].evtchn_upcall_mask: the kernel runs with events off */
    restore_preserved
    ret

    .section .bss.page, "aw", @nobits
    .balign 4096
    .globl shared_info_page
shared_info_page:
    .skip 4096
boot_stack:
    .skip 16384
boot_stack_top:
    .skip 4096
    .globl trap_stack_top       /* where Xen puts frames that come from user mode */
trap_stack_top:

    .bss
    .balign 8
kernel_rsp:
    .skip 8
