/*
 * parts.h: whose the instructions are: the guest's, the hypervisor's, its back end's in the kernel or in a program,
 * or those of a kernel that has nothing to do.
 */
#ifndef LAB_PLUGIN_PARTS_H
#define LAB_PLUGIN_PARTS_H

#include "worlds.h"

enum part { PART_GUEST, PART_GUEST_KERNEL, PART_HYPERVISOR, PART_KERNEL, PART_USER, PART_IDLE, PARTS };

void parts_set(const struct setting *setting);

/* At the translation of an instruction that tells who goes on: VMRUN, HLT, a switch between two tasks. */
void parts_translate(struct qemu_plugin_insn *insn, struct qemu_plugin_insn *previous, enum world world);

/* At the beginning of a block of another world than before. */
void parts_enter(enum world world);

/* Instructions of each part so far; and how often a processor was halted outside of the guest,
 * or in one below which nothing is. */
const uint64_t *parts_now(void);
uint64_t parts_halts(void);

/* Is it the back end that executes? */
bool parts_is_back_end(void);

#endif
