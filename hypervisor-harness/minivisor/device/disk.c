/* disk.c: the disk's contents, which are the computer's: a device is the way there. */
#include "disk.h"

static u8 contents[DISK_SIZE] __attribute__((aligned(4096)));

static bool is_there(u64 at, u64 size)
{
    return at <= DISK_SIZE && size <= DISK_SIZE - at;
}

static void copy(void *to, const void *from, u64 size)
{
    size /= 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

bool disk_read(u64 at, void *to, u64 size)
{
    if (!is_there(at, size))
        return false;
    copy(to, contents + at, size);
    return true;
}

bool disk_write(u64 at, const void *from, u64 size)
{
    if (!is_there(at, size))
        return false;
    copy(contents + at, from, size);
    return true;
}
