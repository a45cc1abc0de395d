/*
 * device_counts.h: how many requests and frames passed between a guest's driver and a back end, as one of them says.
 */
#ifndef COLLECTORS_DEVICE_COUNTS_H
#define COLLECTORS_DEVICE_COUNTS_H

#include "collectors/words.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Requests to the disk; frames that the guest sent, and received. */
enum { DEVICE_READS, DEVICE_WRITES, DEVICE_FLUSHES, DEVICE_SENT, DEVICE_RECEIVED, DEVICE_COUNTS };

extern const char *const device_count_names[DEVICE_COUNTS];

struct device_counts {
    bool known[DEVICE_COUNTS];
    uint64_t count[DEVICE_COUNTS];
};

/* The rest of a line, "NAME=N" in their order, some left out. False when it is malformed. */
bool device_counts_read(struct words *w, struct device_counts *into);
void device_counts_write(const struct device_counts *c, FILE *out);

/* An interface's statistics, from the other end of the guest's wire; what cannot be read stays as it is. */
void device_counts_of_interface(const char *name, struct device_counts *into);

#endif
