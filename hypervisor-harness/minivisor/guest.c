/*
 * guest.c: the ways in which a run ends. Each closes the books, so that
 * nothing that was measured is lost.
 */
#include "guest.h"
#include "account.h"
#include "console.h"
#include "cpu.h"
#include "timer.h"
#include "hvm/hvm.h"
#include "pv/pv.h"

/* isa-debug-exit: QEMU ends with status 2 * value + 1. */
#define LAB_EXIT_PORT 0xf4

struct guest guest;

static noreturn void stop(u32 status)
{
    if (console_in_lab())
        outl(LAB_EXIT_PORT, status);
    for (;;)
        __asm__ volatile("cli; hlt");
}

static void print_guest_regs(void)
{
    if (guest_has_several())
        print("M note vcpu=%u\n", this_vcpu()->turn.number);
    if (guest.mode == GUEST_PV)
        pv_print_regs();
    else
        hvm_print_regs();
}

void guest_timer_fires(void)
{
    if (guest.mode == GUEST_PV)
        pv_timer_fires();
    else
        hvm_timer_fires();
}

void kill_guest(const char *format, ...)
{
    va_list args;

    console_guest_flush();
    account_flush();
    print("M kill reason=");
    va_start(args, format);
    vprint(format, args);
    va_end(args);
    print("\n");
    print_guest_regs();
    print("M end reason=killed\n");
    stop(0);
}

void end_guest(const char *reason)
{
    console_guest_flush();
    account_flush();
    if (reason[0] == 'c') {
        print("M note the guest says that it crashed\n");
        print_guest_regs();
    }
    print("M end reason=%s\n", reason);
    stop(0);
}

void out_of_time(u64 limit_s)
{
    console_guest_flush();
    account_flush();
    print("M kill reason=no end within %lu s\n", limit_s);
    print_guest_regs();
    print("M end reason=timeout\n");
    stop(0);
}

void panic(const char *format, ...)
{
    va_list args;

    print("M note minivisor: ");
    va_start(args, format);
    vprint(format, args);
    va_end(args);
    print("\nM end reason=error\n");
    stop(1);
}
