/* first_domain_json.h: what the probes in Xen's first domain said, as the result has it. */
#ifndef COLLECTORS_FIRST_DOMAIN_JSON_H
#define COLLECTORS_FIRST_DOMAIN_JSON_H

#include "collectors/entries_json.h"

/*
 * Adds to a region's host_side; what is not known is null, with the reason in
 * `unavailable` under host_side.… behind `prefix`. `none`: why there were no probes; empty: no reason.
 */
void first_domain_json(json_t *side, const struct first_domain_counts *f, const struct measure *m, const char *none,
                       json_t *unavailable, const char *prefix);

#endif
