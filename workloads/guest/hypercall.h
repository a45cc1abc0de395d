/*
 * hypercall.h: calls to Xen by the hypercall page, which both a PV and an
 * HVM guest have; the page hides whether it is SYSCALL or VMMCALL.
 * Arguments: rdi rsi rdx r10 r8 (xen/arch-x86/xen-x86_64.h).
 */
#ifndef GUEST_HYPERCALL_H
#define GUEST_HYPERCALL_H

#include "internal.h"
#include <xen/xen.h>

extern char hypercall_page[];

/* A hypervisor may write its arguments' registers, so they count as changed. */
#define HYPERCALL(number, d, s, x, a4, a5)                                                                             \
    ({                                                                                                                 \
        long result_;                                                                                                  \
        uint64_t d_ = (uint64_t)(d), s_ = (uint64_t)(s), x_ = (uint64_t)(x);                                           \
        register uint64_t a4_ asm("r10") = (uint64_t)(a4);                                                             \
        register uint64_t a5_ asm("r8") = (uint64_t)(a5);                                                              \
        asm volatile("call hypercall_page + %c[offset]"                                                                \
                     : "=a"(result_), "+D"(d_), "+S"(s_), "+d"(x_), "+r"(a4_), "+r"(a5_)                               \
                     : [offset] "i"((number)*32)                                                                       \
                     : "rcx", "r11", "r9", "memory");                                                                  \
        result_;                                                                                                       \
    })

/* The same with two arguments, so that the short calls load no registers in vain. */
#define HYPERCALL2(number, d, s)                                                                                       \
    ({                                                                                                                 \
        long result_;                                                                                                  \
        uint64_t d_ = (uint64_t)(d), s_ = (uint64_t)(s);                                                               \
        asm volatile("call hypercall_page + %c[offset]"                                                                \
                     : "=a"(result_), "+D"(d_), "+S"(s_)                                                               \
                     : [offset] "i"((number)*32)                                                                       \
                     : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");                                              \
        result_;                                                                                                       \
    })

/* A call that cannot fail in a correct guest on a correct hypervisor. */
static inline void must(long result, const char *what)
{
    if (result < 0)
        guest_panic("%s failed: %ld", what, result);
}

#endif
