/*
 * trace_view.h: what `pvbench trace` knows of one guest at one moment,
 * whichever hypervisor told it: parts of histograms, by virtual processor and
 * by kind of entry. All that is shown is summed up from these.
 */
#ifndef RUNNER_TRACE_VIEW_H
#define RUNNER_TRACE_VIEW_H

#include <pvbench/entries.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define TRACE_NAME_SIZE 64
#define TRACE_LOG2      64
#define TRACE_ALL       (~0u) /* in the place of one virtual processor */

enum trace_path { TRACE_IN_KERNEL, TRACE_THROUGH_USERSPACE, TRACE_PATHS };

/* The details' sections, in the order in which they are shown. */
enum trace_section {
    TRACE_USERSPACE,
    TRACE_HYPERCALLS,
    TRACE_PORTS,
    TRACE_MSRS,
    TRACE_PAGES,
    TRACE_REASONS,
    TRACE_INJECTED,
    TRACE_SECTIONS
};

struct trace_kind {
    char name[TRACE_NAME_SIZE]; /* "CPUID", "xen_version" */
    enum pvb_class class;
};

/* Xen does not write down the end of a PV guest's entries: those have this part, and no times. */
#define TRACE_UNTIMED (~0u)

/* Of a virtual processor's entries of one kind, those that took about equally long. Times in nanoseconds, or ticks. */
struct trace_part {
    uint32_t vcpu, kind, path, part; /* places in `vcpu` and `kind` */
    uint64_t count, sum, min, max;
};

struct trace_view {
    struct trace_vcpu {
        uint32_t number, thread; /* the thread: 0: there is none */
    } * vcpu;
    size_t vcpus;
    struct trace_kind *kind;
    size_t kinds;
    struct trace_part *part; /* in order, once trace_view_sort() is done */
    size_t parts;
    struct trace_under_way {
        uint32_t vcpu, kind;
    } * under_way; /* no entry of the guest's has followed */
    size_t under_ways;
    struct trace_count {
        enum trace_section section;
        char name[TRACE_NAME_SIZE];
        uint64_t count;
    } * count;
    size_t counts;
    const char *isa; /* "svm", "vmx", "unknown" */
    bool is_xen;     /* its guests have entries of all classes, and nothing is told of user mode */
    bool is_ticks;   /* how long one is, is not known */
    struct trace_lost {
        uint64_t exits, vcpus, details, records;
    } lost;
};

/* Each gives the place of what is new, or of what was there already. */
uint32_t trace_view_vcpu(struct trace_view *v, uint32_t number, uint32_t thread);
uint32_t trace_view_kind(struct trace_view *v, enum pvb_class class, const char *name);
void trace_view_part(struct trace_view *v, const struct trace_part *part);
void trace_view_under_way(struct trace_view *v, uint32_t vcpu, uint32_t kind);
void trace_view_count(struct trace_view *v, enum trace_section section, const char *name, uint64_t count);

/* After the last of these: equal ones become one. Virtual processors by number, details by count. */
void trace_view_sort(struct trace_view *v);

/* What is in `now` and was not in `before`; which moments were the shortest and the longest is known of parts only. */
void trace_view_since(struct trace_view *v, const struct trace_view *before, const struct trace_view *now);

void trace_view_free(struct trace_view *v);

/* Entries of one kind, of one virtual processor or TRACE_ALL. */
struct trace_sum {
    const char *name;
    enum pvb_class class;
    uint64_t count, timed, sum, min, max, under_way;
    uint64_t p50, p99, p999;
    struct trace_path_sum {
        uint64_t count, sum, min, max, log2[TRACE_LOG2];
    } path[TRACE_PATHS];
};

/* By time, the longest first; for the caller to free, and `n` of them. `total`: of all kinds; it has no name. */
struct trace_sum *trace_sums(const struct trace_view *v, uint32_t vcpu, size_t *n, struct trace_sum *total);

#endif
