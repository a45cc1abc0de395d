/*
 * code.h: the guest's code, for telling what instruction Xen carried
 * out: its trace has the address only.
 */
#ifndef XEN_DOMAIN_CODE_H
#define XEN_DOMAIN_CODE_H

#include <stddef.h>
#include <stdint.h>

#define XEN_CODE_PARTS 8
#define XEN_CODE_OTHER 0xffffu /* in no row of entries.def: shown as "other" */

struct xen_code {
    struct {
        uint64_t address;
        const uint8_t *bytes;
        size_t size;
    } part[XEN_CODE_PARTS];
    unsigned parts;
};

/* Bytes of the guest's memory as the image has them; not copied. More than XEN_CODE_PARTS are ignored. */
void xen_code_add(struct xen_code *c, uint64_t address, const uint8_t *bytes, size_t size);

/* The kind of emulation (entries.def) of the instruction that ends at `rip`, or XEN_CODE_OTHER. */
uint32_t xen_code_before(const struct xen_code *c, uint64_t rip);

#endif
