/*
 * frames.h: by which calls the processor has come to where it executes: a tree, each node a function that was called
 * from its parent.
 */
#ifndef LAB_PLUGIN_FRAMES_H
#define LAB_PLUGIN_FRAMES_H

#include "parts.h"

struct node {
    uint32_t parent;  /* a node's number; that of itself: nobody called it */
    enum world world; /* who executes */
    uint64_t address; /* of the function that was called; 0: none, it is where a world is entered */
    uint64_t site;    /* of the call: what calls may have been jumped to */
};

/* From now on, or no longer; what is called meanwhile is not seen. */
void frames_watch(bool on);

/* At the translation of an instruction: calls and returns tell. */
void frames_translate(struct qemu_plugin_insn *insn);

/* At the beginning of a block, behind frames_change_world(). */
void frames_block(const struct block *b);

/* Who executed before, and who does now. */
void frames_change_world(enum world from, enum world to, enum layout layout);

/* Where it executes. */
uint32_t frames_now(void);

/* Those that are known by now; a number is that of the same node for good. */
const struct node *frames_nodes(uint32_t *count);

#endif
