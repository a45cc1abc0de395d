/*
 * kvm_probes.h: loads the KVM probes, points them at a process, and reads
 * what they counted.
 *
 * They are attached before the process is known, so that not even its first
 * exit is missed: until kvm_probes_watch() they count nobody.
 */
#ifndef PROBES_KVM_PROBES_H
#define PROBES_KVM_PROBES_H

#include "probes/kvm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct kvm_probes;

struct kvm_probes_options {
    bool by_vcpu;    /* exits of the first vCPU and of the others apart */
    bool exact;      /* keep distinct costs */
    bool waits;      /* time blocked in HLT is part of its cost */
    bool own_timers; /* tell apart what the host's own interrupts caused: KVM_KIND_HOST, or why not */
    bool parts;      /* whose the time of regions is */
    bool classic;    /* the second way in even where the first is to be had */
    bool trace;      /* how costs are spread, by vCPU; neither with `exact` nor with `parts` */
    bool records;    /* with `trace`: of single exits, of those that took `longer` nanoseconds or more */
    uint64_t longer;
    uint32_t mark_port; /* regions are marked by OUT to this port; 0: one region only */
    unsigned regions;   /* how many to expect */
    unsigned open;      /* the number behind that of the region that is open from the process's start on; 0: none is */
};

/* Costs of all processors together. */
struct kvm_cost {
    uint64_t count, sum, min, max, waited, log2[KVM_LOG2];
    struct kvm_distinct {
        uint64_t value, times;
    } * distinct; /* ascending; what is missing to `count` found no room */
    size_t distincts;
};

struct kvm_row {
    unsigned region, kind;
    enum kvm_path path;
    bool of_others; /* of other vCPUs than the first, which marks the regions */
    struct kvm_cost cost;
};

/* A part of the fine histogram. */
struct kvm_fine_row {
    struct kvm_fine_key key;
    struct kvm_fine fine;
};

struct kvm_detail_row {
    struct kvm_detail_key key;
    uint64_t count;
};

/* All that was counted until now. Exits that are still under way have no cost yet. */
struct kvm_snapshot {
    enum kvm_isa isa;
    struct kvm_row *row;
    size_t rows;
    struct kvm_detail_row *detail;
    size_t details;
    struct kvm_under_way {
        unsigned region, kind, slot;
    } * under_way;
    size_t under_ways;
    struct kvm_fine_row *fine; /* in no order; with `trace` only */
    size_t fines;
    uint32_t thread[KVM_VCPUS]; /* of the vCPU in that slot; 0: there is none */
    bool slots_are_indices;     /* else nothing but the thread tells a vCPU */
    struct kvm_region_state region[KVM_REGIONS];
    struct kvm_region_parts parts[KVM_REGIONS];
    const char *no_parts; /* why there are none; NULL: they are there, or not asked for */
    struct kvm_lost lost;
    const char *no_ticks; /* why KVM_KIND_HOST is among its exits' other kinds, though asked for; or NULL */
};

/* NULL with one line in `why`. */
struct kvm_probes *kvm_probes_open(const struct kvm_probes_options *options, char *why, size_t why_size);
void kvm_probes_watch(struct kvm_probes *p, pid_t process);
/* Nothing more is counted, so that tables read one after the other agree. For good. */
void kvm_probes_stop(struct kvm_probes *p);
bool kvm_probes_read(struct kvm_probes *p, struct kvm_snapshot *s, char *why, size_t why_size);
/* The records that there are since the last time, the oldest first. Often enough, lest some be lost. */
typedef void kvm_record_take(void *with, const struct kvm_record *record);
bool kvm_probes_records(struct kvm_probes *p, kvm_record_take *take, void *with, char *why, size_t why_size);
/* Whose a record is: the number of the vCPU in that slot, or of its thread. */
uint32_t kvm_probes_vcpu(const struct kvm_probes *p, unsigned slot);
enum kvm_isa kvm_probes_isa(const struct kvm_probes *p);
/* Why records have no address of the guest's; NULL: they have. */
const char *kvm_probes_no_address(const struct kvm_probes *p);
void kvm_probes_close(struct kvm_probes *p);

/* "tp_btf" or "tracepoint". */
const char *kvm_probes_way(const struct kvm_probes *p);

void kvm_snapshot_free(struct kvm_snapshot *s);

/* Adds what one processor counted; false when out of memory. */
bool kvm_cost_add(struct kvm_cost *c, const struct kvm_stat *st);

/*
 * Can they be had here? False with the reason in `why` and the mend in
 * `mend`; true with what is good to know in `why`. Attaches them to see.
 */
bool kvm_probes_check(char *why, size_t why_size, char *mend, size_t mend_size);

#endif
