/*
 * hypervisor_minivisor.c: the included hypervisor, which the lab boots
 * directly: its ELF file is the kernel, the guest is the initial ramdisk.
 */
#include "runner/hypervisor/hypervisor.h"

#include "hypervisor-harness/lab/lab.h"

#include <pvbench/params.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

static const char *const modes[] = {"pv", "hvm", NULL};
static const char *const linux_modes[] = {"pv", "hvm", NULL};
static const char *const devices[] = {"pv+pv", "hvm+pv", "hvm+emulated", NULL};
static const char *const linux_devices[] = {"pv+pv", NULL};
static const struct collector *const collectors[] = {&minivisor_log_collector, &guest_log_collector, NULL};

static enum status judge(const struct observation *o, int exit_status, char *reason, size_t size)
{
    bool good_exit = WIFEXITED(exit_status) && WEXITSTATUS(exit_status) == LAB_GOOD_EXIT;
    if (!o->hypervisor_started) {
        if (WIFSIGNALED(exit_status))
            snprintf(reason, size, "the emulator died of signal %d before the minivisor started",
                     WTERMSIG(exit_status));
        else
            snprintf(reason, size, "the emulator ended with status %d before the minivisor started",
                     WIFEXITED(exit_status) ? WEXITSTATUS(exit_status) : -1);
        return STATUS_ERROR;
    }
    if (strcmp(o->end, "timeout") == 0) {
        snprintf(reason, size, "%s of the lab's clock; " TIMEOUT_MEND, o->killed);
        return STATUS_TIMEOUT;
    }
    if (o->killed[0]) {
        snprintf(reason, size, "the minivisor killed the guest: %s", o->killed);
        return STATUS_CRASHED;
    }
    if (o->panic[0]) {
        snprintf(reason, size, "the guest panicked: %s", o->panic);
        return STATUS_FAILED;
    }
    if (o->fault[0]) {
        snprintf(reason, size, "%s", o->fault);
        return STATUS_ERROR;
    }
    if (strcmp(o->end, "error") == 0) {
        snprintf(reason, size, "the minivisor gave up; its log says why");
        return STATUS_ERROR;
    }
    if (!o->end[0] || !good_exit) {
        snprintf(reason, size, "the machine stopped before the minivisor ended");
        return STATUS_CRASHED;
    }
    if (!o->done || strcmp(o->end, "poweroff") != 0) {
        snprintf(reason, size, "the guest ended by %s%s", o->end, o->done ? "" : " before it was done");
        return STATUS_CRASHED;
    }
    return STATUS_OK;
}

static const struct recipe lab = {
    .layout = "minivisor",
    /* Its own start takes a fiftieth of a second. */
    .pace = {.slower = 10, .start_s = 1, .starts = 1},
    .memory_mib = 192,
    .linux_memory_mib = 256,
    .kernel = "minivisor.elf",
    .arguments = "tsc_khz=1000000 apic_khz=1000000",
};

const struct hypervisor hypervisor_minivisor = {
    .name = "minivisor",
    .summary = "the included reference hypervisor: PV by ring deprivileging, HVM by AMD SVM",
    .alone = "the minivisor runs one guest, so that none is beside it",
    .modes = modes,
    .linux_modes = linux_modes,
    .devices = devices,
    .linux_devices = linux_devices,
    .vcpus = PVB_VCPUS_MAX,
    .listener = {.collectors = collectors, .speaker = hypervisor_log_speaker, .judge = judge},
    .lab = &lab,
};
