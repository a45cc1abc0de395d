/*
 * carrier.h: what travels in the guest and carries the workloads there.
 *
 * "bare" is the guest image alone: the workloads over a start of day of a few pages. "linux" is a kernel of Linux and
 * an archive for its first file system, with the loads as its first process. A new carrier is
 * one new file and one row in carriers.c.
 *
 * What travels lies in files of these names in the boot's folder: names must not depend on where that lies.
 */
#ifndef RUNNER_CARRIER_H
#define RUNNER_CARRIER_H

#include "runner/carrier/image.h"
#include "runner/common/paths.h"

/* What is started: the bare guest; or Linux, its ELF file (vmlinux) without what only fills it. */
#define GUEST_FILE "guest.elf"
/* The archive (cpio) that Linux takes as its first file system. */
#define GUEST_ARCHIVE "guest.cpio"

/* In the folder of images: the kernel, and its hash where somebody who trusts himself has left it. */
#define GUEST_KERNEL        "guest-vmlinux"
#define GUEST_KERNEL_SHA256 GUEST_KERNEL ".sha256"

/* There, too: the archive of Debian's programs, and its hash. */
#define GUEST_PROGRAMS        "guest-programs.cpio"
#define GUEST_PROGRAMS_SHA256 GUEST_PROGRAMS ".sha256"

struct carrier {
    const char *name;
    const char *image; /* the same file for all modes; NULL: the hypervisor knows (guest_image_name()) */
    /* Reads the file called `name` of the folder of images. */
    int (*load)(struct image *image, const struct paths *paths, const char *name, struct pvb_error *e);
    /* Reads what workloads find in the guest that need more than the image (PVB_NEEDS_*). NULL: there is no such thing.
     */
    int (*equip)(struct image *image, const struct paths *paths, unsigned needs, struct pvb_error *e);
    /* Writes what boots into the folder `dir`: it runs these workloads. `flags`: PVB_PARAM_*. */
    int (*write)(const struct image *image, const struct pvb_param_workload *workloads, unsigned count, uint32_t flags,
                 const char *dir, struct pvb_error *e);
};

extern const struct carrier carrier_bare, carrier_linux;

/* NULL: there is none of that name. */
const struct carrier *carrier_find(const char *name);
bool carrier_known(const char *name);

/* "a, b" for the messages that say what is known. */
void carriers_list(char *into, size_t size);

#endif
