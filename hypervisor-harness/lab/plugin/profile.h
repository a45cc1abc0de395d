/*
 * profile.h: which instructions were executed how often in the spans that the guest times itself, and by which calls
 * (frames.h). The sum over all of them is that of the parts.
 */
#ifndef LAB_PLUGIN_PROFILE_H
#define LAB_PLUGIN_PROFILE_H

#include "frames.h"

#include <stdio.h>

/* Not called, nothing is counted. A segment's lines: "segment", its spans; then "code ADDRESS BYTES", how each block of
 * a program's begins that is new: whose it is can be told by that alone, since no register of the processor's can be
 * read; then of each node that was not known before "node NUMBER PARENT WORLD ADDRESS SITE"; then "at NODE CAUSE", of
 * what was executed for an entry of that cause (causes.h), with lines "ADDRESS COUNT" behind it, and "left ADDRESS
 * COUNT" of the guest's instructions at which it was left for that. Behind "shortest INSTRUCTIONS" and "longest
 * INSTRUCTIONS" stands the like of one span, behind "least CAUSE INSTRUCTIONS" and "most CAUSE INSTRUCTIONS" of one
 * entry. Addresses are hexadecimal.
 */
void profile_write_to(FILE *file);

/* At the translation of a block. */
void profile_translate(struct qemu_plugin_tb *tb, struct block *b);

/* The block that is executed, and how many instructions of the one before were done. */
void profile_block(struct block *b, uint64_t done);

/* Of the block that is executed, `position` instructions are done. */
void profile_start(uint64_t position); /* here a span begins */
void profile_end(uint64_t position);   /* here it ends, unless it is said again */

void profile_close(bool good); /* the span is over; not good: it never ended, and is none */
void profile_segment(uint64_t spans);

#endif
