/* disk.c: see disk.h. blkback takes block devices alone, so the image gets a loop device. */
#include "hypervisor-harness/xen-domain/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TRIES 16 /* another process may take the free one first */

static int attach(struct disk *d, int control, int image)
{
    const struct loop_config config = {.fd = (unsigned)image, .block_size = 512, .info.lo_flags = LO_FLAGS_AUTOCLEAR};
    const int number = ioctl(control, LOOP_CTL_GET_FREE);
    if (number < 0)
        return -1;
    snprintf(d->device, sizeof(d->device), "/dev/loop%d", number);
    d->loop = open(d->device, O_RDWR | O_CLOEXEC);
    if (d->loop >= 0 && ioctl(d->loop, LOOP_CONFIGURE, &config) == 0)
        return 0;
    const int why = errno;
    disk_close(d);
    errno = why;
    return -1;
}

static int open_loop(struct disk *d)
{
    const int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), image = open(d->image, O_RDWR | O_CLOEXEC);
    int bad = control < 0 || image < 0 ? -1 : attach(d, control, image);
    for (int i = 0; bad && errno == EBUSY && i < TRIES; i++)
        bad = attach(d, control, image);
    const int why = errno;
    if (control >= 0)
        close(control);
    if (image >= 0)
        close(image);
    errno = why;
    return bad;
}

int disk_open(struct disk *d, const char *kind, const char *image, char *why, size_t size)
{
    *d = (struct disk){.kind = kind, .image = image, .loop = -1};
    if (strcmp(kind, "pv") != 0 || open_loop(d) == 0)
        return 0;
    snprintf(why, size, "no loop device for the domain's disk: %s; load the module loop", strerror(errno));
    return -1;
}

int disk_configure(const struct disk *d, libxl_domain_config *c)
{
    const bool pv = d->kind && strcmp(d->kind, "pv") == 0;
    if (!d->kind)
        return 0;
    c->disks = calloc(1, sizeof(*c->disks));
    if (!c->disks)
        return -1;
    c->num_disks = 1;
    libxl_device_disk *disk = &c->disks[0];
    libxl_device_disk_init(disk);
    disk->pdev_path = strdup(pv ? d->device : d->image);
    /* A name of Xen's own, for which the device model has no controller; or the first of the IDE controller. */
    disk->vdev = strdup(pv ? "xvda" : "hda");
    disk->backend = pv ? LIBXL_DISK_BACKEND_PHY : LIBXL_DISK_BACKEND_QDISK;
    disk->format = LIBXL_DISK_FORMAT_RAW;
    disk->readwrite = 1;
    return disk->pdev_path && disk->vdev ? 0 : -1;
}

/*
 * blkback's own statistics begin anew with each ring, so they are the loop device's below it (Linux,
 * Documentation/block/stat.rst): requests that were merged on the way there are counted apart.
 */
void disk_counts(const struct disk *d, struct device_counts *into)
{
    enum { READ, READ_MERGED, WRITE = 4, WRITE_MERGED, FLUSH = 15, FIELDS };
    uint64_t field[FIELDS];
    char path[96];
    snprintf(path, sizeof(path), "/sys/block/%s/stat", d->device + strlen("/dev/"));
    FILE *f = d->loop >= 0 ? fopen(path, "re") : NULL;
    bool good = f;
    for (unsigned i = 0; good && i < FIELDS; i++)
        good = fscanf(f, "%" SCNu64, &field[i]) == 1;
    if (f)
        fclose(f);
    if (!good)
        return;
    into->count[DEVICE_READS] = field[READ] + field[READ_MERGED];
    into->count[DEVICE_FLUSHES] = field[FLUSH];
    into->count[DEVICE_WRITES] = field[WRITE] + field[WRITE_MERGED] - field[FLUSH];
    into->known[DEVICE_READS] = into->known[DEVICE_WRITES] = into->known[DEVICE_FLUSHES] = true;
}

void disk_close(struct disk *d)
{
    if (d->loop >= 0)
        close(d->loop);
    d->loop = -1;
}
