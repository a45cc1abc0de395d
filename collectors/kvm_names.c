/* kvm_names.c: linux/kvm.h's numbers, which do not change, as a table: the header at hand may be older than the kernel.
 */
#include "collectors/kvm_names.h"

#include "probes/kvm.h"

#include <errno.h>
#include <stddef.h>

static const char *const names[] = {
    [0] = "unknown",
    [1] = "exception",
    [2] = "io",
    [3] = "hypercall",
    [4] = "debug",
    [5] = "hlt",
    [6] = "mmio",
    [7] = "irq_window_open",
    [8] = "shutdown",
    [9] = "fail_entry",
    [10] = "intr",
    [11] = "set_tpr",
    [12] = "tpr_access",
    [16] = "nmi",
    [17] = "internal_error",
    [21] = "watchdog",
    [24] = "system_event",
    [26] = "ioapic_eoi",
    [27] = "hyperv",
    [29] = "x86_rdmsr",
    [30] = "x86_wrmsr",
    [31] = "dirty_ring_full",
    [32] = "ap_reset_hold",
    [33] = "x86_bus_lock",
    [34] = "xen",
    [37] = "notify",
    [39] = "memory_fault",
};

const char *kvm_userspace_name(uint64_t key)
{
    if (key & KVM_USERSPACE_ERROR)
        return (uint32_t)key == EINTR ? "interrupted" : "failed";
    return key < sizeof(names) / sizeof(names[0]) ? names[key] : NULL;
}
