/*
 * trace_cells.h: sums by what they are of, for records that come one by one.
 * How many cells there are is up to a guest; what finds no room is counted.
 */
#ifndef RUNNER_TRACE_CELLS_H
#define RUNNER_TRACE_CELLS_H

#include <stdint.h>

/* No byte of it is without meaning. */
struct trace_cell {
    uint16_t domain, vcpu, what;
    uint32_t code;
    uint64_t part;
};

struct trace_sums_of {
    uint64_t count, sum, min, max;
};

struct trace_cells;

struct trace_cells *trace_cells_new(void);
void trace_cells_free(struct trace_cells *c);
void trace_cells_add(struct trace_cells *c, const struct trace_cell *key, uint64_t cost);
void trace_cells_each(const struct trace_cells *c,
                      void (*take)(void *with, const struct trace_cell *key, const struct trace_sums_of *sums),
                      void *with);
uint64_t trace_cells_lost(const struct trace_cells *c);

/* Of the fine histogram, in which a cost falls (probes/kvm.h has the same of the probes). */
uint32_t trace_part_of(uint64_t cost);

#endif
