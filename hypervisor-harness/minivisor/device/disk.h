/*
 * disk.h: the contents of the guest's disk: memory of the minivisor's, all
 * zeros at start and gone at the end. The back ends of both modes share it.
 */
#ifndef DISK_H
#define DISK_H

#include "types.h"

#define SECTOR_SIZE 512ull
#define DISK_SIZE   (1ull << 20)

struct disk {
    u8 *bytes;
};

/* Once at start, before a back end asks for its bytes. */
void disk_init(void);

/* The bytes of the disk from `at` on; null: not all of them are on it. */
u8 *disk_bytes(u64 at, u64 size);

#endif
