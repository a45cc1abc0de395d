/*
 * expectations.h: which entries an operation should cause in the lab, as
 * expectations.tsv beside this file says; the table is part of the program.
 */
#ifndef REPORTS_EXPECTATIONS_H
#define REPORTS_EXPECTATIONS_H

#include <pvbench/entries.h>
#include <stdbool.h>

#define EXPECTED_KINDS 12

struct expectation {
    bool applicable; /* else the operation has no counterpart there */
    struct {
        enum pvb_class class;
        char name[32];
        double least, most; /* in one iteration, on the average; they differ where it depends on who is quicker */
    } kind[EXPECTED_KINDS];
    unsigned kinds;
    double total; /* of the least */
};

/* False when the table does not say. Of a guest with several vCPUs the row "pv+Nvcpus" is taken, with their number. */
bool expectation_of(const char *workload, const char *hypervisor, const char *mode, struct expectation *into);

#endif
