/*
 * kvm_names.h: why KVM hands a vCPU back to its virtual machine monitor, in
 * words (linux/kvm.h, KVM_EXIT_*).
 */
#ifndef COLLECTORS_KVM_NAMES_H
#define COLLECTORS_KVM_NAMES_H

#include <stdint.h>

/* `key` is that of a KVM_DETAIL_USERSPACE (probes/kvm.h). NULL when it has no name. */
const char *kvm_userspace_name(uint64_t key);

#endif
