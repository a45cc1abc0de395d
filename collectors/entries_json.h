/* entries_json.h: the entries of a region, as the result has them. */
#ifndef COLLECTORS_ENTRIES_JSON_H
#define COLLECTORS_ENTRIES_JSON_H

#include "collectors/books.h"

#include <jansson.h>

/* {"unit", "class"}: how a cost is counted on this machine. */
struct measure {
    const char *unit, *class;
};

json_t *distribution_json(const struct distribution *d);

/* All four classes, each kind by its name. A new reference; `total` gets the sum of the counts. */
json_t *entries_json(const struct region *r, const struct measure *m, uint64_t *total);

/* The same, counts alone, of the vCPU that marks and of all others, of which there are some. A new reference. */
json_t *by_vcpu_json(const struct region *r, unsigned vcpus);

/* Counts by name, or by number (in hex, where nothing has a name), ascending by number. A new reference. */
json_t *counts_json(const struct entry_detail *list, size_t n, const char *(*name)(uint64_t key));

/* Of hypercalls. */
json_t *hypercalls_json(const struct entry_detail *list, size_t n);

#endif
