/*
 * table_writes.c: a guest's kernel that writes to its page tables as to memory (VMASST_TYPE_writable_pagetables).
 *
 * They are mapped read-only, so each store faults. If it is one of the instructions by which kernels change entries,
 * it is carried out here, as mmu_update would do it; any other fault is the guest's. As in Xen only entries of the
 * lowest level are changed so: a kernel that wants more has the hypercall.
 */
#include "account.h"
#include "code.h"
#include "guest.h"
#include "pv.h"

#define FLAGS_OF_ARITHMETIC (RFLAGS_CF | RFLAGS_PF | RFLAGS_AF | RFLAGS_ZF | RFLAGS_SF | RFLAGS_OF)

/* An instruction that writes to one operand in memory (AMD APM vol. 3). */
struct write {
    bool two; /* its opcode is behind 0x0f */
    u8 opcode, rex;
    unsigned int size; /* of the operand, in bytes */
    unsigned int reg;  /* the number in its ModRM byte: a register, or which operation */
    u64 address, immediate;
};

/* What becomes of the operand and of the flags. */
struct effect {
    u64 old, value;
    bool writes, sets_flags;
    u64 flags;
};

static u64 mask_of(unsigned int size)
{
    return size == 8 ? ~0ull : (1ull << 8 * size) - 1;
}

/* --- what it is -------------------------------------------------------------- */

/* A number of so many bytes, with its sign. */
static bool take_number(struct code *code, unsigned int size, u64 *number)
{
    u64 value = 0;
    u8 byte;

    for (unsigned int i = 0; i < size; i++) {
        if (!code_next(code, &byte))
            return false;
        value |= (u64)byte << 8 * i;
    }
    *number = (u64)((s64)(value << (64 - 8 * size)) >> (64 - 8 * size));
    return true;
}

/* The part of an address that a SIB byte says. */
static bool take_sib(struct code *code, struct regs *regs, struct write *w, unsigned int mod, bool *wide)
{
    unsigned int index, base;
    u8 sib;

    if (!code_next(code, &sib))
        return false;
    index = (sib >> 3 & 7) | (w->rex & 2 ? 8 : 0);
    base = sib & 7;
    if (index != 4)
        w->address += *numbered_register(regs, index) << (sib >> 6);
    *wide = base == 5 && !mod;
    if (!*wide)
        w->address += *numbered_register(regs, base | (w->rex & 1 ? 8 : 0));
    return true;
}

/* ModRM, SIB and displacement. One that is relative to rip is told to who knows where the instruction ends. */
static bool take_operand(struct code *code, struct regs *regs, struct write *w, bool *relative)
{
    unsigned int mod, base;
    u64 displacement = 0;
    bool wide = false;
    u8 modrm;

    if (!code_next(code, &modrm))
        return false;
    mod = modrm >> 6;
    base = modrm & 7;
    w->reg = (modrm >> 3 & 7) | (w->rex & 4 ? 8 : 0);
    if (mod == 3)
        return false;
    if (base == 4 && !take_sib(code, regs, w, mod, &wide))
        return false;
    *relative = base == 5 && !mod;
    if (base != 4 && !*relative)
        w->address += *numbered_register(regs, base | (w->rex & 1 ? 8 : 0));
    wide = wide || *relative || mod == 2;
    if ((wide || mod == 1) && !take_number(code, wide ? 4 : 1, &displacement))
        return false;
    w->address += displacement;
    return true;
}

static unsigned int size_of_immediate(const struct write *w)
{
    if (w->two)
        return w->opcode == 0xba ? 1 : 0;
    switch (w->opcode) {
    case 0x80:
    case 0x83:
        return 1;
    case 0x81:
    case 0xc7:
        return 4;
    default:
        return 0;
    }
}

/* LOCK, or DS in its place on one processor, and REX are all that kernels put before these. No operand has two bytes.
 */
static bool take_write(struct code *code, struct regs *regs, struct write *w)
{
    bool relative;
    u8 byte;

    if (!code_next(code, &byte) || ((byte == 0xf0 || byte == 0x3e) && !code_next(code, &byte)))
        return false;
    if ((byte & 0xf0) == 0x40) {
        w->rex = byte;
        if (!code_next(code, &byte))
            return false;
    }
    w->two = byte == 0x0f;
    if (w->two && !code_next(code, &byte))
        return false;
    w->opcode = byte;
    w->size = !w->two && byte == 0x80 ? 1 : w->rex & 8 ? 8 : 4;
    if (!take_operand(code, regs, w, &relative) ||
        (size_of_immediate(w) && !take_number(code, size_of_immediate(w), &w->immediate)))
        return false;
    if (relative)
        w->address += regs->rip + code->at;
    return true;
}

/* --- what it does ------------------------------------------------------------ */

static u64 flags_of_result(u64 result, unsigned int size)
{
    return (result & mask_of(size) ? 0 : RFLAGS_ZF) | (result >> (8 * size - 1) & 1 ? RFLAGS_SF : 0) |
           (__builtin_parity((u32)result & 0xff) ? 0 : RFLAGS_PF);
}

static u64 flags_of_comparison(u64 a, u64 b, unsigned int size)
{
    const u64 result = a - b;

    return flags_of_result(result, size) | (a < b ? RFLAGS_CF : 0) | ((a ^ b ^ result) & 0x10 ? RFLAGS_AF : 0) |
           (((a ^ b) & (a ^ result)) >> (8 * size - 1) & 1 ? RFLAGS_OF : 0);
}

static void put_register(u64 *reg, u64 value, unsigned int size)
{
    *reg = size == 8 ? value : (u32)value;
}

/* OR, AND and XOR with a number. */
static bool logic(const struct write *w, struct effect *e)
{
    switch (w->reg & 7) {
    case 1:
        e->value = e->old | w->immediate;
        break;
    case 4:
        e->value = e->old & w->immediate;
        break;
    case 6:
        e->value = e->old ^ w->immediate;
        break;
    default:
        return false;
    }
    e->flags = flags_of_result(e->value, w->size);
    e->writes = e->sets_flags = true;
    return true;
}

/* BTS 5, BTR 6, BTC 7. Of the flags only CF is defined afterwards. A register may name a bit of another word. */
static bool change_bit(const struct regs *regs, const struct write *w, unsigned int operation, u64 bit,
                       struct effect *e)
{
    const u64 mask = 1ull << (bit & (8 * w->size - 1));

    if (operation < 5 || bit >= 8 * w->size)
        return false;
    e->value = operation == 5 ? e->old | mask : operation == 6 ? e->old & ~mask : e->old ^ mask;
    e->flags = (regs->rflags & ~RFLAGS_CF) | (e->old & mask ? RFLAGS_CF : 0);
    e->writes = e->sets_flags = true;
    return true;
}

static bool compare_exchange(struct regs *regs, const struct write *w, struct effect *e)
{
    const u64 wanted = regs->rax & mask_of(w->size);

    e->flags = flags_of_comparison(wanted, e->old, w->size);
    e->sets_flags = true;
    e->writes = wanted == e->old;
    if (e->writes)
        e->value = *numbered_register(regs, w->reg);
    else
        put_register(&regs->rax, e->old, w->size);
    return true;
}

static bool two_byte(struct regs *regs, const struct write *w, struct effect *e)
{
    switch (w->opcode) {
    case 0xab:
        return change_bit(regs, w, 5, *numbered_register(regs, w->reg), e);
    case 0xb3:
        return change_bit(regs, w, 6, *numbered_register(regs, w->reg), e);
    case 0xbb:
        return change_bit(regs, w, 7, *numbered_register(regs, w->reg), e);
    case 0xb1:
        return compare_exchange(regs, w, e);
    case 0xba:
        return change_bit(regs, w, w->reg & 7, w->immediate, e);
    default:
        return false;
    }
}

static bool one_byte(struct regs *regs, const struct write *w, struct effect *e)
{
    u64 *reg = numbered_register(regs, w->reg);

    switch (w->opcode) {
    case 0x80:
    case 0x81:
    case 0x83:
        return logic(w, e);
    case 0x87:
        e->value = *reg;
        put_register(reg, e->old, w->size);
        break;
    case 0x89:
        e->value = *reg;
        break;
    case 0xc7:
        if (w->reg & 7)
            return false;
        e->value = w->immediate;
        break;
    default:
        return false;
    }
    e->writes = true;
    return true;
}

static bool carry_out(struct regs *regs, const struct write *w, u64 table)
{
    const unsigned int index = (w->address & ~PAGE_MASK) / 8, shift = 8 * (w->address & 7);
    const u64 entry = ((u64 *)frame_to_virt(table))[index], mask = mask_of(w->size);
    struct effect e = {.old = entry >> shift & mask};

    if (!(w->two ? two_byte(regs, w, &e) : one_byte(regs, w, &e)))
        return false;
    if (e.writes)
        write_page_table(table, index, (entry & ~(mask << shift)) | (e.value & mask) << shift);
    if (e.sets_flags)
        regs->rflags = (regs->rflags & ~FLAGS_OF_ARITHMETIC) | (e.flags & FLAGS_OF_ARITHMETIC);
    return true;
}

/* The frame of the lowest page table that is mapped, read-only, at this address; 0: there is none. */
static u64 table_at(u64 address)
{
    u64 l1, entry, frame;

    if (!address_is_guests(address))
        return 0;
    l1 = pv_l1_of(address);
    if (!l1)
        return 0;
    entry = ((u64 *)frame_to_virt(l1))[(address >> 12) & 511];
    frame = (entry & PTE_FRAME) >> PAGE_SHIFT;
    if ((entry & (PTE_P | PTE_W)) != PTE_P || !frame_is_guests(frame))
        return 0;
    return page_infos[frame].type_references && page_infos[frame].type == TYPE_L1 ? frame : 0;
}

/* The operand must be one that begins where the fault was, and it must lie in one entry. */
bool pv_emulate_table_write(struct regs *regs)
{
    const u64 address = read_cr2(), table = this_pv()->writable_tables && this_pv()->in_kernel ? table_at(address) : 0;
    struct write w = {0};
    struct code code;

    if (!table || regs->cs != SEL_GUEST_CS)
        return false;
    code_fetch(&code, regs->rip);
    if (!take_write(&code, regs, &w) || w.address != address || (address & 7) + w.size > 8 ||
        !carry_out(regs, &w, table))
        return false;
    regs->rip += code.at;
    account(PVB_CLASS_EMULATE, PVB_EM_page_table_write);
    return true;
}
