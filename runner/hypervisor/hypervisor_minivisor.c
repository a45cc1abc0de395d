/*
 * hypervisor_minivisor.c: the included hypervisor, which the lab boots
 * directly: its ELF file is the kernel, the guest is the initial ramdisk.
 */
#include "runner/lab/lab_machine.h"
#include "runner/session/boot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define MEMORY_MIB 192
#define IMAGE_MAX  (64u << 20)
#define KERNEL     "minivisor.elf"

static const char *const modes[] = {"pv", "hvm", NULL};
static const struct collector *const collectors[] = {&minivisor_log_collector, &guest_log_collector, NULL};

static int identify(struct identity *id, const struct paths *paths, struct pvb_error *e)
{
    id->path = path_of("%s/" KERNEL, paths->images);
    if (blob_read(&id->file, id->path, IMAGE_MAX, e)) {
        size_t used = strlen(e->text);
        snprintf(e->text + used, sizeof(e->text) - used, "; build it with make");
        return -1;
    }
    sha256_hex(id->file.bytes, id->file.size, id->sha256);
    return 0;
}

/* Its own start takes a fiftieth of a second. */
static const struct lab_pace pace = {.slower = 10, .start_s = 1, .starts = 1};

static int prepare(struct command *command, const struct boot_order *order, struct pvb_error *e)
{
    const struct identity *id = order->identity;
    /*
     * QEMU puts the kernel's and the guest's names into the multiboot
     * command lines: with plain names the machine's memory is the same
     * wherever the files lie.
     */
    char *kernel = path_of("%s/" KERNEL, order->dir);
    int failed = write_new_file(kernel, id->file.bytes, id->file.size, e);
    free(kernel);
    if (failed)
        return -1;
    char options[80];
    /* As wide for each limit: what lies behind it in the machine's memory must not move. */
    snprintf(options, sizeof(options), "tsc_khz=1000000 apic_khz=1000000 limit_s=%05u",
             lab_seconds(&pace, order->timeout_s));
    const struct lab_machine machine_for_it = {
        .memory_mib = MEMORY_MIB,
        .kernel = KERNEL,
        .append = options,
        .initrd = GUEST_FILE,
    };
    return lab_prepare(command, &machine_for_it, e);
}

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

static json_t *describe_machine(void)
{
    return json_pack("{s:s, s:s, s:i}", "cpu", LAB_CPU, "clock", "one tick an instruction", "memory_mib", MEMORY_MIB);
}

static const struct platform lab = {
    .collectors = collectors,
    .identify = identify,
    .prepare = prepare,
    .speaker = hypervisor_log_speaker,
    .judge = judge,
    .lab = &pace,
    .unit = "instructions",
    .describe_machine = describe_machine,
};

const struct hypervisor hypervisor_minivisor = {
    .name = "minivisor",
    .summary = "the included reference hypervisor: PV by ring deprivileging, HVM by AMD SVM",
    .modes = modes,
    .on = {[MACHINE_LAB] = &lab},
};
