/*
 * finding.h: what a result says to somebody who has to decide, in one
 * paragraph a hypervisor: which mode pays how many times for what. Every word
 * is computed from the model and true of all that was measured, of a part of a result, too.
 *
 * A multiple is of the cheapest mode's cost in that workload; it is the one that the
 * median and the mean both hold (struct model_ratio). A group of workloads that costs
 * FINDING_CLEAR times or more in each of them is in the range that is said; of another, that costs more than
 * FINDING_EQUAL times somewhere, the most is said.
 */
#ifndef REPORTS_FINDING_H
#define REPORTS_FINDING_H

#include "reports/result/model.h"

#define FINDING_EQUAL 1.1 /* up to here a mode is as cheap as the cheapest */
#define FINDING_CLEAR 2.0

/* "xen 4.17.7": of whom it is; the machine, too, where it is not the lab. */
void finding_subject(const struct model *m, const struct model_group *g, char *into, size_t size);

/* The caller's to free; NULL: nothing was measured there, or it is no hypervisor. */
char *finding_text(const struct model *m, const struct model_group *g);

#endif
