/* kvm_calibrate.h: is this computer's /dev/kvm worth measuring? */
#ifndef RUNNER_KVM_CALIBRATE_H
#define RUNNER_KVM_CALIBRATE_H

#include "runner/common/error.h"

/*
 * Opens /dev/kvm and has a guest count down, against this computer doing the
 * same. Some clouds offer a /dev/kvm behind which guest code is interpreted:
 * what it would measure is the interpreter. The error says the mend.
 */
int kvm_calibrate(struct pvb_error *e);

/* The judgement alone: nanoseconds for the same loop in a guest and outside. */
int kvm_judge_speed(long long guest_ns, long long host_ns, struct pvb_error *e);

#endif
