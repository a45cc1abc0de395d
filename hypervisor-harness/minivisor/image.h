/*
 * image.h: the guest's image: an ELF64 file in memory, from a runner that
 * may be wrong: everything in it is checked before use.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include "guest.h"
#include "types.h"

struct image_segment {
    u64 address; /* p_paddr, where a PV image is based on virt_base */
    u64 file_size, memory_size;
    const u8 *bytes;
};

#define IMAGE_SEGMENTS 8

/* What is loaded beside the image, for a guest that is a kernel: bytes for it, and words. */
struct image_extra {
    const u8 *bytes;
    u64 size;         /* 0: there is none */
    const char *line; /* may be empty */
};

struct image {
    enum guest_mode mode; /* what it is run as; one that can be both is a PV guest */
    unsigned int segments;
    struct image_segment segment[IMAGE_SEGMENTS];
    u64 end;            /* first address behind the last segment */
    unsigned int notes; /* of Xen's */
    /* PV, from the notes of xen/elfnote.h; hypercall_page 0: it brings its own way in */
    u64 virt_base, paddr_offset, entry, hypercall_page;
    /* HVM */
    u64 phys32_entry;
    struct image_extra extra;
};

/* Panics with the reason when it is no image of a guest. */
void image_parse(struct image *image, const u8 *file, u64 size);

#endif
