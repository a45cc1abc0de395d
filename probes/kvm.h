/* SPDX-License-Identifier: (BSD-2-Clause OR GPL-2.0) */
/*
 * kvm.h: the types that the KVM probes share with those who read them.
 *
 * The probes count in the kernel; what leaves it is three tables: costs of
 * exits (struct kvm_stat), what they were about (struct kvm_detail_key) and
 * the state of each vCPU, which holds what is still under way.
 */
#ifndef PROBES_KVM_H
#define PROBES_KVM_H

#include <linux/types.h>

enum kvm_sizes {
    KVM_REGIONS = 129, /* 0: outside of any; id + 1: the guest's region */
    KVM_KINDS = 192,   /* exit reasons, made dense: kvm_kind_of() */
    KVM_VCPUS = 1024,  /* vCPUs of one process */
    KVM_LOG2 = 40,     /* buckets: bucket b holds [2^b, 2^(b+1)), bucket 0 also 0, the last one all above */
    KVM_DISTINCT = 16, /* distinct costs that are kept whole */
};

/* The ISA as the kernel's kvm_exit names it (KVM_ISA_VMX, KVM_ISA_SVM). */
enum kvm_isa { KVM_ISA_UNKNOWN, KVM_ISA_IS_VMX, KVM_ISA_IS_SVM };

enum kvm_path { KVM_IN_KERNEL, KVM_THROUGH_USERSPACE, KVM_PATHS };

/* Reasons below KVM_KIND_DIRECT are their own kind; so are SVM's from 0x400 on, moved down. */
enum kvm_kind {
    KVM_KIND_DIRECT = 0xa0,
    KVM_KIND_NESTED = 0xa0, /* SVM exits 0x400 … 0x40f */
    KVM_KIND_NESTED_END = 0xb0,
    KVM_KIND_HOST = KVM_KINDS - 2,  /* because of an interrupt of the host's own */
    KVM_KIND_OTHER = KVM_KINDS - 1, /* the reason is the exit's detail */
};

static inline __u32 kvm_kind_of(__u64 reason)
{
    if (reason < KVM_KIND_DIRECT)
        return (__u32)reason;
    if (reason >= 0x400 && reason < 0x410)
        return KVM_KIND_NESTED + (__u32)(reason - 0x400);
    return KVM_KIND_OTHER;
}

static inline __u64 kvm_reason_of(__u32 kind)
{
    return kind < KVM_KIND_DIRECT ? kind : kind < KVM_KIND_NESTED_END ? 0x400u + (kind - KVM_KIND_NESTED) : ~0ull;
}

/* Times from exit to entry, in the kernel's monotonic clock, nanoseconds. */
struct kvm_stat {
    __u64 count, sum, min, max;
    __u64 waited; /* time blocked in HLT, part of `sum` only where waits are asked for */
    __u64 log2[KVM_LOG2];
    __u64 value[KVM_DISTINCT], times[KVM_DISTINCT]; /* with `exact` only */
};

enum kvm_detail {
    KVM_DETAIL_NONE,
    /* what an exit was about: one for each exit */
    KVM_DETAIL_PORT,
    KVM_DETAIL_MSR,
    KVM_DETAIL_HYPERCALL,
    KVM_DETAIL_PAGE,
    KVM_DETAIL_REASON, /* of KVM_KIND_OTHER */
    /* what happened besides */
    KVM_DETAIL_USERSPACE, /* key: KVM_EXIT_*, or KVM_USERSPACE_ERROR | errno */
    KVM_DETAIL_INJECTED,  /* key: vector */
};

#define KVM_USERSPACE_ERROR (1ull << 32)

struct kvm_detail_key {
    __u64 key;
    __u16 region;
    __u8 type; /* enum kvm_detail */
    __u8 kind;
    __u32 zero;
};

/* The exit under way, set all at once. */
struct kvm_exit_state {
    __u8 under_way; /* its entry is still to come */
    __u8 kind, path;
    __u8 interrupt; /* it is an interrupt of the host */
    __u8 eoi;       /* it is the guest's end of interrupt */
    __u8 detailed;  /* it has its detail */
    __u16 region;
};

/* What came to pass since the last entry. */
enum kvm_since { KVM_SINCE_TIMER = 1, KVM_SINCE_INJECTED = 2, KVM_SINCE_MARK = 4 };

struct kvm_vcpu_state {
    __u64 vcpu;  /* the kernel's object, 0: unused */
    __u64 vmcb;  /* AMD: where it lies, as long as hflags is what it was */
    __u64 since; /* when the exit under way came in */
    struct kvm_exit_state exit;
    __u64 waited;
    __u64 detail_key, detail_count; /* details of one sort in a row, not yet in the table */
    __u64 early_key;
    __u64 userspace_key, userspace_count; /* the same of exits to user mode */
    __u32 thread, hflags;
    __u16 index; /* its own place */
    __u16 next_region, detail_region, userspace_region;
    __u8 detail_type, detail_kind;
    __u8 early_type; /* a detail that was told before its exit */
    __u8 happened;   /* enum kvm_since */
    __u8 pv_eoi;     /* the guest may end its interrupt without an exit */
    __u8 eoi_owed;   /* it may no more, because one of the host's own timers came in between */
};

/* How often a region was begun, and what is wrong with its marks. */
struct kvm_region_state {
    __u64 begun, ended, ticks;
};

/* What found no room. Never silent: whoever reads the tables reports it. */
struct kvm_lost {
    __u64 stats, details, vcpus, marks;
};

/* Where the fields of the classic tracepoints lie; named event_field. */
struct kvm_offsets {
    __u16 exit_reason, exit_isa;
    __u16 hypercall_nr;
    __u16 pio_rw, pio_port, pio_size, pio_count, pio_val;
    __u16 msr_ecx;
    __u16 mmio_gpa;
    __u16 fast_mmio_gpa;
    __u16 page_fault_address;
    __u16 userspace_reason, userspace_errno;
    __u16 inj_vector;
    __u16 wakeup_ns;
    __u16 timer_function;
};

#endif
