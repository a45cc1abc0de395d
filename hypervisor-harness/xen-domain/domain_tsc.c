/*
 * domain_tsc.c: where a domain's TSC stands before it runs: its own time stamps are held against that.
 *
 * A PV guest reads the processor's. That of an HVM guest begins somewhere in the domain's making; Xen says it with the
 * rest of a processor's state, as for a migration.
 */
#include "hypervisor-harness/xen-domain/domain.h"

#include <stdlib.h>
#include <string.h>

#include <xenctrl.h>
#include <xen/hvm/save.h>

#define STATE_MOST (1u << 20)

/* The first processor's record in a list of them, each behind its descriptor. */
static uint64_t tsc_of(const uint8_t *state, size_t size)
{
    struct hvm_save_descriptor head;
    struct hvm_hw_cpu cpu;
    while (size >= sizeof(head)) {
        memcpy(&head, state, sizeof(head));
        state += sizeof(head);
        size -= sizeof(head);
        if (head.length > size)
            break;
        if (head.typecode == HVM_SAVE_CODE(CPU) && head.length >= sizeof(cpu)) {
            memcpy(&cpu, state, sizeof(cpu));
            return cpu.tsc;
        }
        state += head.length;
        size -= head.length;
    }
    return 0;
}

static uint64_t ask(xc_interface *xc, uint32_t domain)
{
    const int size = xc_domain_hvm_getcontext(xc, domain, NULL, 0);
    uint8_t *state = size > 0 && (unsigned)size <= STATE_MOST ? calloc(1, (size_t)size) : NULL;
    uint64_t tsc = 0;
    if (state && xc_domain_hvm_getcontext(xc, domain, state, (uint32_t)size) >= 0)
        tsc = tsc_of(state, (size_t)size);
    free(state);
    return tsc;
}

uint64_t domain_tsc(const struct domain *d, bool is_pv)
{
    if (is_pv)
        return __builtin_ia32_rdtsc();
    xc_interface *xc = xc_interface_open(NULL, NULL, 0);
    const uint64_t tsc = xc ? ask(xc, d->id) : 0;
    if (xc)
        xc_interface_close(xc);
    return tsc;
}
