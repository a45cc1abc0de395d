/*
 * parts.h: whose the instructions of a cell are, as the result's "parts" have it: per operation, of one boot. On a host
 * it is whose the time is, of a start that was watched.
 */
#ifndef REPORTS_PARTS_H
#define REPORTS_PARTS_H

#include "reports/result/model.h"

enum part { PART_GUEST, PART_HYPERVISOR, PART_KERNEL, PART_USER, PART_IDLE, PARTS };

extern const char *const part_names[PARTS]; /* for people */

struct parts {
    const char *unit;                        /* "instructions"; on a host "ns" */
    double total, part[PARTS], unattributed; /* the six are the total, which in the lab is the mean cost */
    double guest_kernel;                     /* of the guest's part; 0: not told */
    bool served;                             /* by a back end; then: */
    double out, in; /* of an iteration: until the back end has it, until the guest has it again */
};

/* False: the cell has none. */
bool parts_of(const struct model *m, size_t row, unsigned column, struct parts *into);

/* The unit of all cells that have parts; NULL: there is no such cell, or they have several. */
const char *parts_unit(const struct model *m);

bool parts_any(const struct model *m);

#endif
