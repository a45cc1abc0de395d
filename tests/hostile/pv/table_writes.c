/* A kernel that has its stores to page tables carried out (VMASST_TYPE_writable_pagetables): what may come of none. */
#include "../hostile.h"
#include "pv/pv.h"

#define FLAG_CF 0x1ul
#define FLAG_ZF 0x40ul

static void want_stores(void)
{
    must(HYPERCALL(__HYPERVISOR_vm_assist, VMASST_CMD_enable, VMASST_TYPE_writable_pagetables, 0, 0, 0), "vm_assist");
}

/* A table of the lowest level, in use as one and mapped read-only: each store to it traps. */
static volatile uint64_t *live_table(void)
{
    uint64_t *table = pv_new_table();
    struct mmuext_op op = {.cmd = MMUEXT_PIN_L1_TABLE, .arg1.mfn = machine_frame(table)};

    want_stores();
    pv_make_table(table);
    must(HYPERCALL(__HYPERVISOR_mmuext_op, &op, 1, 0, DOMID_SELF, 0), "pinning");
    return table;
}

/* Each of the instructions, what it leaves in the entry, and the flags that it is used for. */
static void carried_out(void)
{
    volatile uint64_t *entry = live_table();
    const uint64_t a = pte_of(guest_page(), PTE_RO), present = a | 4, hidden = a & ~1ul;
    uint64_t r, flags;
    unsigned wrong = 0;

    entry[0] = a;
    wrong |= (entry[0] != present) ? 1u << 0 : 0;
    r = hidden;
    asm volatile("xchg %0, %1" : "+r"(r), "+m"(entry[0]) : : "memory");
    wrong |= (r != present || entry[0] != hidden) ? 1u << 1 : 0;
    asm volatile("lock orb $0x10, %1; pushf; pop %0" : "=r"(flags), "+m"(entry[0]) : : "memory", "cc");
    wrong |= (entry[0] != (hidden | 0x10) || (flags & FLAG_ZF)) ? 1u << 2 : 0;
    asm volatile("ds andb $0xef, %1; pushf; pop %0" : "=r"(flags), "+m"(entry[0]) : : "memory", "cc");
    wrong |= (entry[0] != hidden) ? 1u << 3 : 0;
    asm volatile("lock btsq $9, %1; pushf; pop %0" : "=r"(flags), "+m"(entry[0]) : : "memory", "cc");
    wrong |= (entry[0] != (hidden | 0x200) || (flags & FLAG_CF)) ? 1u << 4 : 0;
    asm volatile("lock btrq %2, %1; pushf; pop %0" : "=r"(flags), "+m"(entry[0]) : "r"(9ul) : "memory", "cc");
    wrong |= (entry[0] != hidden || !(flags & FLAG_CF)) ? 1u << 5 : 0;
    asm volatile("lock cmpxchgq %3, %1; pushf; pop %0"
                 : "=r"(flags), "+m"(entry[0]), "+a"((uint64_t){hidden})
                 : "r"(hidden | 0x400)
                 : "memory", "cc");
    wrong |= (entry[0] != (hidden | 0x400) || !(flags & FLAG_ZF)) ? 1u << 6 : 0;
    r = 5;
    asm volatile("lock cmpxchgq %3, %1; pushf; pop %0"
                 : "=r"(flags), "+m"(entry[0]), "+a"(r)
                 : "r"(0ul)
                 : "memory", "cc");
    wrong |= (r != (hidden | 0x400) || entry[0] != r || (flags & FLAG_ZF)) ? 1u << 7 : 0;
    asm volatile("movq $0, 8(%0,%1,8)" : : "r"(entry), "r"(-1l) : "memory");
    wrong |= (entry[0] != 0) ? 1u << 8 : 0;
    asm volatile("movl $0x80, 4(%0)" : : "r"(entry) : "memory");
    wrong |= (entry[0] != 0x8000000000ul) ? 1u << 9 : 0;
    entry[0] = 0;
    survived("wrong are %x", wrong);
}
HOSTILE(stores_carried_out, carried_out);

static void stores_writable_table(void)
{
    volatile uint64_t *table = live_table();

    table[0] = pte_of((const void *)table, PTE_RW);
    survived("0");
}
HOSTILE(stores_writable_table, stores_writable_table);

static void stores_foreign_frame(void)
{
    live_table()[0] = (HYPERVISOR_ADDRESS & 0xffffffff) | PTE_RO;
    survived("0");
}
HOSTILE(stores_foreign_frame, stores_foreign_frame);

/* An entry that is harmless becomes one that is not by a part of it alone. */
static void stores_half_entry(void)
{
    volatile uint64_t *table = live_table();

    table[0] = 0x7000000000ul << 12; /* not present */
    *(volatile uint32_t *)table = PTE_RW;
    survived("0");
}
HOSTILE(stores_half_entry, stores_half_entry);

static void stores_one_bit(void)
{
    volatile uint64_t *table = live_table();

    table[0] = pte_of((const void *)table, PTE_RO);
    asm volatile("lock btsq $1, %0" : "+m"(table[0]) : : "memory", "cc"); /* writable */
    survived("0");
}
HOSTILE(stores_one_bit, stores_one_bit);

/* --- stores that are none of these: each is the guest's own fault ------------- */

static unsigned faults;
static uint64_t behind;

static void count_fault(struct trap_frame *frame)
{
    faults++;
    frame->rip = behind;
}

static unsigned expected;

/* An instruction whose fault leads behind it. */
#define MUST_FAULT(code, ...)                                                                                          \
    do {                                                                                                               \
        expected++;                                                                                                    \
        asm volatile("lea 1f(%%rip), %%rax; mov %%rax, %0; " code "; 1:"                                               \
                     : "=m"(behind)                                                                                    \
                     : __VA_ARGS__                                                                                     \
                     : "rax", "memory", "cc");                                                                         \
    } while (0)

static void not_carried_out(void)
{
    volatile uint64_t *table = live_table();
    uint64_t *before = guest_page();

    must(HYPERCALL(__HYPERVISOR_update_va_mapping, arena_page(0), pte_of(before, PTE_RW), UVMF_INVLPG, 0, 0), "arena");
    must(HYPERCALL(__HYPERVISOR_update_va_mapping, arena_page(1), pte_of((const void *)table, PTE_RO), UVMF_INVLPG, 0,
                   0),
         "arena");
    faults = expected = 0;
    guest_on_trap(14, count_fault);
    MUST_FAULT("movq %1, 4(%2)", "r"(0ul), "r"(table));             /* over two entries */
    MUST_FAULT("movq %1, 4092(%2)", "r"(-1ul), "r"(arena_page(0))); /* begins before the table */
    MUST_FAULT("movw $0, (%1)", "r"(table));                        /* two bytes */
    MUST_FAULT("movups %%xmm0, (%1)", "r"(table));                  /* two entries */
    MUST_FAULT("lock incq (%1)", "r"(table));                       /* arithmetic */
    MUST_FAULT("lock btsq %1, (%2)", "r"(64ul * 3), "r"(table));    /* of another entry */
    MUST_FAULT("stosq", "D"(table));                                /* of a string */
    MUST_FAULT("movq %1, (%2)", "r"(0ul), "r"(kernel_l4));          /* not of the lowest level */
    MUST_FAULT("movq %1, (%2)", "r"(0ul), "r"(HYPERVISOR_ADDRESS));
    MUST_FAULT("movq %1, (%2)", "r"(0ul), "r"(0xffff800000000000ul));
    MUST_FAULT("movq %1, (%2)", "r"(0ul), "r"(UNMAPPED_ADDRESS));
    must(HYPERCALL(__HYPERVISOR_vm_assist, VMASST_CMD_disable, VMASST_TYPE_writable_pagetables, 0, 0, 0), "vm_assist");
    MUST_FAULT("movq %1, (%2)", "r"(0ul), "r"(table));
    guest_on_trap(14, NULL);
    survived("%u of %u stores carried out", expected - faults, expected);
}
HOSTILE(stores_not_carried_out, not_carried_out);
