/* worlds.h: who executes a block, seen when it is translated. */
#ifndef LAB_PLUGIN_WORLDS_H
#define LAB_PLUGIN_WORLDS_H

#include "count.h"

/* What is in the machine: a guest alone, the minivisor and its guest, Linux with KVM, or Xen with its first domain. */
enum layout { LAYOUT_BARE, LAYOUT_MINIVISOR, LAYOUT_LINUX, LAYOUT_XEN };

struct setting {
    enum layout layout;
    bool is_hvm;   /* the guest's mode */
    bool is_linux; /* it has a kernel and programs, which lie where a host's do */
    struct {
        uint64_t start, end;
    } guest[2]; /* the guest's addresses: its image, its user mode; of Linux the code that reads its time stamps, and
                   programs */
};

void worlds_set(const struct setting *setting);

/* Always asked before the block is executed for the first time. */
enum world worlds_of(const struct qemu_plugin_tb *tb);

/* At the translation of an instruction. */
void worlds_translate(struct qemu_plugin_insn *insn, enum world world);

/* At the beginning of a block. */
void worlds_block(const struct block *b);

#endif
