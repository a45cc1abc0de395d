/* lab.c: the emulator's command line, each option with its reason. */
#include "hypervisor-harness/lab/lab.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const fixed[] = {
    "-nodefaults",
    "-no-user-config",
    "-accel",
    "tcg",
    /*
     * One tick an instruction; while the processor halts the clock jumps to
     * the next timer instead of waiting. The jump is QEMU's main loop's, and
     * without rr=record the loop may see the processor halted before its
     * last instructions were counted, and jump too far by them (once in
     * 200,000 halts, tests/lab/reproducible). Recording holds a lock over both
     * (icount_prepare_for_run to icount_process_data in QEMU's
     * accel/tcg/tcg-accel-ops-icount.c); the record itself is of no use.
     */
    "-icount",
    "shift=0,sleep=off,rr=record,rrfile=/dev/null",
    /* No clock of the real world. */
    "-rtc",
    "clock=vm,base=2026-01-01",
    "-smp",
    "1",
    "-display",
    "none",
    "-monitor",
    "none",
    "-parallel",
    "none",
    "-net",
    "none",
    "-no-reboot",
    /* The debug console is synchronous: a character out costs the guest one instruction and no wait. */
    "-chardev",
    "stdio,id=out,signal=off",
    "-device",
    "isa-debugcon,iobase=0xe9,chardev=out",
    "-device",
    "isa-debug-exit,iobase=0xf4,iosize=4",
    /* To be asked how far the machine is; it sees nothing of that. */
    "-chardev",
    ("socket,id=monitor,fd=" LAB_STRING(LAB_MONITOR_FD)),
    "-mon",
    "chardev=monitor,mode=control",
};

#define FIXED (sizeof(fixed) / sizeof(fixed[0]))

const char *lab_emulator(void)
{
    static char resolved[PATH_MAX];
    const char *given = getenv("PVBENCH_QEMU");
    if (!given || !*given)
        return "qemu-system-x86_64";
    /* It is started in another folder, where a relative path would lead astray. */
    return strchr(given, '/') && realpath(given, resolved) ? resolved : given;
}

/*
 * The disk is an SD card. Of QEMU's controllers for disks its alone has read or written when the guest's instruction
 * ends, and interrupts at a time of the machine's own clock; those for IDE, SCSI, NVMe and virtio tell of it when a
 * thread of this computer is done.
 */
char **lab_command(const struct lab_machine *m)
{
    char memory[16], serial[128] = "none", plugin[512], disk[256];
    snprintf(memory, sizeof(memory), "%u", m->memory_mib);
    if (m->serial)
        snprintf(serial, sizeof(serial), "file:%s", m->serial);
    snprintf(plugin, sizeof(plugin), LAB_PLUGIN_PATH ",%s", m->plugin ? m->plugin : "");
    snprintf(disk, sizeof(disk), "if=none,id=card,format=raw,file=%s", m->disk ? m->disk : "");
    const char *varying[] = {"-machine", m->machine ? m->machine : LAB_MACHINE,
                             "-cpu",     m->cpu ? m->cpu : LAB_CPU,
                             "-boot",    m->boot,
                             "-m",       memory,
                             "-serial",  serial,
                             "-kernel",  m->kernel,
                             "-append",  m->append,
                             "-initrd",  m->initrd,
                             "-plugin",  m->plugin ? plugin : NULL,
                             "-drive",   m->disk ? disk : NULL,
                             "-device",  m->disk ? "sdhci-pci" : NULL,
                             "-device",  m->disk ? "sd-card,drive=card" : NULL};
    const size_t n = sizeof(varying) / sizeof(varying[0]);
    char **argv = calloc(1 + FIXED + n + 1, sizeof(*argv));
    if (!argv)
        return NULL;
    size_t used = 0;
    argv[used++] = strdup(lab_emulator());
    for (size_t i = 0; i < FIXED; i++)
        argv[used++] = strdup(fixed[i]);
    for (size_t i = 0; i < n; i += 2)
        if (varying[i + 1]) {
            argv[used++] = strdup(varying[i]);
            argv[used++] = strdup(varying[i + 1]);
        }
    for (size_t i = 0; i < used; i++)
        if (!argv[i]) {
            while (used)
                free(argv[--used]);
            free(argv);
            return NULL;
        }
    return argv;
}

void lab_command_free(char **argv)
{
    if (!argv)
        return;
    for (char **arg = argv; *arg; arg++)
        free(*arg);
    free(argv);
}
