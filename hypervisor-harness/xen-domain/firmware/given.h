/*
 * given.h: what the firmware is given, at its very beginning, by whoever puts it beside a kernel
 * (hypervisor-harness/xen-domain/firmware.c).
 */
#ifndef XEN_DOMAIN_FIRMWARE_GIVEN_H
#define XEN_DOMAIN_FIRMWARE_GIVEN_H

#include <stdint.h>

#define FIRMWARE_MAGIC     0x66627670u /* "pvbf" */
#define FIRMWARE_ARGUMENTS 1024

struct firmware_given {
    /* Its own, by the linker: where it is entered, and the memory from its first byte to behind its last. */
    uint32_t magic, start, base, end;
    uint64_t kernel; /* where that is entered */
    uint64_t archive, archive_size;
    char arguments[FIRMWARE_ARGUMENTS];
};

#endif
