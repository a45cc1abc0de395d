/*
 * lab_machine.h: an emulated machine as what the runner starts.
 */
#ifndef RUNNER_LAB_MACHINE_H
#define RUNNER_LAB_MACHINE_H

#include "runner/hypervisor/hypervisor.h"

#include "hypervisor-harness/lab/lab.h"

/* The emulator's command, with the monitor that the boot's time is asked of. */
int lab_prepare(struct command *command, const struct lab_machine *machine, struct pvb_error *e);

#endif
