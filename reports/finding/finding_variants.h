/* finding_variants.h: of a hypervisor that was started in several ways, which way costs most, and which least. */
#ifndef REPORTS_FINDING_VARIANTS_H
#define REPORTS_FINDING_VARIANTS_H

#include "reports/result/variants.h"

#include <stdio.h>

/* A clause that goes on from others, or nothing; `v` has all `n` of the model's. */
void finding_variants(const struct model *m, const struct model_group *g, const struct variant *v, size_t n, FILE *out);

#endif
