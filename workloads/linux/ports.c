/*
 * ports.c: how a program writes to a port.
 *
 * By /dev/port, which needs nothing of the processor that a hypervisor might not give to user mode: a byte is one
 * instruction in the kernel, and nothing arrives later. Not all kernels have it. Then, or where strings are wanted, by
 * an instruction of its own, which ioperm() allows. A processor's emulator may forbid it all the same: it is tried.
 */
#include "ports.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/io.h>
#include <unistd.h>

enum { SCRATCH = SERIAL_PORT + 7 }; /* a UART's, that does nothing */

static int file = -1;
static bool are_ours, in_strings;
static sigjmp_buf refused;

static void note_refusal(int number)
{
    (void)number;
    siglongjmp(refused, 1);
}

static bool try_instruction(void)
{
    if (ioperm(SCRATCH, 1, 1))
        return false;
    void (*before)(int) = signal(SIGSEGV, note_refusal);
    const bool is_refused = sigsetjmp(refused, 1);
    if (!is_refused)
        outb(0, SCRATCH);
    signal(SIGSEGV, before);
    ioperm(SCRATCH, 1, 0);
    return !is_refused;
}

bool ports_open(bool strings)
{
    in_strings = strings;
    are_ours = strings && try_instruction();
    if (!are_ours)
        file = open("/dev/port", O_WRONLY | O_CLOEXEC);
    if (!are_ours && file < 0)
        are_ours = try_instruction();
    return are_ours || file >= 0;
}

void ports_put(unsigned port, const char *text, size_t size)
{
    /* Not for longer: with a port the kernel does more at each system call, 56 instructions. */
    if (are_ours && ioperm(port, 1, 1) == 0) {
        if (in_strings)
            asm volatile("rep outsb" : "+S"(text), "+c"(size) : "d"(port) : "memory");
        else
            for (size_t i = 0; i < size; i++)
                outb((unsigned char)text[i], (unsigned short)port);
        ioperm(port, 1, 0);
    }
    for (size_t i = 0; !are_ours && i < size; i++)
        if (pwrite(file, text + i, 1, port) != 1)
            return;
}
