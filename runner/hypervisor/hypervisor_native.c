/*
 * hypervisor_native.c: no hypervisor: the HVM image on the bare emulated computer, which is what every other
 * column's costs can be held against.
 *
 * The lab's machine boots the guest itself, by the PVH protocol, as QEMU does for KVM. Nothing lies beneath
 * it, so there is nothing to enter and nobody to count. In the lab "native" means instructions alone: there is no
 * second walk of page tables that nested paging would add, and no cache that it would fill.
 */
#include "runner/hypervisor/hypervisor.h"
#include "runner/hypervisor/linux_guest.h"

#include "hypervisor-harness/lab/lab.h"

#include <stdio.h>
#include <sys/wait.h>

#define NOTHING "native: nothing lies beneath the workloads that could be entered"

static const char *const modes[] = {"hvm", NULL};
static const char *const linux_devices[] = {"hvm+emulated", NULL};
static const struct collector *const collectors[] = {&guest_log_collector, NULL};

static enum status judge(const struct observation *o, int exit_status, char *reason, size_t size)
{
    const int code = WIFEXITED(exit_status) ? WEXITSTATUS(exit_status) : -1;
    if (o->panic[0]) {
        snprintf(reason, size, "the workloads' kernel panicked: %s", o->panic);
        return STATUS_FAILED;
    }
    if (!o->started) {
        snprintf(reason, size, "the emulator ended with status %d before the workloads' kernel started", code);
        return STATUS_ERROR;
    }
    if (o->fault[0]) {
        snprintf(reason, size, "%s", o->fault);
        return STATUS_ERROR;
    }
    if (code != LAB_GOOD_EXIT || !o->done) {
        snprintf(reason, size, "the machine stopped%s", o->done ? "" : " before the workloads were done");
        return STATUS_CRASHED;
    }
    return STATUS_OK;
}

/* As much memory as a guest of KVM has, and a UART, whose output is of no interest: results leave by the debug console.
 */
static const struct recipe lab = {
    .layout = "bare",
    .pace = {.slower = 10, .start_s = 1, .starts = 1},
    .memory_mib = 80,
    .linux_memory_mib = LINUX_GUEST_MEMORY_MIB,
    .serial = "serial.log",
};

const struct hypervisor hypervisor_native = {
    .name = "native",
    .summary = "none: the HVM image on the bare emulated computer, as the base of all costs",
    .alone = "a guest that is the computer has none beside it",
    .modes = modes,
    .linux_modes = modes,
    .linux_devices = linux_devices,
    .listener = {.collectors = collectors, .speaker = guest_log_speaker, .judge = judge},
    .lab = &lab,
    .no_entries = NOTHING,
};
