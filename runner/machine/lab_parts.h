/*
 * lab_parts.h: whose the instructions of an operation are: the plugin of the lab's emulator
 * (hypervisor-harness/lab/plugin) is told where the guest is, and what it has counted goes into the result.
 */
#ifndef RUNNER_LAB_PARTS_H
#define RUNNER_LAB_PARTS_H

#include "runner/machine/machine.h"

/* The plugin's arguments for this boot; "": there is nothing to be counted. */
void lab_parts_arguments(const struct boot_order *order, char *into, size_t size);

/* Machine's tell_parts(). */
void lab_parts_tell(const struct boot_order *order, const struct observation *o, json_t *run);

#endif
