/*
 * balloon.h: frames that the guest has given back, kept for when it wants
 * memory again. PV and HVM share it.
 */
#ifndef BALLOON_H
#define BALLOON_H

#include "types.h"

/* What the guest gave back. */
struct balloon {
    u64 top; /* frame; 0: none */
    u64 given;
};

/* Takes over a frame that the guest owned and that nothing refers to. */
void balloon_give(u64 frame);

/* A zeroed frame for the guest, or 0 when all that it may have is in use. */
u64 balloon_take(void);

/* Frames that the guest holds now. */
u64 balloon_held(void);

#endif
