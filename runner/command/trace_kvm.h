/* trace_kvm.h: what the KVM probes have counted, as a view: kinds and details get their names. */
#ifndef RUNNER_TRACE_KVM_H
#define RUNNER_TRACE_KVM_H

#include "probes/kvm_probes.h"
#include "runner/command/trace_guest.h"

/* Into an empty view. */
void trace_kvm_view(const struct kvm_snapshot *s, struct trace_view *v);

/* All of it but whose it is. */
void trace_kvm_record(const struct kvm_probes *p, const struct kvm_record *from, struct trace_record *to);

#endif
