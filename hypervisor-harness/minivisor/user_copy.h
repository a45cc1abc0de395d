/*
 * user_copy.h: reading and writing a PV guest's memory at its virtual
 * addresses, which may be wrong in any way: every access can fail.
 *
 * The guest's page tables are loaded, so the access is one instruction; if
 * it faults, the exception table leads to the failing branch. Addresses in
 * the hypervisor's slots are refused first: for ring 0 they would work.
 */
#ifndef USER_COPY_H
#define USER_COPY_H

#include "cpu.h"

/* All 16 slots lie under one value of the upper 21 bits. */
static inline bool address_is_guests(u64 address)
{
    return address >> 43 != (u64)(M2P_BASE >> 43);
}

/* False when the address is not the guest's to read. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in any */
#define DEFINE_GET_GUEST(type)                                                                                         \
    static inline bool get_guest_##type(type *value, u64 address)                                                      \
    {                                                                                                                  \
        type loaded;                                                                                                   \
                                                                                                                       \
        if (unlikely(!address_is_guests(address)))                                                                     \
            return false;                                                                                              \
        __asm__ volatile goto("1: mov (%1), %0\n"                                                                      \
                              ".pushsection .ex_table, \"a\"\n.quad 1b, %l[fault]\n.popsection"                        \
                              : "=r"(loaded)                                                                           \
                              : "r"(address)                                                                           \
                              : "memory"                                                                               \
                              : fault);                                                                                \
        *value = loaded;                                                                                               \
        return true;                                                                                                   \
    fault:                                                                                                             \
        return false;                                                                                                  \
    }
/* NOLINTEND(bugprone-macro-parentheses) */
DEFINE_GET_GUEST(u64)
DEFINE_GET_GUEST(u32)

static inline bool put_guest_u64(u64 address, u64 value)
{
    if (unlikely(!address_is_guests(address)))
        return false;
    __asm__ volatile goto("1: mov %1, (%0)\n"
                          ".pushsection .ex_table, \"a\"\n.quad 1b, %l[fault]\n.popsection"
                          :
                          : "r"(address), "r"(value)
                          : "memory"
                          : fault);
    return true;
fault:
    return false;
}

/* Any size and alignment. */
bool copy_from_guest(void *to, u64 from, u64 size);
bool copy_to_guest(u64 to, const void *from, u64 size);

/* If the fault came from one of these, sends it on to its failing branch. */
bool user_copy_fixup(struct regs *regs);

#endif
