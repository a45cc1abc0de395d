/* code.c: the privileged instructions by their last bytes. */
#include "hypervisor-harness/xen-domain/code.h"

#include <pvbench/entries.h>

void xen_code_add(struct xen_code *c, uint64_t address, const uint8_t *bytes, size_t size)
{
    if (c->parts == XEN_CODE_PARTS)
        return;
    c->part[c->parts].address = address;
    c->part[c->parts].bytes = bytes;
    c->part[c->parts++].size = size;
}

/* The byte at `address - back`, or -1. */
static int byte_before(const struct xen_code *c, uint64_t address, unsigned back)
{
    for (unsigned i = 0; i < c->parts; i++) {
        uint64_t offset = address - back - c->part[i].address;
        if (offset < c->part[i].size)
            return c->part[i].bytes[offset];
    }
    return -1;
}

/*
 * What privileged instruction ends at `rip` (AMD APM vol. 3): Xen records
 * the address after it has carried it out. Opcodes of two bytes first, since
 * their second byte may look like one of one byte.
 */
uint32_t xen_code_before(const struct xen_code *c, uint64_t rip)
{
    int one = byte_before(c, rip, 1), two = byte_before(c, rip, 2), three = byte_before(c, rip, 3);
    if (two == 0x0f && one == 0x30)
        return PVB_EM_wrmsr;
    if (two == 0x0f && one == 0x32)
        return PVB_EM_rdmsr;
    if (two == 0x0f && one == 0xa2)
        return PVB_EM_cpuid;
    if (two == 0x0f && one == 0x31)
        return PVB_EM_rdtsc;
    if (two == 0x0f && one == 0x06)
        return PVB_EM_clts;
    if (two == 0x0f && (one == 0x08 || one == 0x09))
        return PVB_EM_wbinvd;
    if (three == 0x0f && two == 0x01 && one == 0xd1)
        return PVB_EM_xsetbv;
    if (three == 0x0f && two == 0x20)
        return PVB_EM_read_cr;
    if (three == 0x0f && two == 0x22)
        return PVB_EM_write_cr;
    if (three == 0x0f && two == 0x21)
        return PVB_EM_read_dr;
    if (three == 0x0f && two == 0x23)
        return PVB_EM_write_dr;
    if (two == 0xe4 || two == 0xe5)
        return PVB_EM_in;
    if (two == 0xe6 || two == 0xe7)
        return PVB_EM_out;
    switch (one) {
    case 0xec:
    case 0xed:
        return PVB_EM_in;
    case 0xee:
    case 0xef:
        return PVB_EM_out;
    case 0xfa:
        return PVB_EM_cli;
    case 0xfb:
        return PVB_EM_sti;
    case 0xf4:
        return PVB_EM_hlt;
    default:
        return XEN_CODE_OTHER;
    }
}
