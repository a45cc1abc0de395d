/* code.h: the bytes of an instruction of the guest's, for those who carry it out: emulate.c and table_writes.c. */
#ifndef PV_CODE_H
#define PV_CODE_H

#include "user_copy.h"

struct code {
    u8 bytes[16];        /* the longest instruction has 15 */
    unsigned int length; /* that could be read */
    unsigned int at;
};

/* As many bytes as there are before an unreadable page. */
static inline void code_fetch(struct code *code, u64 rip)
{
    u64 words[2];

    code->at = 0;
    code->length = 0;
    /* Where the processor has just fetched from: what follows lies at worst in no one's addresses. */
    if (address_is_guests(rip) && load_guest_u64(&words[0], rip) && load_guest_u64(&words[1], rip + 8)) {
        __builtin_memcpy(code->bytes, words, sizeof(words));
        code->length = 15;
    } else
        while (code->length < 15 && copy_from_guest(&code->bytes[code->length], rip + code->length, 1))
            code->length++;
}

static inline bool code_next(struct code *code, u8 *byte)
{
    if (code->at >= code->length)
        return false;
    *byte = code->bytes[code->at++];
    return true;
}

/* The processor's register numbers, AMD APM vol. 3, 1.4. */
static inline u64 *numbered_register(struct regs *r, unsigned int number)
{
    u64 *const registers[16] = {&r->rax, &r->rcx, &r->rdx, &r->rbx, &r->rsp, &r->rbp, &r->rsi, &r->rdi,
                                &r->r8,  &r->r9,  &r->r10, &r->r11, &r->r12, &r->r13, &r->r14, &r->r15};

    return registers[number & 15];
}

#endif
