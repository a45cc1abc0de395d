/*
 * kvm_host.h: what the running kernel offers the probes: is kvm there, may
 * we look, and in what shape do its events come?
 */
#ifndef PROBES_KVM_HOST_H
#define PROBES_KVM_HOST_H

#include "probes/kvm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kvm_event {
    KVM_EVENT_EXIT,
    KVM_EVENT_ENTRY,
    KVM_EVENT_PIO,
    KVM_EVENT_USERSPACE,
    KVM_EVENTS_NEEDED, /* those above: without them there is no measurement */
    KVM_EVENT_HYPERCALL = KVM_EVENTS_NEEDED,
    KVM_EVENT_MSR,
    KVM_EVENT_MMIO,
    KVM_EVENT_FAST_MMIO,
    KVM_EVENT_PAGE_FAULT,
    KVM_EVENT_INJECTED,
    KVM_EVENT_TSC_OFFSET,
    KVM_EVENT_WAKEUP,
    KVM_EVENT_TIMER,
    KVM_EVENT_SWITCH, /* this and the two behind it: for the parts */
    KVM_EVENT_CALL,
    KVM_EVENT_RETURN,
    KVM_EVENTS
};

/* The tracepoint's name. */
const char *kvm_event_name(enum kvm_event event);

struct kvm_host {
    bool typed; /* tp_btf can be used */
    bool svm;   /* the processor is AMD's */
    bool has[KVM_EVENTS];
    bool exit_has_reason;     /* kvm_exit's first argument is the reason: before Linux 5.17 */
    bool fault_has_vcpu;      /* kvm_page_fault's first argument is the vCPU: Linux 6.0 and later */
    uint64_t tick_function;   /* of the host's timer tick; 0: not to be found */
    const char *no_ticks;     /* why not, or NULL */
    uint64_t sleep_function;  /* of sleeping threads' timers; 0: they are not told apart */
    struct kvm_offsets at;    /* only without `typed` */
    char untyped_reason[160]; /* why not typed */
};

/* False with one line in `why` and the mend: no kvm, no right, lockdown. */
bool kvm_host_allows(char *why, size_t why_size, char *mend, size_t mend_size);

/* False with one line in `why` and the mend when neither way in can be used. `classic`: the second way is wanted. */
bool kvm_host_look(struct kvm_host *h, bool classic, char *why, size_t why_size, char *mend, size_t mend_size);

#endif
