// SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0)
/*
 * xen.bpf.c: the probes in Xen's first domain: what its programs ask of Xen
 * through privcmd, what its kernel does with other domains' grants, how often Xen
 * calls it, and which process runs when.
 *
 * What its kernel asks has no probe: the kernel calls Xen's hypercall page by an inline
 * call, and the page itself is noinstr. It is what Xen's trace says of the
 * domain, less what goes through privcmd.
 */
#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "xen.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct {
    int tgid;
    unsigned flags;
    struct task_struct *group_leader;
    char comm[16];
};

struct irqaction {
    const char *name;
};

#pragma clang attribute pop

#define PF_KTHREAD 0x00200000u

/* _IOC(_IOC_NONE, 'P', number, size) of xen/privcmd.h, without the size. */
#define PRIVCMD(command)  (((command) >> 8 & 0xff) == 'P' ? (command)&0xff : ~0u)
#define PRIVCMD_HYPERCALL 0
#define PRIVCMD_MMAP      2
#define PRIVCMD_MMAPBATCH 3
#define PRIVCMD_BATCH_V2  4
#define PRIVCMD_DM_OP     5
#define PRIVCMD_RESOURCE  7
#define DM_OP             41 /* __HYPERVISOR_dm_op */

/* Events that found no room. */
__u64 lost = 0;

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, 1 << 22); /* bytes; set anew by who loads */
} events SEC(".maps");

/* Whoever reads is woken when the buffer is half full: being woken is an event, too. */
const volatile __u64 wake_at = 1 << 21;

static __always_inline struct xen_event *event_begin(__u32 kind, __u32 key)
{
    struct xen_event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
    if (!e) {
        __sync_fetch_and_add(&lost, 1);
        return NULL;
    }
    e->time = bpf_ktime_get_ns();
    e->kind = kind;
    e->key = key;
    e->process = (__u32)(bpf_get_current_pid_tgid() >> 32);
    e->cpu = bpf_get_smp_processor_id();
    e->name[0] = 0;
    return e;
}

static __always_inline void event_end(struct xen_event *e)
{
    bool wake = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) >= wake_at;
    bpf_ringbuf_submit(e, wake ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP);
}

static __always_inline void note(__u32 kind, __u32 key)
{
    struct xen_event *e = event_begin(kind, key);
    if (e)
        event_end(e);
}

SEC("fentry/privcmd_ioctl")
int BPF_PROG(privcmd_asked, void *file, unsigned command, unsigned long data)
{
    __u64 number = 0;
    switch (PRIVCMD(command)) {
    case PRIVCMD_HYPERCALL:
        /* The first member of struct privcmd_hypercall. */
        if (bpf_probe_read_user(&number, sizeof(number), (void *)data))
            number = XEN_KEY_UNREADABLE;
        note(XEN_EVENT_HYPERCALL, (__u32)number);
        break;
    case PRIVCMD_DM_OP:
        note(XEN_EVENT_HYPERCALL, DM_OP);
        break;
    case PRIVCMD_MMAP:
    case PRIVCMD_MMAPBATCH:
    case PRIVCMD_BATCH_V2:
    case PRIVCMD_RESOURCE:
        note(XEN_EVENT_MAPPING, PRIVCMD(command));
        break;
    default:
        break;
    }
    return 0;
}

/*
 * One hypercall may do many grants; these say how many. The rings of back ends are not among them:
 * xenbus maps and unmaps them by functions of its own.
 */
SEC("fentry/gnttab_map_refs")
int BPF_PROG(grants_mapped, void *operations, void *of_kernel, void *pages, unsigned count)
{
    if (count)
        note(XEN_EVENT_MAP, count);
    return 0;
}

SEC("fentry/gnttab_unmap_refs")
int BPF_PROG(grants_unmapped, void *operations, void *of_kernel, void *pages, unsigned count)
{
    if (count)
        note(XEN_EVENT_UNMAP, count);
    return 0;
}

SEC("fentry/gnttab_batch_copy")
int BPF_PROG(grants_copied, void *operations, unsigned count)
{
    if (count)
        note(XEN_EVENT_COPY, count);
    return 0;
}

/* Kernels have called it by several names; who loads says which. */
SEC("fentry/xen_evtchn_do_upcall")
int BPF_PROG(upcall)
{
    note(XEN_EVENT_UPCALL, 0);
    return 0;
}

SEC("tp_btf/irq_handler_entry")
int BPF_PROG(handler, int irq, struct irqaction *action)
{
    if (!action)
        return 0;
    struct xen_event *e = event_begin(XEN_EVENT_HANDLER, (__u32)irq);
    if (!e)
        return 0;
    bpf_probe_read_kernel_str(e->name, sizeof(e->name), action->name);
    event_end(e);
    return 0;
}

/* Between Linux 5.18 and its stable versions only, an argument more stood behind the first. */
SEC("tp_btf/sched_switch")
int BPF_PROG(switched, bool preempt, struct task_struct *previous, struct task_struct *next)
{
    if (!next)
        return 0;
    struct xen_event *e = event_begin(XEN_EVENT_SWITCH, 0);
    if (!e)
        return 0;
    e->process = (__u32)next->tgid;
    e->key = (next->flags & PF_KTHREAD) != 0;
    struct task_struct *leader = next->group_leader;
    BPF_CORE_READ_STR_INTO(&e->name, leader, comm);
    event_end(e);
    return 0;
}
