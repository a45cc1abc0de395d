/*
 * registers.h: for the assembly of both modes: which registers are kept, and
 * the stubs that traps enter by.
 */
#include <pvbench/registers.h>

/* Vectors 8, 10-14, 17, 21, 29 and 30 come with an error code (AMD APM vol. 2, 8.2). */
#define VECTORS_WITH_ERROR_CODE 0x60227d00

/* Each stub is 16 bytes, so that the table is arithmetic. */
#define TRAP_STUB_SIZE 16

/*
 * The 32 stubs and what they share: the frame of struct trap_frame, then C.
 * `arrive` is what the mode does first, `depart` its way back; both are macros.
 */
.macro trap_table arrive, depart
    .balign TRAP_STUB_SIZE
    .globl trap_stubs
trap_stubs:
.set vector, 0
.rept 32
    .balign TRAP_STUB_SIZE
    \arrive
    .if !((1 << vector) & VECTORS_WITH_ERROR_CODE)
    push $0
    .endif
    push $vector
    jmp trap_common
    .set vector, vector + 1
.endr

    .balign 16
trap_common:
    save_registers
    mov %rsp, %rdi
    call trap_dispatch
    trap_leave \depart
.endm

.macro trap_leave depart
    restore_registers
    add $16, %rsp               /* vector, error code */
    \depart
.endm
