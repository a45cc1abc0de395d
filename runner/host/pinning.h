/*
 * pinning.h: where the threads of a guest run on a host.
 *
 * A thread that the scheduler moves takes its caches' contents and its
 * processor's clock speed along or not: noise that is no property of what is
 * measured. So each vCPU has a processor of its own, and the virtual machine
 * monitor's other threads have theirs.
 */
#ifndef RUNNER_PINNING_H
#define RUNNER_PINNING_H

#include "runner/common/error.h"

#include <jansson.h>
#include <sched.h>
#include <stdbool.h>

enum pin { PIN_UNSAID, PIN_NONE, PIN_AUTO, PIN_GIVEN };

struct pinning {
    enum pin how;
    cpu_set_t vcpus, helpers; /* with PIN_GIVEN; vCPU n gets the n-th of `vcpus`, beginning again at their end */
};

/* "2-3,5" as the kernel writes it; false when it is none or empty. */
bool cpu_list_read(const char *text, cpu_set_t *set);
void cpu_list_write(const cpu_set_t *set, char *into, size_t size);

/* "none", "auto", or "VCPUS" or "VCPUS:HELPERS" in CPU lists. `where` names it in the error. */
int pinning_read(struct pinning *p, const char *where, const char *text, struct pvb_error *e);

/*
 * PIN_AUTO becomes PIN_GIVEN: vCPUs on the processors that the kernel's command line
 * isolates, else on the last ones, no two of them on one core; helpers on the rest. Processors that
 * this process may not use, or that are not there, are an error.
 */
int pinning_resolve(struct pinning *p, struct pvb_error *e);

/* All of a process that has no threads yet: what it will start inherits it. */
void pinning_process(const struct pinning *p, pid_t process);

/*
 * Each vCPU of the process to its place. True once there is a vCPU; then `into`
 * gets what the kernel says, [{"thread", "vcpu", "cpus"}], or the error for each.
 */
bool pinning_threads(const struct pinning *p, pid_t process, json_t **into);

/* {"vcpus", "helpers"} or null. A new reference. */
json_t *pinning_json(const struct pinning *p);

#endif
