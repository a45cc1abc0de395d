/*
 * kvm_monitor.h: QEMU's monitor for a guest that has a disk, and the device by which the guest says that it is done;
 * collectors/qemu_monitor.h says what for.
 */
#ifndef RUNNER_KVM_MONITOR_H
#define RUNNER_KVM_MONITOR_H

#include "runner/hypervisor/hypervisor.h"

struct kvm_monitor {
    char socket[48]; /* one of the words, which names a descriptor */
    const char *words[9];
};

/* QEMU's words for it, which lie in `m`; what they need goes into `launch`. None where it is not to be had. */
const char *const *kvm_monitor_open(struct launch *launch, struct kvm_monitor *m);

#endif
