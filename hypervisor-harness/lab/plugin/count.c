/* count.c: see count.h. */
#include "count.h"

#include <stdlib.h>
#include <string.h>

enum { LANDINGS_MAX = 256, LANDINGS_SURE = 4 };

static uint64_t begun, expected; /* instructions: begun, and as many as that will be when this block is done */
static struct block start_of_day, *before = &start_of_day;

/*
 * An access to a device in the middle of a block is begun, and then once more as a block of its own, in which memory
 * alone is seen by plugins (CF_MEMI_ONLY, cpu_io_recompile in QEMU's accel/tcg/translate-all.c). So an access
 * by a block of one instruction, without the beginning of a block, is the one that was begun before.
 */
static uint64_t accesses_alone, accesses_before;

/* Those of calls and returns that end a block: a call may fault itself, at a stack that a fork has left to be copied.
 */
static uint64_t stack_accesses, stack_accesses_before;

/*
 * The places that faults lead to; interrupts, which come between two blocks, have others. But where a guest's exit
 * leads to is one for both, behind the VMRUN: a guest's firmware, which is not of its image, faults there, too. A guest
 * that is Linux handles its own, at places where another kernel may handle interrupts.
 */
static struct {
    uint64_t address;
    enum world world;
    unsigned seen;
} landing[LANDINGS_MAX];
static uint64_t behind_vmrun;
static unsigned landings;
static bool learns_from_guests;

static uint64_t address_of(const struct block *b, uint64_t instruction)
{
    uint64_t at = b->start;
    for (uint64_t i = 0; i < instruction; i++)
        at += b->size[i];
    return at;
}

/* LANDINGS_MAX: there is none. */
static unsigned find_landing(uint64_t at, enum world world)
{
    for (unsigned i = 0; i < landings; i++)
        if (landing[i].address == at && landing[i].world == world)
            return i;
    return LANDINGS_MAX;
}

static bool is_landing(uint64_t at, enum world world)
{
    const unsigned i = find_landing(at, world);
    return i < LANDINGS_MAX && landing[i].seen >= LANDINGS_SURE;
}

/* Once or twice may be chance: an interrupt that comes where a block ends too early, a store into the code itself. */
static void learn_landing(struct block *b)
{
    if (b->is_landing || b->start == behind_vmrun)
        return;
    unsigned i = find_landing(b->start, b->world);
    if (i == LANDINGS_MAX && landings < LANDINGS_MAX) {
        i = landings++;
        landing[i].address = b->start;
        landing[i].world = b->world;
    }
    if (i < LANDINGS_MAX)
        b->is_landing = ++landing[i].seen >= LANDINGS_SURE;
}

/* The block before was left in its middle. Some are longer than what is executed of them, by one that is decoded anew
 * (it lies across two pages): then all is well. */
static bool faulted_inside(struct block *b)
{
    if (accesses_alone != accesses_before || b->start == address_of(before, count_position()))
        return false;
    if (learns_from_guests || (!world_is_guest(b->world) && !world_is_guest(before->world)))
        learn_landing(b);
    return true;
}

static bool faulted_at_its_end(const struct block *b)
{
    if (before->ends_intercepted)
        return b->start != before->next;
    if (b->is_landing && before->stack_accesses)
        return stack_accesses - stack_accesses_before < before->stack_accesses;
    return b->is_landing && !before->ends_done;
}

uint64_t count_position(void)
{
    return before->instructions - (expected - begun);
}

uint64_t count_block(struct block *b)
{
    if (begun != expected ? faulted_inside(b) : faulted_at_its_end(b))
        begun--;
    const uint64_t done = count_position();
    accesses_before = accesses_alone;
    stack_accesses_before = stack_accesses;
    expected = begun + b->instructions;
    before = b;
    return done;
}

uint64_t count_now(void)
{
    return begun;
}

/* --- what an instruction is ------------------------------------------------- */

static bool is_port_access(uint8_t opcode)
{
    return (opcode >= 0xe4 && opcode <= 0xe7) || (opcode >= 0xec && opcode <= 0xef) ||
           (opcode >= 0x6c && opcode <= 0x6f);
}

/* CPUID, WRMSR, RDMSR, moves to and from control registers, VMMCALL, HLT: what a hypervisor intercepts. */
static bool is_privileged(const uint8_t *code, size_t size)
{
    if (*code == 0xf4)
        return true;
    if (size < 2 || *code != 0x0f)
        return false;
    return code[1] == 0xa2 || code[1] == 0x30 || code[1] == 0x32 || code[1] == 0x20 || code[1] == 0x22 ||
           code[1] == 0x01;
}

/* Behind a jump, a call or a return, to a program, too, it is where it leads to that faults when there is no page for
 * it. */
static bool is_transfer(const uint8_t *code, size_t size)
{
    if (*code == 0x0f)
        return size > 1 && ((code[1] & 0xf0) == 0x80 || code[1] == 0x07);
    if (*code == 0xff)
        return size > 1 && (code[1] >> 3 & 7) >= 2 && (code[1] >> 3 & 7) <= 5;
    return (*code & 0xf0) == 0x70 || (*code >= 0xe0 && *code <= 0xe3) || (*code >= 0xe8 && *code <= 0xeb) ||
           *code == 0xc2 || *code == 0xc3 || *code == 0xcf;
}

/* CALL stores where it returns to, RET loads it; a call by a pointer in memory loads that before. */
static unsigned count_stack_accesses(const uint8_t *code, size_t size)
{
    if (*code == 0xe8 || *code == 0xc3 || *code == 0xc2)
        return 1;
    if (*code != 0xff || size < 2 || (code[1] >> 3 & 7) != 2)
        return 0;
    return code[1] < 0xc0 ? 2 : 1;
}

bool count_is_vmrun(const struct qemu_plugin_insn *insn)
{
    static const uint8_t vmrun[] = {0x0f, 0x01, 0xd8};
    return qemu_plugin_insn_size(insn) == sizeof(vmrun) &&
           memcmp(qemu_plugin_insn_data(insn), vmrun, sizeof(vmrun)) == 0;
}

static bool is_prefix(uint8_t byte)
{
    return byte == 0x66 || byte == 0xf2 || byte == 0xf3 || (byte & 0xf0) == 0x40;
}

/* What a privileged instruction is refused for, where it is not allowed, is seen by decoding alone: that ticks. */
static void judge_end(struct block *b, const uint8_t *code, size_t size, const struct rules *rules)
{
    for (; size > 1 && is_prefix(*code); size--)
        code++;
    const bool port = is_port_access(*code), privileged = is_privileged(code, size);
    const bool is_guest = world_is_guest(b->world);
    b->stack_accesses = count_stack_accesses(code, size);
    if (rules->nothing_below)
        b->ends_done = port || privileged || is_transfer(code, size);
    else if (is_guest && rules->guest_is_hvm && (port || privileged))
        b->ends_intercepted = true;
    else if (port)
        b->ends_intercepted = is_guest || (b->world != WORLD_HYPERVISOR && rules->ports_are_virtual);
    else
        b->ends_done = privileged || is_transfer(code, size);
}

struct block *count_translation(struct qemu_plugin_tb *tb, enum world world, const struct rules *rules)
{
    const size_t n = qemu_plugin_tb_n_insns(tb);
    struct qemu_plugin_insn *last = qemu_plugin_tb_get_insn(tb, n - 1);
    struct block *b = calloc(1, sizeof(*b) + n);
    if (!b)
        abort();
    b->start = qemu_plugin_tb_vaddr(tb);
    b->next = qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last);
    b->instructions = n;
    b->world = world;
    b->is_landing = is_landing(b->start, world);
    learns_from_guests = rules->guest_is_linux;
    judge_end(b, qemu_plugin_insn_data(last), qemu_plugin_insn_size(last), rules);
    for (size_t i = 0; i < n; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        b->size[i] = (uint8_t)qemu_plugin_insn_size(insn);
        if (count_is_vmrun(insn))
            behind_vmrun = qemu_plugin_insn_vaddr(insn) + b->size[i];
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64, &begun, 1);
    }
    if (b->stack_accesses)
        qemu_plugin_register_vcpu_mem_inline(last, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, &stack_accesses, 1);
    if (n == 1)
        qemu_plugin_register_vcpu_mem_inline(last, QEMU_PLUGIN_MEM_RW, QEMU_PLUGIN_INLINE_ADD_U64, &accesses_alone, 1);
    return b;
}
