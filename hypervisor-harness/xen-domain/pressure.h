/*
 * pressure.h: memory moved among the domains by their targets, as xl mem-set does it, when the measured guest asks for
 * it at its console: "pvbench: memory less=PAGES", of its own, to whoever has given some; "pvbench: memory more=PAGES",
 * from the next one beside it, which says "pvbench: memory done" when it has given them.
 */
#ifndef XEN_DOMAIN_PRESSURE_H
#define XEN_DOMAIN_PRESSURE_H

#include "hypervisor-harness/xen-domain/beside.h"

#define PRESSURE_LOAD "balloon_pressure"

struct pressure {
    unsigned long less, more; /* that are asked for, in pages; 0: nothing is */
    unsigned next;            /* of those beside it, from 0 */
    unsigned long given;      /* by the one before that */
};

/* A line of the measured guest's. */
void pressure_hear(struct pressure *p, const char *text, size_t size);

static inline bool pressure_is_asked(const struct pressure *p)
{
    return p->less || p->more;
}

/* -1 with the reason in `why`. */
int pressure_move(struct pressure *p, struct domain *measured, struct beside *b, const struct meanwhile *m, char *why,
                  size_t size);

#endif
