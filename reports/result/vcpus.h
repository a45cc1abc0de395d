/*
 * vcpus.h: guests that differ in how many vCPUs they have, and in nothing else: what grows with their number.
 */
#ifndef REPORTS_VCPUS_H
#define REPORTS_VCPUS_H

#include "reports/result/model.h"
#include "reports/stats/law.h"

#define VCPUS_MODE 32

/* 16 of "pv+16vcpus"; 1 of a mode that says nothing of them. `rest`, unless NULL, gets the mode without: "pv". */
unsigned vcpus_of(const char *mode, char rest[VCPUS_MODE]);

/* Columns of one hypervisor, machine and mode, with at least three numbers of vCPUs. */
struct vcpus_group {
    char mode[VCPUS_MODE];
    unsigned column[MODEL_COLUMNS_MAX], columns;
};

/* In the order of the model; `into` has room for all of its columns. */
size_t vcpus_groups(const struct model *m, struct vcpus_group into[MODEL_COLUMNS_MAX]);

enum vcpus_growth { VCPUS_UNKNOWN, VCPUS_SAME, VCPUS_GROWS };

/* What an operation of this row costs, and how many entries it makes, in each column of the group. Laws are set where
 * it grows; `has_entries`: that of entries, too. */
struct vcpus_laws {
    struct law cost, entries;
    bool has_entries;
    double spread; /* where it is the same: how far the dearest is from the cheapest, as a share of it */
};
enum vcpus_growth vcpus_laws(const struct model *m, const struct vcpus_group *g, size_t row, struct vcpus_laws *into);

#endif
