/*
 * guest_image.h: the guest's code, for finding out which instruction Xen
 * carried out at an address that it recorded.
 */
#ifndef XEN_DOMAIN_GUEST_IMAGE_H
#define XEN_DOMAIN_GUEST_IMAGE_H

#include "hypervisor-harness/xen-domain/trace.h"

struct guest_image {
    uint8_t *bytes;
    size_t size;
};

int guest_image_read(struct guest_image *g, const char *path, char *why, size_t why_size);
void guest_image_tell(const struct guest_image *g, struct xen_trace *t);

/* Where a section of that name lies in the guest, if it has `size` bytes at least; 0: it has none. */
uint64_t guest_image_section(const struct guest_image *g, const char *name, size_t size);
void guest_image_free(struct guest_image *g);

#endif
