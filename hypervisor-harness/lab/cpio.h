/*
 * cpio.h: writes the archives that a Linux kernel takes as its first file
 * system (Documentation/driver-api/early-userspace/buffer-format.rst,
 * "newc").
 *
 * The lab's hosts get everything by such archives, some made by the build
 * and one by each boot; the kernel unpacks them one after the other. A
 * writer of our own, because the bytes must depend on names and contents
 * alone: no owner, no time, inodes in the order of writing.
 */
#ifndef LAB_CPIO_H
#define LAB_CPIO_H

#include <stddef.h>
#include <stdio.h>

/* Each returns -1 with errno when the file does not take it. Folders come before what is in them; names have no
 * leading "/". */
struct cpio {
    FILE *out;
    unsigned inode;
    size_t written;
};

void cpio_begin(struct cpio *c, FILE *out);
int cpio_folder(struct cpio *c, const char *name);
int cpio_file(struct cpio *c, const char *name, int executable, const void *bytes, size_t size);
int cpio_link(struct cpio *c, const char *name, const char *target);
int cpio_end(struct cpio *c);

#endif
