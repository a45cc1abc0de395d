/* user_copy.c: the copying of larger pieces, an MSR that may refuse, and the exception table's look-up. */
#include "user_copy.h"

struct ex_entry {
    u64 instruction, fixup;
};
extern const struct ex_entry ex_table_start[], ex_table_end[];

/*
 * The faults of an access: #SS and #GP, which an address that is not canonical raises, and #PF; and #NP, which only the
 * loading of a selector does. Others only happen by.
 */
#define ACCESS_FAULTS (1u << 11 | 1u << 12 | 1u << 13 | 1u << 14)

bool user_copy_fixup(struct regs *regs)
{
    if (regs->vector >= 32 || !(ACCESS_FAULTS >> regs->vector & 1))
        return false;
    // cppcheck-suppress comparePointers ; both are the linker's
    for (const struct ex_entry *e = ex_table_start; e < ex_table_end; e++) {
        if (e->instruction == regs->rip) {
            regs->rip = e->fixup;
            return true;
        }
    }
    return false;
}

bool wrmsr_checked(u32 msr, u64 value)
{
    __asm__ volatile goto("1: wrmsr\n"
                          ".pushsection .ex_table, \"a\"\n.quad 1b, %l[fault]\n.popsection"
                          :
                          : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32))
                          : "memory"
                          : fault);
    return true;
fault:
    return false;
}

bool guest_copy(void *to, const void *from, u64 size)
{
    __asm__ volatile goto("1: rep movsb\n"
                          ".pushsection .ex_table, \"a\"\n.quad 1b, %l[fault]\n.popsection"
                          : "+D"(to), "+S"(from), "+c"(size)
                          :
                          : "memory"
                          : fault);
    return true;
fault:
    return false;
}
