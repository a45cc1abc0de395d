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

    .text
    .globl svm_run
svm_run:
    lea stack_top(%rip), %rsp
    clgi
    sti                                 /* the host's IF at VMRUN says whether interrupts end the guest's run (15.21.1) */
    mov running_vcpu + HVM_HOST_STATE_PHYS(%rip), %rax
    vmsave %rax
    mov running_vcpu + HVM_VMCB_PHYS(%rip), %rax
    vmload %rax
    .align 16
svm_enter:
    mov running_vcpu + HVM_VMCB_PHYS(%rip), %rax
    mov running_vcpu + HVM_RBX(%rip), %rbx
    mov running_vcpu + HVM_RCX(%rip), %rcx
    mov running_vcpu + HVM_RDX(%rip), %rdx
    mov running_vcpu + HVM_RSI(%rip), %rsi
    mov running_vcpu + HVM_RDI(%rip), %rdi
    mov running_vcpu + HVM_RBP(%rip), %rbp
    mov running_vcpu + HVM_R8(%rip), %r8
    mov running_vcpu + HVM_R9(%rip), %r9
    mov running_vcpu + HVM_R10(%rip), %r10
    mov running_vcpu + HVM_R11(%rip), %r11
    mov running_vcpu + HVM_R12(%rip), %r12
    mov running_vcpu + HVM_R13(%rip), %r13
    mov running_vcpu + HVM_R14(%rip), %r14
    mov running_vcpu + HVM_R15(%rip), %r15
    vmrun %rax
    mov %rbx, running_vcpu + HVM_RBX(%rip)
    mov %rcx, running_vcpu + HVM_RCX(%rip)
    mov %rdx, running_vcpu + HVM_RDX(%rip)
    mov %rsi, running_vcpu + HVM_RSI(%rip)
    mov %rdi, running_vcpu + HVM_RDI(%rip)
    mov %rbp, running_vcpu + HVM_RBP(%rip)
    mov %r8, running_vcpu + HVM_R8(%rip)
    mov %r9, running_vcpu + HVM_R9(%rip)
    mov %r10, running_vcpu + HVM_R10(%rip)
    mov %r11, running_vcpu + HVM_R11(%rip)
    mov %r12, running_vcpu + HVM_R12(%rip)
    mov %r13, running_vcpu + HVM_R13(%rip)
    mov %r14, running_vcpu + HVM_R14(%rip)
    mov %r15, running_vcpu + HVM_R15(%rip)
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, running_vcpu + VCPU_ENTRY_TSC(%rip)
    call svm_exit
    jmp svm_enter

    /* A vCPU's first turn (schedule.c), on its own stack. */
    .globl svm_first_turn
svm_first_turn:
    call schedule_arrive
    jmp svm_enter

    /* void svm_interrupts_on(void), svm_interrupts_off(void): between these two interrupts come as to any program. */
    .globl svm_interrupts_on, svm_interrupts_off
svm_interrupts_on:
    mov running_vcpu + HVM_VMCB_PHYS(%rip), %rax
    vmsave %rax
    mov running_vcpu + HVM_HOST_STATE_PHYS(%rip), %rax
    vmload %rax
    stgi
    ret
svm_interrupts_off:
    clgi
    mov running_vcpu + HVM_VMCB_PHYS(%rip), %rax
    vmload %rax
    ret

    .section .note.GNU-stack, "", @progbits
