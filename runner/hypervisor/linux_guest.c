/* linux_guest.c: the words, with their reasons; linux_guest.h. */
#include "runner/hypervisor/linux_guest.h"

#include <pvbench/log.h>
#include <stdio.h>
#include <string.h>

/*
 * quiet, nokaslr, mitigations=off, cryptomgr.notests: as the lab's own kernels (hypervisor_kvm.c). Without nokaslr
 * where its heap lies would be chosen by the time stamp. rodata=off: a walk over all page tables less. norandmaps: nor
 * do addresses of programs decide how many page tables they need. panic=-1: a kernel that gives up ends the guest at
 * once. tsc=reliable: no watchdog interrupts the loads.
 */
static const char words[] = "rdinit=/init quiet nokaslr norandmaps mitigations=off rodata=off cryptomgr.notests "
                            "tsc=reliable nowatchdog panic=-1";

void linux_guest_arguments(const struct guest_setting *guest, const char *platform, const char *console,
                           char into[LINUX_GUEST_ARGUMENTS_SIZE])
{
    snprintf(into, LINUX_GUEST_ARGUMENTS_SIZE, "%s console=%s pvbench.mode=%s pvbench.platform=%s%s%s", words, console,
             guest->mode, platform, guest->words ? " " : "", guest->words ? guest->words : "");
}

unsigned linux_guest_start(const struct pvb_param_workload *workload, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(workload[i].name, PVB_BOOT_WORKLOAD) == 0)
            return PVB_REGION_STEADY(i) + 1;
    return 0;
}
