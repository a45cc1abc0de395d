/*
 * books.h: what was counted in the measured regions: kinds of entries, with
 * how many there were, what they cost and what they were about.
 *
 * One implementation for all who keep such books on a host: Xen's trace
 * brings entry by entry, KVM's probes sums, the hypervisor's log sums and
 * distributions. (The minivisor's account.c has its own: it has neither a C
 * library nor memory to ask for.)
 */
#ifndef COLLECTORS_BOOKS_H
#define COLLECTORS_BOOKS_H

#include "collectors/distribution.h"

#include <pvbench/entries.h>
#include <pvbench/log.h>
#include <pvbench/params.h>

#include <stdarg.h>

#define PVB_REASON_SIZE 256
#define PVB_REGIONS_MAX (2 * PVB_MAX_WORKLOADS)
#define PVB_LOG2        64 /* bucket b holds [2^b, 2^(b+1)), bucket 0 also 0 */

/* How often, by what it was about or by number. Lists of them are the owner's to free, and ascend by key. */
struct entry_detail {
    uint64_t key, count;
};

/* Costs of entries that were handled in one place: their sums and their histogram. */
struct entry_path {
    uint64_t count, total, min, max, log2[PVB_LOG2];
};

/* One kind of entry in one region. */
struct entry_kind {
    enum pvb_class class;
    uint64_t code, count, total, min, max;
    bool has_costs, has_details, no_costs; /* no_costs: its source knows of no ends of these entries */
    struct distribution costs;             /* without `costs_rest` entries, whose cost found no room at the source */
    uint64_t costs_rest;
    uint64_t *single; /* costs that came one by one, until kind_settle() */
    size_t singles, singles_room;
    struct entry_detail *detail;
    size_t details;
    uint64_t details_rest;
    /* where they were handled, of a source that knows: in the kernel, or by the virtual machine monitor in user mode */
    struct entry_path in_kernel, userspace;
};

/* Of a kind, those that came from other vCPUs than the one that marks. */
struct entry_share {
    enum pvb_class class;
    uint64_t code, count;
};

struct region {
    bool seen, closed, torn; /* torn: the guest ended inside of it */
    uint64_t spans, ticks;
    struct entry_kind *kind;
    size_t kinds;
    struct entry_share *other;
    size_t others;
    char fault[PVB_REASON_SIZE];
};

/* Whose region. There is one guest, and one vCPU of it that marks regions: both are 0. */
struct book_key {
    unsigned guest, vcpu, region;
};

struct books {
    unsigned regions; /* that there may be */
    struct region region[PVB_REGIONS_MAX];
    struct region *open; /* the one at hand, or NULL */
    struct book_key open_key;
};

/* NULL when there is no such book. */
struct region *books_at(struct books *b, struct book_key key);

/* It is the one at hand from now on; NULL, and nothing has changed, when there is no such book. */
struct region *books_open(struct books *b, struct book_key key);
void books_close(struct books *b);

void books_free(struct books *b);

/* Why the region's entries are not to be had; NULL when they are. */
const char *region_trouble(const struct region *r);

/* The first fault is the one that counts; these keep it. */
void fault_keep(char fault[PVB_REASON_SIZE], const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void region_fault(struct region *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* NULL when there is none. */
struct entry_kind *region_find(const struct region *r, enum pvb_class class, uint64_t code);

/* Made when there is none; NULL when out of memory. Valid until the next one is made. */
struct entry_kind *region_kind(struct region *r, enum pvb_class class, uint64_t code);

/* More entries of the kind, with the sums of their costs. False when those are more than can be counted: they stay at
 * the most. */
bool kind_add(struct entry_kind *k, uint64_t count, uint64_t total, uint64_t min, uint64_t max);

/* One cost of an entry that was counted apart. False when out of memory. */
bool kind_cost(struct entry_kind *k, uint64_t cost);

/* The costs that came one by one become sums and a distribution. False when they cannot be counted, or there is no
 * memory. */
bool kind_settle(struct entry_kind *k);

/* More entries of another vCPU, that are counted in the kind, too. False when out of memory. */
bool region_add_other(struct region *r, enum pvb_class class, uint64_t code, uint64_t count);
uint64_t region_others(const struct region *r, enum pvb_class class, uint64_t code);

void path_add(struct entry_path *into, const struct entry_path *p);

/* Adds to what the key has. False when out of memory. */
bool counts_add(struct entry_detail **list, size_t *n, uint64_t key, uint64_t count);

/* How often; 0: the key is not there. */
uint64_t counts_of(const struct entry_detail *list, size_t n, uint64_t key);

#endif
