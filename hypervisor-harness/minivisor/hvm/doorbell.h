/* doorbell.h: the test device's page, for whoever understands accesses to memory (mmio.c). */
#ifndef HVM_DOORBELL_H
#define HVM_DOORBELL_H

#include "types.h"

u8 doorbell_memory_read(u32 at);
void doorbell_memory_write(u32 at, u8 value);

#endif
