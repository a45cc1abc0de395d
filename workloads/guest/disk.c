/*
 * disk.c: the disk of guest.h, by whichever driver of the setting's kind finds one (disk.h), and the
 * contents by which it is seen whether data came where they should.
 */
#include "disk.h"

extern const struct disk_driver disk_drivers[], disk_drivers_end[];

uint64_t disk_requests[DISK_OPERATIONS];

static const struct disk_driver *disk; /* while it is open */
static unsigned done;                  /* of those that nobody has waited for yet */

static size_t drivers(void)
{
    return ((uintptr_t)disk_drivers_end - (uintptr_t)disk_drivers) / sizeof(*disk_drivers);
}

void disk_init(void)
{
    for (size_t i = 0; i < drivers(); i++)
        if (disk_drivers[i].init && params_have_devices(disk_drivers[i].emulated))
            disk_drivers[i].init();
}

const char *guest_disk_open(unsigned requests)
{
    static const char none[] = "no disk is part of this guest; a suite's \"devices\" say which it has";
    const char *reason = none;
    for (size_t i = 0; i < drivers(); i++) {
        if (!params_have_devices(disk_drivers[i].emulated))
            continue;
        if (disk_drivers[i].is_possible && !disk_drivers[i].is_possible()) {
            if (reason == none)
                reason = "no hypervisor shows itself that has such a disk";
            continue;
        }
        reason = disk_drivers[i].open();
        if (reason)
            continue;
        disk = &disk_drivers[i];
        done = 0;
        if (requests <= disk->depth)
            return NULL;
        guest_disk_close();
        return "this disk takes one request after the other";
    }
    return reason;
}

void guest_disk_close(void)
{
    disk->close();
    disk = NULL;
}

const char *guest_disk_no_flush(void)
{
    return disk->no_flush ? disk->no_flush() : NULL;
}

void guest_disk_put(enum disk_operation operation, uint64_t at, void *const *page, unsigned pages)
{
    const struct disk_request request = {operation, at, page, pages};
    disk_requests[operation]++;
    disk->put(&request);
}

void guest_disk_notify(void)
{
    disk->notify();
}

void guest_disk_wait(unsigned requests)
{
    while (done < requests)
        done += disk->wait();
    done -= requests;
}

void guest_disk_transfer(enum disk_operation operation, uint64_t at, void *const *page, unsigned requests)
{
    for (unsigned i = 0; i < requests; i++)
        guest_disk_put(operation, at + i, &page[i], 1);
    guest_disk_notify();
    guest_disk_wait(requests);
}

/* No two words of a disk are alike. */
static uint64_t word_of(uint64_t number, unsigned i)
{
    return (number * (PAGE_SIZE / 8) + i) * 0x9e3779b97f4a7c15u + 1;
}

void guest_disk_fill(void *page, uint64_t number)
{
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        ((uint64_t *)page)[i] = word_of(number, i);
}

void guest_disk_check(const void *page, uint64_t number)
{
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        if (((const uint64_t *)page)[i] != word_of(number, i))
            guest_panic("page %lu of the disk: word %u is 0x%lx in place of 0x%lx", number, i,
                        ((const uint64_t *)page)[i], word_of(number, i));
}
