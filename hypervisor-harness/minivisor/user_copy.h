/*
 * user_copy.h: reading and writing a PV guest's memory at its virtual
 * addresses, which may be wrong in any way: every access can fail.
 *
 * The guest's page tables are loaded, so the access is one instruction; if
 * it faults, the exception table leads to the failing branch. Whether an
 * address is the guest's at all is asked first, here and wherever else one
 * is used: for ring 0 the hypervisor's slots would work, and a walk through
 * page tables looks at fewer bits than the processor does.
 */
#ifndef USER_COPY_H
#define USER_COPY_H

#include "cpu.h"

/* What the slots of layout.h are as addresses: bits 39 to 47, and bit 47 again in all above. */
#define SLOT_ADDRESS(slot) ((u64)((s64)((u64)(slot) << 55) >> 16))
_Static_assert(M2P_BASE == SLOT_ADDRESS(HV_FIRST_SLOT), "layout.h: the first slot of the hypervisor's");
_Static_assert(GUEST_FIRST == SLOT_ADDRESS(HV_LAST_SLOT + 1), "layout.h: the first one of the guest's behind it");
_Static_assert(GUEST_FIRST + GUEST_ADDRESSES == (u64)HV_FIRST_SLOT << 39, "layout.h: the last ones below it");

/* The one check of an address that came from the guest: canonical, and not in the hypervisor's slots. */
static inline bool address_is_guests(u64 address)
{
    return address - GUEST_FIRST < GUEST_ADDRESSES;
}

static inline const char *why_not_guests(u64 address)
{
    return is_canonical(address) ? "is in the hypervisor's slots" : "is not canonical";
}

/*
 * The same of each of `size` bytes. They may neither wrap around the end of all
 * addresses nor reach it, so that what follows in a list does not either.
 */
static inline bool range_is_guests(u64 address, u64 size)
{
    return !size ||
           (address + size > address && size <= GUEST_ADDRESSES && address - GUEST_FIRST <= GUEST_ADDRESSES - size);
}

/* These three are for an address that has passed one of the checks. False when nothing the guest may use is there. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a type cannot stand in any */
#define DEFINE_LOAD_GUEST(type)                                                                                        \
    static inline bool load_guest_##type(type *value, u64 address)                                                     \
    {                                                                                                                  \
        type loaded;                                                                                                   \
                                                                                                                       \
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
DEFINE_LOAD_GUEST(u64)
DEFINE_LOAD_GUEST(u32)

static inline bool store_guest_u64(u64 address, u64 value)
{
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

/* And this is for any address. */
static inline bool get_guest_u32(u32 *value, u64 address)
{
    return likely(range_is_guests(address, sizeof(*value))) && load_guest_u32(value, address);
}

/* Writes an MSR; false: the processor refuses the value. */
bool wrmsr_checked(u32 msr, u64 value);

/* Any size and alignment. */
bool guest_copy(void *to, const void *from, u64 size);

static inline bool copy_from_guest(void *to, u64 from, u64 size)
{
    return likely(range_is_guests(from, size)) && guest_copy(to, (const void *)from, size);
}

static inline bool copy_to_guest(u64 to, const void *from, u64 size)
{
    return likely(range_is_guests(to, size)) && guest_copy((void *)to, from, size);
}

/* If the fault came from one of these, sends it on to its failing branch. */
bool user_copy_fixup(struct regs *regs);

#endif
