/*
 * machine.c: the probes on a whole QEMU with a guest: what they see from its
 * first exit to its last, all threads together, is what perf has counted.
 */
#include "counters.h"
#include "modes.h"
#include "tap.h"

#include "probes/kvm_probes.h"

#include <pvbench/log.h>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char *const qemu[] = {"/usr/bin/qemu-system-x86_64",
                             "-nodefaults",
                             "-no-user-config",
                             "-machine",
                             "pc",
                             "-accel",
                             "kvm",
                             "-cpu",
                             "host",
                             "-m",
                             "80",
                             "-display",
                             "none",
                             "-no-reboot",
                             "-serial",
                             "file:/tmp/guest.log",
                             "-device",
                             "isa-debug-exit,iobase=0xf4,iosize=4",
                             "-kernel",
                             "/work/guest.elf",
                             NULL};

/* Waits until it is let go, so that everything is in place before its first exit. */
static pid_t start_waiting(int *gate)
{
    int ends[2];
    char nothing;
    if (pipe2(ends, O_CLOEXEC))
        exit(1);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[1]);
        if (read(ends[0], &nothing, 1) >= 0)
            execv(qemu[0], qemu);
        _exit(127);
    }
    close(ends[0]);
    *gate = ends[1];
    return pid;
}

static void count_machine(bool classic)
{
    char why[512];
    const struct kvm_probes_options o = {
        .exact = true, .own_timers = true, .classic = classic, .mark_port = PVB_MARK_PORT, .regions = 48};
    struct kvm_snapshot s = {0};
    int gate, status = -1;
    struct kvm_probes *p = kvm_probes_open(&o, why, sizeof(why));
    if (!check(p != NULL, classic ? "the probes are loaded, classic" : "the probes are loaded")) {
        note("%s", why);
        return;
    }
    pid_t pid = start_waiting(&gate);
    int exits = counter_open("kvm_exit", pid), userspace = counter_open("kvm_userspace_exit", pid);
    kvm_probes_watch(p, pid);
    close(gate);
    waitpid(pid, &status, 0);
    check(WIFEXITED(status) && WEXITSTATUS(status) == 1, "the guest ran to its end");
    if (check(kvm_probes_read(p, &s, why, sizeof(why)), "the tables can be read")) {
        uint64_t sum = s.under_ways, through = 0, details = 0, regions = 0;
        for (size_t i = 0; i < s.rows; i++) {
            sum += s.row[i].cost.count;
            regions += s.row[i].region != 0;
            through += s.row[i].path == KVM_THROUGH_USERSPACE ? s.row[i].cost.count : 0;
        }
        for (size_t i = 0; i < s.details; i++)
            details += s.detail[i].key.type == KVM_DETAIL_USERSPACE ? s.detail[i].count : 0;
        uint64_t counted = counter_read(exits), counted_userspace = counter_read(userspace);
        if (!check(sum == counted && sum > 1000, "the sum over all reasons is what perf has counted"))
            note("%lu by reason, %lu by perf", sum, counted);
        if (!check(details == counted_userspace && through && through <= details, "and so are the exits to userspace"))
            note("%lu by reason, %lu of them between exit and entry, %lu by perf", details, through, counted_userspace);
        check(regions > 0 && !s.lost.stats && !s.lost.details && !s.lost.vcpus && !s.lost.marks,
              "there are regions, and nothing was lost");
        note("%lu exits, %lu exits to userspace", sum, details);
        kvm_snapshot_free(&s);
    }
    close(exits);
    close(userspace);
    kvm_probes_close(p);
}

void probes_machine(void)
{
    count_machine(false);
    count_machine(true);
}
