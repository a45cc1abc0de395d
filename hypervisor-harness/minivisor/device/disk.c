/* disk.c: the contents of the guest's disk, and where they end. */
#include "disk.h"
#include "guest.h"
#include "memory.h"

void disk_init(void)
{
    guest.disk.bytes = phys_to_virt(allocate_frames(DISK_SIZE >> PAGE_SHIFT));
}

u8 *disk_bytes(u64 at, u64 size)
{
    if (at > DISK_SIZE || size > DISK_SIZE - at)
        return NULL;
    return guest.disk.bytes + at;
}
