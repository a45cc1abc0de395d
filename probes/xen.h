/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * xen.h: what the probes in Xen's first domain tell whoever reads them.
 *
 * They note events instead of counting: when a measured region begins and ends
 * is known to Xen alone, and stands in its trace. So each event has its time, and
 * finds its region afterwards (hypervisor-harness/xen-domain/first_domain_books.h).
 */
#ifndef PROBES_XEN_H
#define PROBES_XEN_H

#include <linux/types.h>

enum xen_event_kind {
    XEN_EVENT_HYPERCALL, /* a program asks for one through privcmd; key: its number, or XEN_KEY_UNREADABLE */
    XEN_EVENT_MAPPING,   /* a program has foreign memory mapped through privcmd; key: the ioctl's number */
    XEN_EVENT_UPCALL,    /* Xen calls: an event channel is pending */
    XEN_EVENT_HANDLER,   /* one of its events goes to its handler; name: the handler's */
    XEN_EVENT_SWITCH,    /* process, of that name, goes onto the processor; key: 1 for a thread of the kernel's */
    XEN_EVENT_MAP, /* the kernel maps granted pages of another domain's, or has its programs map some; key: how many */
    XEN_EVENT_UNMAP, /* it takes such mappings away; key: how many */
    XEN_EVENT_COPY,  /* it has Xen copy between granted memory and its own; key: how many copies */
};

enum {
    XEN_KEY_UNREADABLE = 0xffffffff,
    XEN_EVENT_NAME = 24, /* handlers are called "evtchn:" and a program's name of at most 15 letters */
};

struct xen_event {
    __u64 time; /* CLOCK_MONOTONIC in ns */
    __u32 kind; /* enum xen_event_kind */
    __u32 key;
    __u32 process; /* its number; 0: the idle task */
    __u32 cpu;
    char name[XEN_EVENT_NAME]; /* may be cut off; then without its NUL */
};

#endif
