/*
 * causes.h: what a guest is left for, by the instruction at which it is: its bytes tell what it asks for. Registers are
 * not read, but who calls a hypervisor by its page of stubs loads the hypercall's number right before.
 */
#ifndef LAB_PLUGIN_CAUSES_H
#define LAB_PLUGIN_CAUSES_H

#include "count.h"

/* CAUSE_CALL + N: the hypercall N, 0 to 63. */
enum cause { CAUSE_NONE, CAUSE_INTERRUPT, CAUSE_ACCESS, CAUSE_CARRIED_OUT, CAUSE_CALL = 64, CAUSES = 128 };

/* At the translation of a guest's block. `user`: where its user mode executes, whose SYSCALL is no hypercall. */
void causes_translate(struct qemu_plugin_tb *tb, struct block *b, uint64_t user_start, uint64_t user_end);

/* Of a guest that is left when so many instructions of the block are done. */
enum cause cause_of(const struct block *b, uint64_t done);

/* One word: "cpuid", "call17". */
const char *cause_word(enum cause cause);

#endif
