/*
 * mmio.c: an access to memory that is a device's. The processor says where it is, and whether it is a write (AMD APM
 * vol. 2, 15.25.6), but not of what: that stands in the guest's instruction.
 *
 * One instruction is offered, MOV between a byte in memory and a byte register in 64-bit mode, with the address in a
 * register; it is what a driver of such a device needs. Every other one is the end of the guest, and so is any access
 * that is no instruction's own: to fetch one, to walk page tables, to deliver an event.
 */
#include "account.h"
#include "doorbell.h"
#include "hvm.h"
#include "memory.h"
#include "pci.h"

/* exit_info1 */
#define NPF_WRITE (1ull << 1)
#define NPF_FETCH (1ull << 4)
#define NPF_TABLE (1ull << 33)

#define CODE_IS_64_BIT 0x200 /* of a segment's attributes in the VMCB */

/* AMD APM vol. 3, 1.2.7, 1.4.1 and the tables of A.1 */
#define IS_REX(byte)         (((byte)&0xf0) == 0x40)
#define REX_REGISTER         0x04 /* the fourth bit of its number */
#define MOV_TO_MEMORY        0x88
#define MOV_TO_REGISTER      0x8a
#define MODRM_MODE(m)        ((m) >> 6) /* 0: no displacement */
#define MODRM_REGISTER(m)    ((m) >> 3 & 7)
#define MODRM_NO_REGISTER(m) (((m)&6) == 4) /* an index byte follows, or a displacement from rip */

struct move {
    u64 length;
    unsigned int number; /* of the register */
    bool to_memory;
};

static bool decode(struct move *move)
{
    u8 code[3], *at = code, rex = 0;

    if (!(this_vmcb()->cs.attributes & CODE_IS_64_BIT) || !guest_read(code, this_vmcb()->rip, sizeof(code)))
        return false;
    if (IS_REX(*at))
        rex = *at++;
    move->length = (u64)(at - code) + 2;
    move->number = (unsigned int)MODRM_REGISTER(at[1]) | (rex & REX_REGISTER ? 8u : 0);
    move->to_memory = at[0] == MOV_TO_MEMORY;
    /* Without a prefix, numbers 4 to 7 are the second bytes of the first four. */
    return (at[0] == MOV_TO_MEMORY || at[0] == MOV_TO_REGISTER) && MODRM_MODE(at[1]) == 0 &&
           !MODRM_NO_REGISTER(at[1]) && (rex || move->number < 4);
}

static u64 *numbered_register(unsigned int number)
{
    static const u8 places[16] = {
        [1] = offsetof(struct hvm_regs, rcx),  [2] = offsetof(struct hvm_regs, rdx),
        [3] = offsetof(struct hvm_regs, rbx),  [5] = offsetof(struct hvm_regs, rbp),
        [6] = offsetof(struct hvm_regs, rsi),  [7] = offsetof(struct hvm_regs, rdi),
        [8] = offsetof(struct hvm_regs, r8),   [9] = offsetof(struct hvm_regs, r9),
        [10] = offsetof(struct hvm_regs, r10), [11] = offsetof(struct hvm_regs, r11),
        [12] = offsetof(struct hvm_regs, r12), [13] = offsetof(struct hvm_regs, r13),
        [14] = offsetof(struct hvm_regs, r14), [15] = offsetof(struct hvm_regs, r15),
    };

    if (number == 0)
        return &this_vmcb()->rax;
    if (number == 4)
        return &this_vmcb()->rsp;
    return (u64 *)((u8 *)&this_hvm()->regs + places[number]);
}

static void carry_out(const struct move *move, u32 at)
{
    u64 *value = numbered_register(move->number);

    if (move->to_memory)
        doorbell_memory_write(at, (u8)*value);
    else
        *value = (*value & ~0xffull) | doorbell_memory_read(at);
    advance(move->length);
}

void exit_npf(void)
{
    u64 gpa = this_vmcb()->exit_info2, info = this_vmcb()->exit_info1;
    struct move move;

    if ((gpa & PAGE_MASK) != DOORBELL_PAGE)
        kill_guest("touches guest-physical address %lx, where there is nothing (error %lx)", gpa, info);
    if ((info & (NPF_FETCH | NPF_TABLE)) || (this_vmcb()->exit_interrupt_info & EVENT_VALID) || !decode(&move) ||
        move.to_memory != !!(info & NPF_WRITE))
        kill_guest("touches a device's memory at %lx by no byte's move, and others are not offered", gpa);
    account_detail(PVB_CLASS_EXIT, PVB_EX_NPF, gpa & PAGE_MASK);
    carry_out(&move, (u32)(gpa & ~PAGE_MASK));
}
