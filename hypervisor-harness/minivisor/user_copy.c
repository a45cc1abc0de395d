/* user_copy.c: the copying of larger pieces, and the exception table's look-up. */
#include "user_copy.h"

struct ex_entry {
    u64 instruction, fixup;
};
extern const struct ex_entry ex_table_start[], ex_table_end[];

bool user_copy_fixup(struct regs *regs)
{
    // cppcheck-suppress comparePointers ; both are the linker's
    for (const struct ex_entry *e = ex_table_start; e < ex_table_end; e++) {
        if (e->instruction == regs->rip) {
            regs->rip = e->fixup;
            return true;
        }
    }
    return false;
}

/* The range may not wrap, nor touch the hypervisor's slots. */
static bool range_is_guests(u64 address, u64 size)
{
    return size < (1ull << 30) && address + size >= address && address_is_guests(address) &&
           address_is_guests(address + size);
}

static bool copy(void *to, const void *from, u64 size)
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

bool copy_from_guest(void *to, u64 from, u64 size)
{
    return range_is_guests(from, size) && copy(to, (const void *)from, size);
}

bool copy_to_guest(u64 to, const void *from, u64 size)
{
    return range_is_guests(to, size) && copy((void *)to, from, size);
}
