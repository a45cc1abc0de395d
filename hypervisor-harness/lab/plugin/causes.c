/* causes.c: see causes.h. The opcodes: AMD APM vol. 3, appendix A. */
#include "causes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS_MAX = 256 };

enum {
    CAUSE_SYSCALL = CAUSE_CARRIED_OUT + 1, /* of user mode */
    CAUSE_HYPERCALL,                       /* of an unknown number */
    CAUSE_VMMCALL,
    CAUSE_CPUID,
    CAUSE_RDMSR,
    CAUSE_WRMSR,
    CAUSE_IN,
    CAUSE_OUT,
    CAUSE_HLT,
    CAUSE_PAUSE,
    CAUSE_INVLPG,
    CAUSE_CR_READ,
    CAUSE_CR_WRITE,
    CAUSE_RDTSC,
    CAUSE_UD2,
    CAUSE_DIVIDE
};

static const char *const words[CAUSE_CALL] = {[CAUSE_INTERRUPT] = "interrupt",
                                              [CAUSE_ACCESS] = "access",
                                              [CAUSE_CARRIED_OUT] = "carried_out",
                                              [CAUSE_SYSCALL] = "syscall",
                                              [CAUSE_HYPERCALL] = "hypercall",
                                              [CAUSE_VMMCALL] = "vmmcall",
                                              [CAUSE_CPUID] = "cpuid",
                                              [CAUSE_RDMSR] = "rdmsr",
                                              [CAUSE_WRMSR] = "wrmsr",
                                              [CAUSE_IN] = "in",
                                              [CAUSE_OUT] = "out",
                                              [CAUSE_HLT] = "hlt",
                                              [CAUSE_PAUSE] = "pause",
                                              [CAUSE_INVLPG] = "invlpg",
                                              [CAUSE_CR_READ] = "read_cr",
                                              [CAUSE_CR_WRITE] = "write_cr",
                                              [CAUSE_RDTSC] = "rdtsc",
                                              [CAUSE_UD2] = "ud2",
                                              [CAUSE_DIVIDE] = "divide"};

/* Of one byte, and of two of which the first is 0x0f. */
static const uint8_t by_byte[256] = {
    [0x6c] = CAUSE_IN,  [0x6d] = CAUSE_IN,  [0xe4] = CAUSE_IN,  [0xe5] = CAUSE_IN,  [0xec] = CAUSE_IN,
    [0xed] = CAUSE_IN,  [0x6e] = CAUSE_OUT, [0x6f] = CAUSE_OUT, [0xe6] = CAUSE_OUT, [0xe7] = CAUSE_OUT,
    [0xee] = CAUSE_OUT, [0xef] = CAUSE_OUT, [0xf4] = CAUSE_HLT};
static const uint8_t by_second[256] = {
    [0x05] = CAUSE_SYSCALL, [0x0b] = CAUSE_UD2,   [0x20] = CAUSE_CR_READ, [0x22] = CAUSE_CR_WRITE,
    [0x30] = CAUSE_WRMSR,   [0x31] = CAUSE_RDTSC, [0x32] = CAUSE_RDMSR,   [0xa2] = CAUSE_CPUID};

static uint8_t cause_of_system(uint8_t modrm)
{
    if (modrm == 0xd9)
        return CAUSE_VMMCALL;
    return modrm < 0xc0 && (modrm >> 3 & 7) == 7 ? CAUSE_INVLPG : CAUSE_ACCESS;
}

static uint8_t cause_of_bytes(const uint8_t *code, size_t size)
{
    if (size == 2 && code[0] == 0xf3 && code[1] == 0x90)
        return CAUSE_PAUSE;
    for (; size > 1 && (*code == 0x66 || *code == 0xf2 || *code == 0xf3 || (*code & 0xf0) == 0x40); size--)
        code++;
    if (*code == 0x0f && size > 1)
        return size > 2 && code[1] == 0x01 ? cause_of_system(code[2])
               : by_second[code[1]]        ? by_second[code[1]]
                                           : CAUSE_ACCESS;
    if ((*code == 0xf6 || *code == 0xf7) && size > 1 && (code[1] >> 3 & 7) >= 6)
        return CAUSE_DIVIDE;
    return by_byte[*code] ? by_byte[*code] : CAUSE_ACCESS;
}

/* mov $N,%eax */
static bool loads_number(const struct qemu_plugin_insn *insn, uint32_t *number)
{
    const uint8_t *code = insn ? qemu_plugin_insn_data(insn) : NULL;
    if (!code || qemu_plugin_insn_size(insn) != 5 || *code != 0xb8)
        return false;
    memcpy(number, code + 1, sizeof(*number));
    return *number < CAUSES - CAUSE_CALL;
}

/*
 * The number of each call whose number is known. A hypervisor that goes on with a hypercall later has its guest make it
 * again: from the instruction itself, before which nothing is loaded.
 */
static struct {
    uint64_t address;
    uint8_t cause;
} calls[CALLS_MAX];
static unsigned call_count;

static uint8_t cause_of_call(const struct qemu_plugin_insn *insn, const struct qemu_plugin_insn *previous,
                             uint8_t otherwise)
{
    const uint64_t address = qemu_plugin_insn_vaddr(insn);
    uint32_t number;
    unsigned i = 0;
    while (i < call_count && calls[i].address != address)
        i++;
    if (!loads_number(previous, &number))
        return i < call_count ? calls[i].cause : otherwise;
    if (i == CALLS_MAX)
        return (uint8_t)(CAUSE_CALL + number);
    call_count += i == call_count;
    calls[i].address = address;
    return calls[i].cause = (uint8_t)(CAUSE_CALL + number);
}

static uint8_t cause_of_instruction(const struct qemu_plugin_insn *insn, const struct qemu_plugin_insn *previous,
                                    bool is_user)
{
    const uint8_t cause = cause_of_bytes(qemu_plugin_insn_data(insn), qemu_plugin_insn_size(insn));
    if (cause == CAUSE_VMMCALL)
        return cause_of_call(insn, previous, cause);
    return cause == CAUSE_SYSCALL && !is_user ? cause_of_call(insn, previous, CAUSE_HYPERCALL) : cause;
}

void causes_translate(struct qemu_plugin_tb *tb, struct block *b, uint64_t user_start, uint64_t user_end)
{
    struct qemu_plugin_insn *previous = NULL;
    b->cause = malloc(b->instructions);
    if (!b->cause)
        abort();
    for (size_t i = 0; i < b->instructions; i++) {
        struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
        b->cause[i] = cause_of_instruction(insn, previous, b->start >= user_start && b->start < user_end);
        previous = insn;
    }
}

/* What is done was not intercepted: an interrupt came behind it, unless it asks by being done, as SYSCALL does. */
enum cause cause_of(const struct block *b, uint64_t done)
{
    if (!b->cause)
        return CAUSE_INTERRUPT;
    if (done < b->instructions)
        return (enum cause)b->cause[done];
    const uint8_t last = b->cause[b->instructions - 1];
    return b->ends_intercepted || last == CAUSE_ACCESS || last == CAUSE_PAUSE ? CAUSE_INTERRUPT : (enum cause)last;
}

const char *cause_word(enum cause cause)
{
    static char call[16];
    if (cause < CAUSE_CALL)
        return words[cause] ? words[cause] : "none";
    snprintf(call, sizeof(call), "call%d", (int)cause - CAUSE_CALL);
    return call;
}
