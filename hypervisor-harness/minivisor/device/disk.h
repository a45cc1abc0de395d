/* disk.h: the disk that the minivisor's virtual devices read and write, in memory of the hypervisor's own. */
#ifndef DEVICE_DISK_H
#define DEVICE_DISK_H

#include "types.h"

#define DISK_SIZE (1u << 20)

/* In bytes; whole words. False: not all of it is on the disk, and nothing was done. */
bool disk_read(u64 at, void *to, u64 size);
bool disk_write(u64 at, const void *from, u64 size);

#endif
