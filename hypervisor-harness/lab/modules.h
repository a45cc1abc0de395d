/*
 * modules.h: which kernel modules a host in the lab loads, in which order.
 *
 * They are looked for by name anywhere under a folder, be it the lab's own,
 * /lib/modules/RELEASE or a kernel's build tree, and each says itself what
 * must be loaded before it ("depends=" in its .modinfo). One that is not
 * there is taken for built in; the kernel says so if it is not.
 */
#ifndef LAB_MODULES_H
#define LAB_MODULES_H

#include <stddef.h>
#include <stdint.h>

#define MODULES_MAX 32

struct module {
    char name[64]; /* with "-" made "_" */
    uint8_t *bytes;
    size_t size;
};

struct modules {
    struct module module[MODULES_MAX]; /* in the order of loading */
    size_t count;
};

/* `wanted` ends with NULL. -1 with the reason in `why`. */
int modules_load(struct modules *m, const char *folder, const char *const *wanted, char *why, size_t why_size);
void modules_free(struct modules *m);

/* The comma-separated names that `bytes` depends on, or "". `into` is cut at `size`. */
void module_depends(const uint8_t *bytes, size_t bytes_size, char *into, size_t size);

#endif
