/*
 * svm_run.S: into the guest and out again. VMRUN and #VMEXIT save and load
 * rax, rsp, rip and rflags (AMD APM vol. 2, 15.5); everything else is here.
 *
 * The minivisor touches neither FS, GS, LDTR, TR nor the SYSCALL registers
 * while this guest lives, so the guest's stay loaded all the time: no VMSAVE
 * and VMLOAD at each exit. Global interrupts stay off (GIF = 0) outside the
 * guest; a pending one comes as an INTR exit at the next entry. They may come
 * only with our TR loaded: an NMI takes its stack from the task segment
 * that TR points to, and the guest's is the guest's.
 */
#include "layout.h"

#define RBX 0
#define RCX 8
#define RDX 16
#define RSI 24
#define RDI 32
#define RBP 40
#define R8 48
#define R9 56
#define R10 64
#define R11 72
#define R12 80
#define R13 88
#define R14 96
#define R15 104

    .text
    .globl svm_run
svm_run:
    lea stack_top(%rip), %rsp
    clgi
    sti                                 /* the host's IF at VMRUN says whether interrupts end the guest's run (15.21.1) */
    mov host_state_phys(%rip), %rax
    vmsave %rax
    mov vmcb_phys(%rip), %rax
    vmload %rax
    .align 16
1:
    mov vmcb_phys(%rip), %rax
    mov hvm_regs + RBX(%rip), %rbx
    mov hvm_regs + RCX(%rip), %rcx
    mov hvm_regs + RDX(%rip), %rdx
    mov hvm_regs + RSI(%rip), %rsi
    mov hvm_regs + RDI(%rip), %rdi
    mov hvm_regs + RBP(%rip), %rbp
    mov hvm_regs + R8(%rip), %r8
    mov hvm_regs + R9(%rip), %r9
    mov hvm_regs + R10(%rip), %r10
    mov hvm_regs + R11(%rip), %r11
    mov hvm_regs + R12(%rip), %r12
    mov hvm_regs + R13(%rip), %r13
    mov hvm_regs + R14(%rip), %r14
    mov hvm_regs + R15(%rip), %r15
    vmrun %rax
    mov %rbx, hvm_regs + RBX(%rip)
    mov %rcx, hvm_regs + RCX(%rip)
    mov %rdx, hvm_regs + RDX(%rip)
    mov %rsi, hvm_regs + RSI(%rip)
    mov %rdi, hvm_regs + RDI(%rip)
    mov %rbp, hvm_regs + RBP(%rip)
    mov %r8, hvm_regs + R8(%rip)
    mov %r9, hvm_regs + R9(%rip)
    mov %r10, hvm_regs + R10(%rip)
    mov %r11, hvm_regs + R11(%rip)
    mov %r12, hvm_regs + R12(%rip)
    mov %r13, hvm_regs + R13(%rip)
    mov %r14, hvm_regs + R14(%rip)
    mov %r15, hvm_regs + R15(%rip)
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, entry_tsc(%rip)
    call svm_exit
    jmp 1b

    /* void svm_interrupts_on(void), svm_interrupts_off(void): between these two interrupts come as to any program. */
    .globl svm_interrupts_on, svm_interrupts_off
svm_interrupts_on:
    mov vmcb_phys(%rip), %rax
    vmsave %rax
    mov host_state_phys(%rip), %rax
    vmload %rax
    stgi
    ret
svm_interrupts_off:
    clgi
    mov vmcb_phys(%rip), %rax
    vmload %rax
    ret

    .section .note.GNU-stack, "", @progbits
