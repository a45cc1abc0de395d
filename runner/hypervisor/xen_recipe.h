/* xen_recipe.h: how the lab boots Xen. */
#ifndef RUNNER_XEN_RECIPE_H
#define RUNNER_XEN_RECIPE_H

#include "runner/hypervisor/recipe.h"

extern const struct recipe xen_recipe;

/* As struct recipe_below's. */
void xen_last_words(const char *log, char *into, size_t size);

/* What Xen says of its "Speculative mitigation facilities" on its console: {"Xen settings": "BTI-Thunk: …", …}, a new
 * reference; empty when it says nothing. */
json_t *xen_protections(const char *log);

#endif
