/*
 * xen_version.h: what the minivisor says of itself to a guest that asks in
 * Xen's ways: hypercall xen_version and the CPUID leaves. The same for PV
 * and HVM. Its extraversion tells it from Xen.
 */
#ifndef XEN_VERSION_H
#define XEN_VERSION_H

#include "types.h"

#define MINIVISOR_XEN_VERSION  ((4 << 16) | 17) /* the ABI that is offered */
#define MINIVISOR_EXTRAVERSION "-minivisor"

struct version_answer {
    long result; /* or -errno */
    u64 size;    /* bytes of data for the guest's buffer; 0: none */
    u8 data[1024];
};

void version_answer(u64 cmd, struct version_answer *answer);

/* CPUID as a guest is to see it. */
struct cpuid;
struct cpuid guest_cpuid(u32 leaf, u32 subleaf);

/* The MSR with which an HVM guest installs the hypercall page. */
#define HYPERCALL_PAGE_MSR 0x40000000u

/* Fills a hypercall page: stubs of 32 bytes. */
void fill_hypercall_page(u8 *page);

#endif
