/*
 * firmware.h: a kernel of Linux with what enters it as a BIOS would, in one file that Xen takes for a guest's firmware.
 *
 * firmware/linux.c says why Linux as an HVM guest is not started as a PVH guest is. Xen loads one ELF file for such a
 * guest and gives it neither archive nor command line: all three are in that file, which is the same for the same
 * three.
 */
#ifndef XEN_DOMAIN_FIRMWARE_H
#define XEN_DOMAIN_FIRMWARE_H

#include "hypervisor-harness/xen-domain/domain.h"
#include "hypervisor-harness/xen-domain/guest_image.h"

/* Of a guest that is Linux: writes it beside the kernel, in whose place it is the guest. -1 with the reason in `why`.
 */
int firmware_beside(const char **guest, const struct guest_image *kernel, const struct domain *d, char *why,
                    size_t size);

/* Writes it to `path`. `memory_mib`: the guest's. -1 with the reason in `why`. */
int firmware_write(const char *path, const struct guest_image *kernel, const char *archive, const char *arguments,
                   unsigned memory_mib, char *why, size_t size);

#endif
