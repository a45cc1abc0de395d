/*
 * hosts.c: hosts that do not give the probes all they like: no type
 * information, few rights, hidden addresses. What can be counted still is,
 * and what cannot is told with its mend.
 */
#include "modes.h"
#include "seen.h"
#include "tap.h"
#include "vmm.h"

#include "probes/kvm_probes.h"

#include <pvbench/entries.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (!good)
        note("%s: %s", path, strerror(errno));
    close(fd);
    return good;
}

/* Counts 100 exits by that way; the snapshot's `no_ticks` is in `no_ticks`. */
static bool counts(const char *way, const char **no_ticks)
{
    struct kvm_snapshot s;
    struct vmm v;
    struct kvm_probes *p = open_probes(false, 0);
    if (!p)
        return false;
    kvm_probes_watch(p, getpid());
    vmm_open(&v);
    vmm_repeat(&v, OP_CPUID, 100, -1);
    bool good = strcmp(kvm_probes_way(p), way) == 0 && read_probes(p, &s);
    if (good) {
        good = look(&s, 0, PVB_EX_CPUID, 0, 0).exits == 100;
        *no_ticks = s.no_ticks;
        kvm_snapshot_free(&s);
    }
    vmm_close(&v);
    kvm_probes_close(p);
    return good;
}

static void check_words(bool good, const char *said, const char *words, const char *what)
{
    if (!check(good && strstr(said, words), what))
        note("%s", said);
}

static void without_types(void)
{
    char why[512], mend[128];
    const char *no_ticks;
    check(mount("none", "/sys/kernel/btf", "tmpfs", 0, NULL) == 0, "type information is hidden");
    check(counts("tracepoint", &no_ticks), "a kernel without any: classic tracepoints count");
    bool good = kvm_probes_check(why, sizeof(why), mend, sizeof(mend));
    check_words(good, why, "(tracepoint; slower: the kernel has no type information (BTF))", "and that is told");
    umount("/sys/kernel/btf");
}

/* A child with no more than these, as user nobody. */
static bool drop_to(uint64_t capabilities)
{
    enum { NOBODY = 65534 };
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    for (unsigned i = 0; i < 2; i++)
        data[i].effective = data[i].permitted = (uint32_t)(capabilities >> 32 * i);
    return !prctl(PR_SET_KEEPCAPS, 1) && !setresgid(NOBODY, NOBODY, NOBODY) && !setresuid(NOBODY, NOBODY, NOBODY) &&
           !syscall(SYS_capset, &header, data);
}

/* What the check says there; the first letter is '+' where probes are to be had. */
static const char *said_with(uint64_t capabilities)
{
    static char said[1024];
    char why[512] = "", mend[128] = "";
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return "no pipe";
    pid_t pid = fork();
    if (pid == 0) {
        bool good = drop_to(capabilities) && kvm_probes_check(why, sizeof(why), mend, sizeof(mend));
        dprintf(ends[1], "%c%s -> %s", good ? '+' : '-', why, mend);
        _exit(0);
    }
    close(ends[1]);
    ssize_t n = read(ends[0], said, sizeof(said) - 1);
    said[n > 0 ? n : 0] = 0;
    close(ends[0]);
    waitpid(pid, NULL, 0);
    return said;
}

static void with_few_rights(void)
{
    const uint64_t few = 1ull << CAP_BPF | 1ull << CAP_PERFMON;
    const char *said = said_with(0);
    check_words(said[0] == '-', said, "eBPF needs root (CAP_SYS_ADMIN), since kvm is a module -> sudo pvbench",
                "no rights: what is needed is told");
    said = said_with(few);
    check_words(said[0] == '-' && strstr(said, "CAP_SYS_ADMIN") && strstr(said, "Permission denied"), said,
                " -> sudo pvbench",
                "CAP_BPF and CAP_PERFMON: types of modules and tracefs need more, and that is told");
    said = said_with(1ull << CAP_SYS_ADMIN);
    check_words(said[0] == '+', said, "(tp_btf", "CAP_SYS_ADMIN is enough");
}

static void without_addresses(void)
{
    char why[512], mend[128];
    const char *no_ticks = NULL;
    check(write_text("/proc/sys/kernel/kptr_restrict", "2"), "addresses are hidden");
    bool good = counts("tp_btf", &no_ticks);
    check_words(good, no_ticks ? no_ticks : "", "/proc/kallsyms", "exits are counted, ticks are not told to be none");
    good = kvm_probes_check(why, sizeof(why), mend, sizeof(mend));
    check_words(good, why, "sysctl kernel.kptr_restrict=1", "and the mend is told");
    write_text("/proc/sys/kernel/kptr_restrict", "0");
    check(counts("tp_btf", &no_ticks) && !no_ticks, "with addresses they are told apart");
}

void probes_hosts(void)
{
    without_types();
    with_few_rights();
    without_addresses();
}
