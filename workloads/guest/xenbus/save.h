/*
 * save.h: what a mode does to be saved and restored (pv/save.c, hvm/save.c).
 */
#ifndef GUEST_SAVE_H
#define GUEST_SAVE_H

#include "xenbus.h"

void save_prepare(void);       /* once: what the toolstack reads before the guest suspends */
void save_announce(bool able); /* to take part; before it is asked, and no longer when it has been */

/* Suspends; comes back as another domain with the same memory, whose shared page, console and grants are found anew. */
void save_suspend(void);

#endif
