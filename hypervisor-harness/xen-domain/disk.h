/*
 * disk.h: the disk of a domain: a raw image beside the guest, behind Linux's blkback or as the device model's.
 */
#ifndef XEN_DOMAIN_DISK_H
#define XEN_DOMAIN_DISK_H

#include "collectors/device_counts.h"

#include <libxl.h>
#include <stddef.h>

/* The one of a process that runs a domain. */
struct disk {
    const char *kind; /* "pv", "emulated"; NULL: the domain has none */
    const char *image;
    int loop; /* a loop device over it, for blkback; -1: none */
    char device[32];
};

#define DISK_NONE                                                                                                      \
    {                                                                                                                  \
        .loop = -1                                                                                                     \
    }

/* 0, or -1 with the reason in `why`. */
int disk_open(struct disk *d, const char *kind, const char *image, char *why, size_t size);

/* Adds it to a domain's configuration, which frees it; -1: out of memory. */
int disk_configure(const struct disk *d, libxl_domain_config *c);

/* What the block device below blkback has counted; of a disk that has none, nothing. */
void disk_counts(const struct disk *d, struct device_counts *into);

/* The loop device goes when nobody has it open any more, however this process ends. */
void disk_close(struct disk *d);

#endif
