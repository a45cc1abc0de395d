/*
 * registers.h: for assembly: the general registers in the order in which
 * the guests' struct trap_frame and the minivisor's struct regs begin.
 */
#ifndef PVBENCH_REGISTERS_H
#define PVBENCH_REGISTERS_H

/* What a C function may expect to survive a call. */
.macro save_preserved
    push %rbx
    push %rbp
    push %r12
    push %r13
    push %r14
    push %r15
.endm

.macro restore_preserved
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbp
    pop %rbx
.endm

.macro save_registers
    push %rdi
    push %rsi
    push %rdx
    push %rcx
    push %rax
    push %r8
    push %r9
    push %r10
    push %r11
    save_preserved
.endm

.macro restore_registers
    restore_preserved
    pop %r11
    pop %r10
    pop %r9
    pop %r8
    pop %rax
    pop %rcx
    pop %rdx
    pop %rsi
    pop %rdi
.endm

#endif
