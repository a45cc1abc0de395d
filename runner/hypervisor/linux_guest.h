/*
 * linux_guest.h: the command line of a guest that is Linux.
 *
 * A kernel (GUEST_FILE: an ELF file that is loaded as it is), an archive (GUEST_ARCHIVE) and this line are all that
 * such a guest is; the first two are the same bytes everywhere (runner/carrier/linux.c). The loads, which are its
 * first process, learn here where they are (workloads/linux/guest.c).
 */
#ifndef RUNNER_LINUX_GUEST_H
#define RUNNER_LINUX_GUEST_H

#include "runner/setting/setting.h"

#include <pvbench/params.h>
#include <stddef.h>

#define LINUX_GUEST_MEMORY_MIB     128
#define LINUX_GUEST_ARGUMENTS_SIZE 512

/* `console`: the kernel's, "hvc0" or "ttyS0"; `platform`: as the guest's start line names it (pvbench/log.h). */
void linux_guest_arguments(const struct guest_setting *guest, const char *platform, const char *console,
                           char into[LINUX_GUEST_ARGUMENTS_SIZE]);

/* The region of the guest's start among these workloads, from 1; 0: nobody asks for it. */
unsigned linux_guest_start(const struct pvb_param_workload *workload, unsigned count);

#endif
