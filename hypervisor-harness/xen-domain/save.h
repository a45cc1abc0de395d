/*
 * save.h: the measured domain saved to a file and made anew from it, as xl save and xl restore do, as often as its
 * guest asks for it by the word "pvbench: save live=0|1" at its console.
 */
#ifndef XEN_DOMAIN_SAVE_H
#define XEN_DOMAIN_SAVE_H

#include "hypervisor-harness/xen-domain/domain.h"

#include <stdio.h>

#define SAVES_MOST 1000u /* that a guest may ask for: each makes a domain */

struct save {
    bool asked, live;
    unsigned count; /* of those that were done */
};

/* A line of the guest's. */
void save_hear(struct save *s, const char *text, size_t size);

/* Does what was asked for, so that the guest is there, paused, as another domain. The lines "M saved" and "M passage"
 * of pvbench/log.h come after save_print(), once it runs again. -1 with the reason in `why`. */
int save_pass(struct save *s, struct domain *d, const char *mode, const char *guest, const struct meanwhile *m,
              char *why, size_t size);

/* Lets it run. `out`: NULL, or where it is said what all of it took. */
int save_go_on(struct save *s, struct domain *d, FILE *out, char *why, size_t size);

#endif
