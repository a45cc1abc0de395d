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
#include <stdbool.h>

enum kvm_sizes {
    KVM_REGIONS = 129,          /* 0: outside of any; id + 1: the guest's region */
    KVM_BOOKS = 258,            /* those of the vCPU that marks, then, KVM_REGIONS further, those of all others */
    KVM_KINDS = 256,            /* exit reasons, made dense: kvm_kind_of() */
    KVM_VCPUS = 1024,           /* vCPUs of one process */
    KVM_LOG2 = 64,              /* buckets: bucket b holds [2^b, 2^(b+1)), bucket 0 also 0 */
    KVM_DISTINCT = 16,          /* distinct costs that are kept whole */
    KVM_DETAILS = 4096,         /* keys of each table of details */
    KVM_FINE_BITS = 3,          /* a fine histogram has 2^this parts for each power of two */
    KVM_FINES = 65536,          /* keys of its table */
    KVM_RECORDS_SIZE = 1 << 23, /* bytes of the ring of single exits */
};

/* The ISA as the kernel's kvm_exit names it (KVM_ISA_VMX, KVM_ISA_SVM). */
enum kvm_isa { KVM_ISA_UNKNOWN, KVM_ISA_IS_VMX, KVM_ISA_IS_SVM };

enum kvm_path { KVM_IN_KERNEL, KVM_THROUGH_USERSPACE, KVM_PATHS };

/* Where costs are entered: a place for each region, path and kind, in one number that is quickly made and changed. */
enum kvm_place { KVM_PLACE_PATH = KVM_KINDS, KVM_PLACE_REGION = KVM_KINDS * KVM_PATHS };
#define KVM_PLACES (KVM_BOOKS * KVM_PLACE_REGION)

static inline __u32 kvm_place(__u32 region, enum kvm_path path, __u32 kind)
{
    return region * KVM_PLACE_REGION + path * KVM_PLACE_PATH + kind;
}

static inline __u16 kvm_place_region(__u32 place)
{
    return (__u16)(place / KVM_PLACE_REGION);
}

static inline enum kvm_path kvm_place_path(__u32 place)
{
    return place & KVM_PLACE_PATH ? KVM_THROUGH_USERSPACE : KVM_IN_KERNEL;
}

static inline __u8 kvm_place_kind(__u32 place)
{
    return (__u8)(place % KVM_KINDS);
}

/*
 * Reasons below KVM_KIND_DIRECT are their own kind. SVM's from 0x400 on, those that the guest's firmware asks for
 * (SVM_VMGEXIT_*: 0x80000000 … 0x8000001f and the last three of 0x8000ffff), the one that software keeps to itself,
 * and the negative ones (VMEXIT_INVALID is -1) are moved down, each to a place of its own.
 */
enum kvm_kind {
    KVM_KIND_DIRECT = 0xc0,
    KVM_KIND_NESTED = 0xc0, /* SVM exits 0x400 … 0x40f */
    KVM_KIND_NESTED_END = 0xd0,
    KVM_KIND_VMGEXIT = 0xd0, /* 0x80000000 … 0x8000001f */
    KVM_KIND_VMGEXIT_END = 0xf0,
    KVM_KIND_VMGEXIT_LAST = 0xf0, /* 0x8000fffd … 0x8000ffff */
    KVM_KIND_VMGEXIT_LAST_END = 0xf3,
    KVM_KIND_SOFTWARE = 0xf3, /* 0xf0000000 */
    KVM_KIND_INVALID = 0xf4,  /* -4 … -1 */
    KVM_KIND_INVALID_END = 0xf8,
    KVM_KIND_HOST = KVM_KINDS - 2,  /* because of an interrupt of the host's own */
    KVM_KIND_OTHER = KVM_KINDS - 1, /* the reason is the exit's detail */
};

/* Where the moved ones come from. */
enum kvm_reason_base {
    KVM_REASON_NESTED = 0x400u,
    KVM_REASON_VMGEXIT = 0x80000000u,
    KVM_REASON_VMGEXIT_LAST = 0x8000fffdu,
    KVM_REASON_SOFTWARE = 0xf0000000u,
    KVM_REASON_INVALID = 0xfffffffcu,
};

/* Negative reasons have 64 bits in the VMCB and 32 in the kernel's tracepoint. */
static inline __u32 kvm_kind_of(__u64 reason)
{
    __u32 low = (__u32)reason;
    if (reason < KVM_KIND_DIRECT)
        return low;
    if (reason >= KVM_REASON_NESTED && reason < KVM_REASON_NESTED + 0x10)
        return KVM_KIND_NESTED + (low - KVM_REASON_NESTED);
    if (low >= KVM_REASON_INVALID && (reason == low || reason >> 32 == 0xffffffff))
        return KVM_KIND_INVALID + (low - KVM_REASON_INVALID);
    if (reason >= KVM_REASON_VMGEXIT && reason - KVM_REASON_VMGEXIT < 0x20)
        return KVM_KIND_VMGEXIT + (low - KVM_REASON_VMGEXIT);
    if (reason >= KVM_REASON_VMGEXIT_LAST && reason - KVM_REASON_VMGEXIT_LAST < 3)
        return KVM_KIND_VMGEXIT_LAST + (low - KVM_REASON_VMGEXIT_LAST);
    return reason == KVM_REASON_SOFTWARE ? KVM_KIND_SOFTWARE : KVM_KIND_OTHER;
}

/* As 32 bits; ~0 for what is no reason of its own. */
static inline __u64 kvm_reason_of(__u32 kind)
{
    if (kind < KVM_KIND_DIRECT)
        return kind;
    if (kind < KVM_KIND_NESTED_END)
        return KVM_REASON_NESTED + (kind - KVM_KIND_NESTED);
    if (kind < KVM_KIND_VMGEXIT_END)
        return KVM_REASON_VMGEXIT + (kind - KVM_KIND_VMGEXIT);
    if (kind < KVM_KIND_VMGEXIT_LAST_END)
        return KVM_REASON_VMGEXIT_LAST + (kind - KVM_KIND_VMGEXIT_LAST);
    if (kind == KVM_KIND_SOFTWARE)
        return KVM_REASON_SOFTWARE;
    return kind < KVM_KIND_INVALID_END ? KVM_REASON_INVALID + (kind - KVM_KIND_INVALID) : ~0ull;
}

/*
 * Times from exit to entry, in the kernel's monotonic clock, nanoseconds. A
 * cost that is kept whole is in `distinct` only, all else that is known of
 * it follows from there; kvm_cost_add() puts them together.
 */
struct kvm_stat {
    __u64 log2[KVM_LOG2]; /* how many there are is the sum of these */
    __u64 sum, max;
    __u64 not_min; /* ~min: 0 as long as there is none */
    __u64 waited;  /* time blocked in HLT, part of the costs only where waits are asked for */
    struct kvm_distinct_cost {
        __u64 value, times;
    } distinct[KVM_DISTINCT]; /* the most usual one first; with `exact` only */
};

/* For percentiles: what falls into one part of the fine histogram, of a vCPU, of a kind of exits, and of a path. */
struct kvm_fine_key {
    __u16 slot; /* of the vCPU among the states */
    __u8 kind, path;
    __u32 part;
};

struct kvm_fine {
    __u64 count, sum, min, max;
};

static inline __u32 kvm_fine_part(__u64 cost, __u32 log2)
{
    return log2 < KVM_FINE_BITS
               ? (__u32)cost
               : log2 << KVM_FINE_BITS | ((__u32)(cost >> (log2 - KVM_FINE_BITS)) & ((1 << KVM_FINE_BITS) - 1));
}

/* A single exit. */
struct kvm_record {
    __u64 since, until; /* of the kernel's monotonic clock */
    __u64 address;      /* of the guest's instruction; 0: not known */
    __u64 about;        /* what it was about; its `type` says what that is */
    __u16 slot;
    __u8 kind, path, type;
};

enum kvm_detail {
    KVM_DETAIL_NONE,
    /* what an exit was about: one for each exit */
    KVM_DETAIL_PORT,
    KVM_DETAIL_MSR,
    KVM_DETAIL_HYPERCALL,
    KVM_DETAIL_HYPERV, /* a hypercall by the number that Hyper-V gives it */
    KVM_DETAIL_PAGE,   /* those before it have numbers that the guest chooses; those after it, few */
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
    __u32 rest; /* 1: all keys that found no room in their table; `key` is 0 then */
};

/* Of details in a row, all in one number: what they are of, and of what sort. */
static inline __u32 kvm_sort(enum kvm_detail type, __u32 place)
{
    return (__u32)type << 24 | place;
}

static inline struct kvm_detail_key kvm_sort_key(__u32 sort, __u64 key)
{
    __u32 place = sort & 0xffffff;
    return (struct kvm_detail_key){
        .key = key, .region = kvm_place_region(place), .type = (__u8)(sort >> 24), .kind = kvm_place_kind(place)};
}

/* The same of exits to user mode, whose keys are short. */
enum { KVM_USERSPACE_REGION = 40 };

static inline __u64 kvm_userspace(__u32 place, __u64 key)
{
    return (__u64)(place / KVM_PLACE_REGION) << KVM_USERSPACE_REGION | key;
}

static inline struct kvm_detail_key kvm_userspace_key(__u64 userspace)
{
    return (struct kvm_detail_key){.key = userspace & ((1ull << KVM_USERSPACE_REGION) - 1),
                                   .region = (__u16)(userspace >> KVM_USERSPACE_REGION),
                                   .type = KVM_DETAIL_USERSPACE};
}

/* The exit under way. */
enum kvm_exit_flag {
    KVM_EXIT_UNDER_WAY = 1, /* its entry is still to come */
    KVM_EXIT_INTERRUPT = 2, /* it is an interrupt of the host */
    KVM_EXIT_EOI = 4,       /* it is the guest's end of interrupt */
};

/* What came to pass since the last entry. */
enum kvm_since_flag {
    KVM_SINCE_TIMER = 1,
    KVM_SINCE_INJECTED = 2,
    KVM_SINCE_MARK = 4,
    KVM_SINCE_WAITED = 8,
    KVM_SINCE_PV_EOI = 16, /* with that entry the guest was allowed to end its interrupt without an exit */
};

/* All addresses of the kernel have it, no thread's number has; a vCPU without is one of which nothing is sure. */
#define KVM_VCPU_SURE (1ull << 63)

struct kvm_vcpu_state {
    __u64 vcpu;      /* the kernel's object; without type information, the thread; 0: unused */
    __u64 thread;    /* that runs it, and its process, as bpf_get_current_pid_tgid() has them */
    __u64 vmcb_exit; /* AMD: where the VMCB tells the exit, as long as hflags is what it was */
    __u64 since;     /* when the exit under way came in */
    __u64 waited;
    __u64 detail_key, detail_count; /* details of one sort in a row, not yet in the table */
    __u64 userspace, userspace_count;
    __u64 early_key;
    __u32 place; /* of the exit under way */
    union {
        __u32 flags; /* both: an entry asks once whether there is more than an exit whose time is to be entered */
        struct {
            __u16 exit_flags;  /* enum kvm_exit_flag */
            __u16 since_flags; /* enum kvm_since_flag */
        };
    };
    __u32 detail_sort, hflags;
    __u16 next_region;
    __u16 books;     /* 1: of another vCPU than the first, where they are told apart */
    __u8 early_type; /* a detail that was told before its exit */
    __u8 detailed;   /* the exit under way has its detail; where events of their own tell it */
    __u8 eoi_owed;   /* the guest would have ended its interrupt without an exit, had a timer of the host's not come */
    __u16 slot;      /* which of the states this is */
    __u64 address;   /* of the guest's instruction; only where exits are traced */
};

/* How often a region was begun, and what is wrong with its marks. */
struct kvm_region_state {
    __u64 begun, ended, ticks;
};

/*
 * Whose the time of a region is, of the vCPU that marks it, in nanoseconds: that of its thread while it runs, and of
 * the machine monitor's other threads, and vhost's, while it waits. A thread's time is its program's but for its
 * system calls.
 */
enum kvm_part { KVM_PART_IDLE, KVM_PART_KERNEL, KVM_PART_USER, KVM_PART_GUEST, KVM_PART_HYPERVISOR, KVM_PARTS = 8 };

struct kvm_region_parts {
    __u64 part[KVM_PARTS];
};

/* What found no room. Never silent: whoever reads the tables reports it. */
struct kvm_lost {
    __u64 stats, details, vcpus, marks;
    __u64 threads; /* of whom the parts know the mode no more */
    __u64 fines, records;
};

/* Where the fields of the classic tracepoints lie; named event_field. */
struct kvm_offsets {
    __u16 exit_reason, exit_isa, exit_address;
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

/* Set before the probes are loaded. */
struct kvm_settings {
    bool exact;            /* keep distinct costs: the clock has no noise */
    bool by_vcpu;          /* exits of the first vCPU, which marks, and of the others apart */
    bool waits;            /* time blocked in HLT is part of its cost */
    bool parts;            /* the probes of the parts are loaded, too */
    bool trace;            /* those of single exits are */
    __u64 longer;          /* the shortest exit of which there is a record; ~0: there are none */
    __u32 mark_port;       /* ~0: regions are not marked */
    __u32 stats_max;       /* records in `stats`, of which the first is not used */
    __u64 tick_function;   /* callback of the host's tick; 0: not to be told */
    __u64 sleep_function;  /* callback that wakes a sleeping thread */
    struct kvm_offsets at; /* only for classic tracepoints */
};

#endif
