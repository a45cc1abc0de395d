/*
 * count.h: how many instructions have been executed, as the emulated clock has it.
 *
 * A plugin can count what is begun. The clock (-icount) counts what is done: an instruction that faults or is
 * intercepted is begun, is counted once more when it is begun again, and does not tick. So what begins is
 * counted, and taken back when what follows shows that it was not done.
 */
#ifndef LAB_PLUGIN_COUNT_H
#define LAB_PLUGIN_COUNT_H

#include "qemu_plugin.h"

#include <stdbool.h>

/* Who executes. */
enum world { WORLD_GUEST, WORLD_GUEST_KERNEL, WORLD_HYPERVISOR, WORLD_KERNEL, WORLD_USER, WORLDS };

/* A bare guest is of one world; one that is Linux of two. */
static inline bool world_is_guest(enum world world)
{
    return world <= WORLD_GUEST_KERNEL;
}

/* A translation block: it lives as long as the emulator, since nobody tells when a translation is thrown away. */
struct block {
    uint64_t start, next; /* addresses: the first instruction's, and the one behind the last */
    uint64_t instructions;
    enum world world;
    bool is_landing;         /* where a fault was seen to lead to */
    bool ends_done;          /* its last one ticks whatever follows */
    unsigned stack_accesses; /* of its last one, if that is a call or a return: as many if it is done */
    bool ends_intercepted;   /* its last one does nothing unless what follows is its successor */
    uint8_t *cause;          /* of each instruction (causes.h), of a guest's; NULL: of others */
    struct code *code;       /* how it begins, of a program's, until it was told; NULL: of others */
    uint8_t size[];          /* of each instruction, in bytes */
};

/* What executes an instruction that ends a block, beside its world. */
struct rules {
    bool guest_is_hvm;      /* its privileged instructions are intercepted; else they are refused */
    bool guest_is_linux;    /* it handles faults of its own */
    bool nothing_below;     /* the guest is the machine's */
    bool ports_are_virtual; /* IN and OUT of kernel and programs are refused, too: they run below a hypervisor */
};

struct block *count_translation(struct qemu_plugin_tb *tb, enum world world, const struct rules *rules);

/* At the beginning of a block: how many instructions of the one before were done. From then on count_now() is exact, up
 * to its last instruction. */
uint64_t count_block(struct block *b);

uint64_t count_position(void); /* how many instructions of this block are done */

uint64_t count_now(void);

bool count_is_vmrun(const struct qemu_plugin_insn *insn);

#endif
