/*
 * slow_kvm.c: an interpreter in place of KVM, as a sandbox may have one behind
 * its /dev/kvm: put before the C library, it makes every run of a vCPU last a
 * thousand times as long as the calibration's loop.
 */
#include <linux/kvm.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ROUNDS = 200000000 };

int ioctl(int fd, unsigned long request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    void *argument = va_arg(arguments, void *);
    va_end(arguments);
    unsigned rounds = request == KVM_RUN ? ROUNDS : 1;
    asm volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds));
    return (int)syscall(SYS_ioctl, fd, request, argument);
}
