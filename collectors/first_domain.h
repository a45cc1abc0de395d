/*
 * first_domain.h: what the probes in Xen's first domain say of a region, and
 * the reader of their lines.
 */
#ifndef COLLECTORS_FIRST_DOMAIN_H
#define COLLECTORS_FIRST_DOMAIN_H

#include "collectors/xen_party.h"

#include "probes/xen.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIRST_DOMAIN_REASON   256
#define FIRST_DOMAIN_HANDLERS 64

struct entry_detail;
struct observation;
struct words;

struct first_domain_counts {
    bool seen;
    /* Programs' requests through privcmd by party and number; the kernel's own hypercalls. */
    struct first_domain_calls {
        struct entry_detail *call;
        size_t calls;
    } asked[XEN_PARTIES], kernel;
    uint64_t mappings; /* requests to map foreign memory, through privcmd */
    uint64_t upcalls;
    struct {
        char name[XEN_EVENT_NAME + 1];
        uint64_t count;
    } handled[FIRST_DOMAIN_HANDLERS]; /* events of the upcalls by their handler's name */
    size_t handlers;
    uint64_t time[XEN_PARTIES]; /* ticks on a processor */
    bool has_kernel, has_upcalls, has_time[XEN_PARTIES];
    char no_privcmd[FIRST_DOMAIN_REASON], no_kernel[FIRST_DOMAIN_REASON], no_upcalls[FIRST_DOMAIN_REASON];
};

void first_domain_counts_free(struct first_domain_counts *f);

/* What follows "M probes". */
void first_domain_line(struct observation *o, struct words *w);

#endif
