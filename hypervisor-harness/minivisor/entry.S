/*
 * entry.S: every way in from a PV guest, and the one way back out.
 *
 * Exceptions and interrupts come through the stubs, a guest's SYSCALL
 * through syscall_entry. All leave a struct regs on the running vCPU's stack,
 * which is always at one address (schedule.c), so no GS is needed to find it;
 * they take the time, go to C, and leave through `leave`, where a pending event
 * is delivered first. The hypercall path is kept short: it is what the
 * null_hypercall workload measures.
 */
#include "layout.h"

#include <pvbench/registers.h>

    .text
    .code64

    /* Time of the entry, into the vCPU's entry_tsc; clobbers rax and rdx. */
    .macro stamp
    rdtsc
    shl $32, %rdx
    or %rdx, %rax
    mov %rax, running_vcpu + VCPU_ENTRY_TSC(%rip)
    .endm

    .globl syscall_entry
    .align 16
syscall_entry:
    mov %rsp, syscall_rsp(%rip)
    lea stack_top(%rip), %rsp
    push $SEL_GUEST_SS
    push syscall_rsp(%rip)
    push %r11
    push $SEL_GUEST_CS
    push %rcx
    push $0
    push $VECTOR_SYSCALL
    save_registers
    mov %eax, %ebx                      /* number */
    stamp
    cmpb $0, running_vcpu + PV_IN_KERNEL(%rip)
    je syscall_forward
    cmp $HYPERCALLS, %ebx
    jae hypercall_unknown
    mov REGS_rdx(%rsp), %rdx
    mov %r10, %rcx
    mov %rsp, %r9                       /* sixth argument: the registers */
    lea hypercall_table(%rip), %rax
    call *(%rax, %rbx, 8)
    mov %rax, REGS_rax(%rsp)
#ifdef MV_EXTRA_INSTRUCTIONS            /* a regression on purpose, for tests/lab/regression */
    nop
    nop
    nop
#endif
    mov %ebx, %edi
    call account_hypercall

    /* An event is due if upcall_pending != 0 and upcall_mask == 0 (struct vcpu_info). */
    .globl leave
leave:
    mov running_vcpu + PV_VCPU_INFO(%rip), %rax
    movzwl (%rax), %eax
    dec %eax
    cmp $0xfe, %eax
    jbe deliver_event
    cmpl $VECTOR_SYSCALL, REGS_vector(%rsp)
    jne leave_by_iret

    /* SYSRET: rcx and r11 are rip and rflags. The address must be canonical. */
    mov REGS_rip(%rsp), %rcx
    mov %rcx, %rax
    shl $16, %rax
    sar $16, %rax
    cmp %rcx, %rax
    jne leave_by_iret
    restore_registers
    mov (REGS_rip - REGS_vector)(%rsp), %rcx
    mov (REGS_rflags - REGS_vector)(%rsp), %r11
    mov (REGS_rsp - REGS_vector)(%rsp), %rsp
    sysretq

leave_by_iret:
    restore_registers
    add $16, %rsp
    .globl final_iret
final_iret:                             /* a fault here is the guest's fault (traps.c) */
    iretq

deliver_event:
    mov %rsp, %rdi
    call pv_deliver_event
    jmp leave

hypercall_unknown:
    movl $HYPERCALLS - 1, %edi          /* counted as `other` */
    movq $-38, REGS_rax(%rsp)           /* -ENOSYS */
    call account_hypercall
    jmp leave

syscall_forward:                        /* SYSCALL from the guest's user mode */
    mov %rsp, %rdi
    call pv_forward_syscall
    jmp leave

    /* SYSCALL from 32-bit code. */
    .globl syscall32_entry
syscall32_entry:
    mov %rsp, syscall_rsp(%rip)
    lea stack_top(%rip), %rsp
    push $SEL_GUEST_SS
    push syscall_rsp(%rip)
    push %r11
    push $SEL_GUEST_CS32
    push %rcx
    push $0
    push $VECTOR_SYSCALL
    save_registers
    mov %rsp, %rdi
    stamp
    call pv_syscall32
    jmp leave

    /* --- exceptions and interrupts --- */
common_trap:
    save_registers
    cld
    mov %rsp, %rdi
    testb $3, REGS_cs(%rsp)
    jz 1f
    stamp
    call pv_trap
    jmp leave
1:  call hypervisor_trap                /* in the minivisor itself: part of the entry under way */
    jmp leave_by_iret

    .macro stub vector, has_error, to=common_trap
    .align 16
stub_\vector:
    .if !\has_error
    push $0
    .endif
    push $\vector
    jmp \to
    .endm

    /* #DB has a stack of its own (layout.h); a guest's goes on from the usual one, where its registers are looked for. */
debug_trap:
    testb $3, (REGS_cs - REGS_vector)(%rsp)
    jz common_trap
    mov %rax, debug_rax(%rip)
    mov %rsp, %rax
    lea stack_top(%rip), %rsp
    push (REGS_ss - REGS_vector)(%rax)
    push (REGS_rsp - REGS_vector)(%rax)
    push (REGS_rflags - REGS_vector)(%rax)
    push (REGS_cs - REGS_vector)(%rax)
    push (REGS_rip - REGS_vector)(%rax)
    push (REGS_error - REGS_vector)(%rax)
    push (REGS_vector - REGS_vector)(%rax)
    mov debug_rax(%rip), %rax
    jmp common_trap

    .altmacro
    .macro stubs first, last
    .set v, \first
    .rept \last - \first + 1
    .if (v == 8) || (v == 10) || (v == 11) || (v == 12) || (v == 13) || (v == 14) || (v == 17) || (v == 21) || (v == 29) || (v == 30)
    stub %v, 1
    .elseif v == 1
    stub %v, 0, debug_trap
    .else
    stub %v, 0
    .endif
    .set v, v + 1
    .endr
    .endm
    stubs 0, 31
    stub VECTOR_TIMER, 0
    stub VECTOR_SPURIOUS, 0

    /* The guest's time is over. Nobody comes back, and no other way in has a test more for it. */
    .globl limit_entry
limit_entry:
    push $0
    push $VECTOR_LIMIT
    save_registers
    cld
    call limit_reached
    ud2

    .section .rodata
    .align 8
    .globl exception_stubs
exception_stubs:
    .macro address vector
    .quad stub_\vector
    .endm
    .set v, 0
    .rept 32
    address %v
    .set v, v + 1
    .endr
    .globl timer_stub, spurious_stub
timer_stub:
    address VECTOR_TIMER
spurious_stub:
    address VECTOR_SPURIOUS

    .text
    /*
     * The first entry of a PV guest: rdi points to a struct regs. From here
     * on the stack belongs to the entries.
     */
    .globl pv_enter
pv_enter:
    mov %rdi, %rsp
    jmp leave_by_iret

    /* A vCPU's first turn (schedule.c): its registers lie at pv_regs(), which is where the stack ends here. */
    .globl pv_first_turn
pv_first_turn:
    call schedule_arrive
    jmp leave

    /* Gives up what is under way, and goes on with the guest as the registers at rdi, pv_regs(), have it. */
    .globl pv_resume
pv_resume:
    mov %rdi, %rsp
    jmp leave

    /* What the processor itself has on the way to its stack: nothing of it is left when C begins. */
    .bss
    .align 8
syscall_rsp: .skip 8
debug_rax: .skip 8

    .section .note.GNU-stack, "", @progbits
