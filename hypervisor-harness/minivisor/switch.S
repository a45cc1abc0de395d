/* switch.S: from one vCPU's stack to another's. Both lie at the same addresses, so the page tables are all that is changed. */

#include <pvbench/registers.h>

    .text
    .code64

    /* void vcpu_switch(u64 *slot, u64 window, u64 cr3, u64 **stack): `stack` is in the window, of each its own. */
    .globl vcpu_switch
vcpu_switch:
    save_preserved
    mov %rsp, (%rcx)
    mov %rsi, (%rdi)
    mov %rdx, %cr3                      /* no translation of the old window, and of the old vCPU's memory, is left */
    mov (%rcx), %rsp
    restore_preserved
    ret

    .section .note.GNU-stack, "", @progbits
