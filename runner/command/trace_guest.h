/*
 * trace_guest.h: a guest that is traced: found, watched, and what the probes
 * know of it as a view. Each has probes of its own, so that guests that have
 * processors of the same number are told apart.
 */
#ifndef RUNNER_TRACE_GUEST_H
#define RUNNER_TRACE_GUEST_H

#include "runner/command/trace_view.h"
#include "runner/common/error.h"

#include <sys/types.h>

#define TRACE_GUESTS_MAX 32

/* What is asked for. */
struct trace_wants {
    bool records; /* of single entries: of those that took `longer` nanoseconds or more */
    uint64_t longer;
};

/* A single entry. */
struct trace_record {
    uint64_t since, until; /* of the monotonic clock, in nanoseconds */
    uint64_t address;      /* in the guest; 0: not known */
    uint32_t vcpu, guest;  /* the guest's place among those that are traced */
    bool through_userspace;
    char kind[TRACE_NAME_SIZE], about[TRACE_NAME_SIZE]; /* "": nothing more is known */
};

typedef void trace_take(void *with, const struct trace_record *record);

struct trace_guest {
    bool is_domain;   /* Xen's; else a process */
    unsigned process; /* or the domain's number */
    char name[64];
    char mode[8]; /* of a domain: pv, pvh, hvm; "": not known */
    int pidfd;
    bool over;
    struct kvm_probes *probes;
    struct trace_xen *xen;    /* of all domains that are traced, and not this one's own */
    struct trace_view before; /* at the last interval's end */
    const char *no_address;   /* why its records have none, or NULL */
};

/* A process that is there and holds a virtual machine. */
int trace_guest_find(struct trace_guest *g, unsigned process, struct pvb_error *e);

/* All that hold one now; -1 too when there is none. */
int trace_guests_find_all(struct trace_guest *guests, size_t *n, struct pvb_error *e);

/* Its process is known, and stays the one that is meant whatever number others get. */
int trace_guest_open(struct trace_guest *g, struct pvb_error *e);

int trace_guest_watch(struct trace_guest *g, const struct trace_wants *wants, struct pvb_error *e);
int trace_guest_read(struct trace_guest *g, struct trace_view *v, struct pvb_error *e);
int trace_guest_records(struct trace_guest *g, uint32_t place, trace_take *take, void *with, struct pvb_error *e);
void trace_guest_stop(struct trace_guest *g);

/* "tp_btf" or "tracepoint". */
const char *trace_guest_way(const struct trace_guest *g);
void trace_guest_close(struct trace_guest *g);

#endif
