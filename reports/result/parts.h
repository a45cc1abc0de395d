/*
 * parts.h: whose the instructions of a cell are, as the result's "parts" have it: per operation, of one boot.
 */
#ifndef REPORTS_PARTS_H
#define REPORTS_PARTS_H

#include "reports/result/model.h"

enum part { PART_GUEST, PART_HYPERVISOR, PART_KERNEL, PART_USER, PART_IDLE, PARTS };

extern const char *const part_names[PARTS]; /* for people */

struct parts {
    double total, part[PARTS], unattributed; /* the six are the total, which is the mean cost */
    bool served;                             /* by a back end; then: */
    double out, in; /* of an iteration: until the back end has it, until the guest has it again */
};

/* False: the cell has none. */
bool parts_of(const struct model *m, size_t row, unsigned column, struct parts *into);

bool parts_any(const struct model *m);

#endif
