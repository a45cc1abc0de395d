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
    [13] = "s390_sieic",
    [14] = "s390_reset",
    [15] = "dcr",
    [16] = "nmi",
    [17] = "internal_error",
    [18] = "osi",
    [19] = "papr_hcall",
    [20] = "s390_ucontrol",
    [21] = "watchdog",
    [22] = "s390_tsch",
    [23] = "epr",
    [24] = "system_event",
    [25] = "s390_stsi",
    [26] = "ioapic_eoi",
    [27] = "hyperv",
    [28] = "arm_nisv",
    [29] = "x86_rdmsr",
    [30] = "x86_wrmsr",
    [31] = "dirty_ring_full",
    [32] = "ap_reset_hold",
    [33] = "x86_bus_lock",
    [34] = "xen",
    [35] = "riscv_sbi",
    [36] = "riscv_csr",
    [37] = "notify",
    [38] = "loongarch_iocsr",
    [39] = "memory_fault",
    [40] = "tdx",
    [41] = "arm_sea",
    [42] = "arm_ldst64b",
    [43] = "snp_req_certs",
};

const char *kvm_userspace_name(uint64_t key)
{
    if (key & KVM_USERSPACE_ERROR)
        return (uint32_t)key == EINTR ? "interrupted" : "failed";
    return key < sizeof(names) / sizeof(names[0]) ? names[key] : NULL;
}
