/*
 * ide.h: the two halves of the emulated disk, and what they ask of each
 * other: ide.c is the drive, bus_master.c the controller's half that moves
 * its data. Their state is in board.h.
 */
#ifndef IDE_H
#define IDE_H

#include "types.h"

/* Where BAR4 has the bus master's registers (pci.c), for good. */
#define BUS_MASTER_PORT 0xc000

void ide_init(void);

/* The drive has these bytes to send or to receive, in place of any that it had before. None: size 0. */
void bus_master_offer(u8 *bytes, u64 size, bool to_memory);

/* The drive interrupts. */
void bus_master_interrupt(void);

/* All that was offered has been moved. */
void ide_moved(void);

#endif
