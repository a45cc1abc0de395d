/* finding_company.h: of guests that have others beside them, which one loses most by them, and by whom. */
#ifndef REPORTS_FINDING_COMPANY_H
#define REPORTS_FINDING_COMPANY_H

#include "reports/result/company.h"

#include <stdio.h>

/* A clause that goes on from others, or nothing; `c` has all `n` of the model's. */
void finding_company(const struct model *m, const struct model_group *g, const struct company *c, size_t n, FILE *out);

#endif
