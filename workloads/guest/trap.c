/*
 * trap.c: who handles a trap, and what is said when nobody does.
 *
 * The entry stubs of both modes build the same struct trap_frame, so that
 * everything above them is common code.
 */
#include "internal.h"

static void (*handlers[TRAPS])(struct trap_frame *);

void guest_on_trap(unsigned vector, void (*handler)(struct trap_frame *))
{
    handlers[vector] = handler;
}

void trap_dispatch(struct trap_frame *frame)
{
    if (frame->vector >= TRAPS || !handlers[frame->vector])
        trap_panic(frame);
    handlers[frame->vector](frame);
}

void guest_panic(const char *format, ...)
{
    static bool again;
    static char reason[256];
    if (again)
        mode_shutdown(true);
    again = true;
    va_list args;
    va_start(args, format);
    format_text_v(reason, sizeof(reason), format, args);
    va_end(args);
    print("pvbench: panic reason=%s\n", reason);
    mode_shutdown(true);
}

void trap_panic(const struct trap_frame *f)
{
    static bool again;
    if (again)
        mode_shutdown(true);
    again = true;
    print("pvbench: panic reason=unexpected trap vector=%lu error=0x%lx rip=0x%lx cr2=0x%lx\n", f->vector, f->error,
          f->rip, guest_fault_address());
    print("rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", f->rax, f->rbx, f->rcx, f->rdx);
    print("rsi %016lx rdi %016lx rbp %016lx rsp %016lx\n", f->rsi, f->rdi, f->rbp, f->rsp);
    print("r8  %016lx r9  %016lx r10 %016lx r11 %016lx\n", f->r8, f->r9, f->r10, f->r11);
    print("r12 %016lx r13 %016lx r14 %016lx r15 %016lx\n", f->r12, f->r13, f->r14, f->r15);
    print("cs %lx ss %lx rflags %lx\n", f->cs, f->ss, f->rflags);
    mode_shutdown(true);
}
