/*
 * kvm_network.h: the wire of a guest of KVM's: a TAP device that QEMU is given by its descriptor, and the station at
 * the other end (hypervisor-harness/station/).
 */
#ifndef RUNNER_KVM_NETWORK_H
#define RUNNER_KVM_NETWORK_H

#include "runner/hypervisor/hypervisor.h"

/* Who carries frames between guest and TAP device: QEMU, or the kernel's vhost-net. */
enum kvm_network { KVM_NETWORK_NONE, KVM_NETWORK_QEMU, KVM_NETWORK_VHOST };

/*
 * QEMU's words for the back end, which is named KVM_NETDEV; what they need goes into `launch`. Where it is not to be
 * had `launch` has the reason, and there are no words.
 */
const char *const *kvm_network_open(struct launch *launch, enum kvm_network network);

#define KVM_NETDEV "net"

#endif
