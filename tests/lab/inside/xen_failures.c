/*
 * xen_failures.c: the program that runs in Xen's first domain in the lab and lets
 * go wrong there, one after the other, what can go wrong: pvbench must say what it was
 * in one line, leave no domain of its own behind, and touch no other's.
 */
#include "command.h"
#include "leftovers.h"
#include "tests/lab/probes/tap.h"
#include "visitors.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define __XEN_TOOLS__ 1
#include <xen/xen.h>
#include <xen/sysctl.h>
#include <xen/trace.h>
#include <xen/sys/evtchn.h>
#include <xen/sys/privcmd.h>

#define RUN          "run --machine host --repeats 1 -q -o /tmp/result.json "
#define ONE          RUN "/work/one.json"
#define HVM          RUN "/work/hvm.json"
#define HANG         RUN "--no-retry /work/hang.json"
#define HANG_BESIDE  RUN "--no-retry /work/hang-beside.json"
#define LONG_BESIDE  RUN "--no-retry /work/long-beside.json"
#define DEVICE_MODEL "/usr/libexec/xen-qemu-system-i386"

static struct said said;

/* One line, with these words, and status 1. */
static void told(const char *words, const char *what)
{
    char line[200];
    snprintf(line, sizeof(line), "%s: told in one line a boot", what);
    /* The boot's line and that of the workload that it lost with it. */
    if (!check(said.status == 1 && said_words(&said, words) && said_lines(&said) <= 2, line))
        note("status %d, %u lines: %s", said.status, said_lines(&said), said.text);
}

static void works(const char *what)
{
    command_run("/work/good", ONE, &said);
    if (!check(said.status == 0, what))
        note("status %d: %s", said.status, said.text);
}

/* Of the last run: what the probes tell is there, or null for this reason. */
static void check_probes(const char *why, const char *what)
{
    json_t *result = json_load_file("/tmp/result.json", 0, NULL);
    const json_t *run = json_array_get(json_object_get(result, "runs"), 0);
    const json_t *bench = json_array_get(json_object_get(run, "benchmarks"), 0);
    const json_t *side = json_object_get(bench, "host_side"), *unavailable = json_object_get(bench, "unavailable");
    static const char *const fields[] = {"privcmd",         "privcmd_mappings", "kernel_hypercalls", "upcalls",
                                         "upcall_handlers", "grants",           "processor_time"};
    bool good = json_is_object(json_object_get(side, "hypercalls"));
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        char name[64];
        snprintf(name, sizeof(name), "host_side.%s", fields[i]);
        const char *reason = json_string_value(json_object_get(unavailable, name));
        const json_t *value = json_object_get(side, fields[i]);
        good = good && value && json_is_null(value) == !!why && (why ? reason && strstr(reason, why) : !reason);
    }
    if (!check(good, what)) {
        char *text = json_dumps(bench, 0);
        note("%s", text ? text : "no result");
    }
    json_decref(result);
}

/* Xen's devices are root's, and need no capability; eBPF does. */
static void without_right(const char *what)
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_CAPBSET_DROP, CAP_SYS_ADMIN);
        prctl(PR_CAPBSET_DROP, CAP_BPF);
        command_run("/work/good", ONE, &said);
        _exit(said.status);
    }
    waitpid(pid, &status, 0);
    check(status == 0, what);
    check_probes("eBPF needs root, or CAP_BPF and CAP_PERFMON",
                 "without the right to eBPF the rest is measured, and why is told");
}

/* Xen's trace is of all events, as at Xen's start. Its libraries do not ask that. */
static bool trace_is_free(void)
{
    xen_sysctl_t *call = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
    int xen = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
    if (call == MAP_FAILED || xen < 0)
        return false;
    *call = (xen_sysctl_t){.cmd = XEN_SYSCTL_tbuf_op,
                           .interface_version = XEN_SYSCTL_INTERFACE_VERSION,
                           .u.tbuf_op.cmd = XEN_SYSCTL_TBUFOP_get_info};
    privcmd_hypercall_t hypercall = {__HYPERVISOR_sysctl, {(uintptr_t)call}};
    bool free = ioctl(xen, IOCTL_PRIVCMD_HYPERCALL, &hypercall) == 0 && call->u.tbuf_op.evt_mask == TRC_ALL;
    close(xen);
    munmap(call, 4096);
    return free;
}

static bool is_there(const char *name)
{
    json_t *all = domains_now();
    bool there = domain_named(all, name);
    json_decref(all);
    return there;
}

static bool only_the_first_domain(void)
{
    json_t *all = domains_now();
    const bool only = json_array_size(json_object_get(all, "domains")) == 1;
    json_decref(all);
    return only;
}

static bool goes_away(const char *name)
{
    for (unsigned tries = 0; tries < 100; tries++) {
        if (!is_there(name))
            return true;
        usleep(100000);
    }
    return false;
}

static void check_row(const char *name, const char *mode, json_int_t memory_kib, const char *what)
{
    json_t *all = domains_now(), *d = domain_named(all, name);
    const char *is = json_string_value(json_object_get(d, "mode"));
    json_int_t memory = json_integer_value(json_object_get(d, "memory_kib"));
    /* Xen gives a little more or less than what was asked for. */
    bool good = is && strcmp(is, mode) == 0 && json_integer_value(json_object_get(d, "vcpus")) == 1 &&
                memory > memory_kib - 4096 && memory < memory_kib + 4096 &&
                json_real_value(json_object_get(d, "cpu_seconds")) > 0;
    if (!check(good, what)) {
        char *text = json_dumps(all, 0);
        note("%s", text ? text : "no JSON");
    }
    json_decref(all);
}

/* The program that answers for a domain is killed; its guardian ends the domain. */
static void killed(void)
{
    char name[64] = "";
    pid_t run = command_start("/work/hostile", HANG, "/tmp/hang.log"), pid = domain_of_ours(name, sizeof(name));
    check(pid > 0, "a running domain is listed by pvbench domains");
    check_row("Domain-0", "pv", 512 * 1024, "the first domain is listed as it is");
    check_row(name, "pvh", 64 * 1024, "and so is the guest's");
    struct said table;
    command_run(NULL, "domains", &table);
    check(said_words(&table, "\nxen         Domain-0") && said_words(&table, name), "and in its table");
    note("%s", strtok(table.text, "\n"));
    for (char *line; (line = strtok(NULL, "\n"));)
        note("%s", line);
    check(!trace_is_free(), "its program has Xen's trace");
    if (pid > 0)
        kill(pid, SIGKILL);
    command_wait(run, "/tmp/hang.log", &said);
    told("pvbench-xen-domain died of signal 9", "what runs the domain is killed");
    check(goes_away(name), "its domain goes with it");
    check(trace_is_free(), "and its hold on Xen's trace");
}

static pid_t child_of(pid_t pid)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
    FILE *f = fopen(path, "re");
    if (f && fscanf(f, "%d", &child) != 1)
        child = 0;
    if (f)
        fclose(f);
    return child;
}

/* They survive the next run of ours. */
static void strangers(const char *const *names, size_t count, const char *run, const char *what)
{
    bool made = true, there = true;
    for (size_t i = 0; i < count; i++)
        made = visitor_create(names[i]) && made;
    check(made, "domains of others are there");
    works(run);
    for (size_t i = 0; i < count; i++)
        there = is_there(names[i]) && there;
    check(there, what);
}

static void all_leave(void)
{
    visitors_destroy("visitor");
    visitors_destroy("pvbench-");
}

/* Its guardian is killed, too: the domain stays, until the next run destroys it, and no other. */
static void left_behind(void)
{
    static const char *const visitors[] = {"visitor", "visitor-pvbench-7-pv", "pvbench-1-pv", "pvbench-x-pv",
                                           "pvbench-"};
    /* More than Linux' PID_MAX_LIMIT: no such process lives. */
    static const char *const dead[] = {"pvbench-4194305-pv", "pvbench-4194305-hvm", "pvbench-4194305-pv-of-others"};
    char name[64] = "";
    pid_t run = command_start("/work/hostile", HANG, "/tmp/hang.log"), pid = domain_of_ours(name, sizeof(name));
    pid_t guardian = pid > 0 ? child_of(pid) : 0;
    if (check(guardian > 0, "the domain's program has a guardian")) {
        kill(guardian, SIGKILL);
        kill(pid, SIGKILL);
    }
    visitor_pause(name);
    command_wait(run, "/tmp/hang.log", &said);
    check(is_there(name) && !trace_is_free(), "without its guardian the domain is left behind, and Xen's trace");
    strangers(visitors, sizeof(visitors) / sizeof(visitors[0]), "the next run is good",
              "and none of the others', whatever their names: process 1 is alive, x and nothing are none");
    check_probes(NULL, "the first domain's probes tell what they saw");
    check(!is_there(name), "it has destroyed the domain that was left behind");
    check(trace_is_free(), "and given Xen's trace back");
    all_leave();
    strangers(dead, sizeof(dead) / sizeof(dead[0]), "and so is the one after it",
              "a name like ours with a dead process in it is still another's: its UUID is not ours");
    all_leave();
}

static void no_memory(void)
{
    char name[16];
    unsigned hogs = 0;
    for (; hogs < 32; hogs++) {
        snprintf(name, sizeof(name), "hog-%u", hogs);
        if (!visitor_create(name))
            break;
    }
    check(hogs > 2 && hogs < 32, "the computer's memory is given away");
    command_run("/work/good", ONE, &said);
    told("MiB of memory are free, and the domain needs", "no memory for a domain");
    visitors_destroy("hog-");
    without_right("with memory again it is good");
}

/* As xentrace does; the trace would be in every cost. */
static void traced_by_others(void)
{
    struct ioctl_evtchn_bind_virq bind = {.virq = VIRQ_TBUF};
    int events = open("/dev/xen/evtchn", O_RDWR | O_CLOEXEC);
    check(events >= 0 && ioctl(events, IOCTL_EVTCHN_BIND_VIRQ, &bind) >= 0, "another program reads Xen's trace");
    command_run("/work/good", ONE, &said);
    told("another program reads Xen's trace, which would be in every cost; stop xentrace", "others' trace");
    close(events);
    works("when it has ended, all is good");
}

static void no_device_model(void)
{
    check(rename(DEVICE_MODEL, DEVICE_MODEL ".away") == 0, "there is no device model");
    command_run("/work/good", HVM, &said);
    told("libxenlight could not create the domain (error -3): libxl: ", "no device model");
    if (!check(said_words(&said, "is not executable"), "and why, in the words of Xen's library"))
        note("%s", said.text);
    rename(DEVICE_MODEL ".away", DEVICE_MODEL);
}

static void crash_at_start(void)
{
    command_run("/work/broken", RUN "/work/both.json", &said);
    check(said.status == 1 && said_words(&said, "xen pv boot 1: crashed: Xen says that the domain ended by crash") &&
              /* a triple fault: the processor's reset */
              said_words(&said, "xen pvh boot 1: crashed: Xen says that the domain ended by reboot"),
          "a domain that crashes at its first instruction: told, in PV, and the rest goes on, in PVH");
}

static void stop_daemon(const char *file)
{
    int pid = 0;
    FILE *f = fopen(file, "re");
    if (f && fscanf(f, "%d", &pid) == 1 && pid > 1)
        kill(pid, SIGKILL);
    if (f)
        fclose(f);
    check(pid > 1, "a daemon is stopped, by its file");
}

static void no_daemons(void)
{
    char name[64] = "";
    pid_t run = command_start("/work/hostile", HANG, "/tmp/hang.log");
    check(domain_of_ours(name, sizeof(name)) > 0, "a domain runs");
    stop_daemon("/run/xenconsoled.pid");
    command_wait(run, "/tmp/hang.log", &said);
    told("the domain's console is gone; did xenconsoled end?", "xenconsoled ends before the domain");
    command_run("/work/good", ONE, &said);
    told("libxenlight does not finish the domain; are xenconsoled and xenstored running?", "no xenconsoled");
    check(only_the_first_domain(), "after all of this only the first domain is there");
    stop_daemon("/run/xenstored.pid");
    command_run("/work/good", ONE, &said);
    told("xenstored does not answer; is it running?", "no xenstored");
    command_run(NULL, "domains", &said);
    if (!check(said.status == 1 && said_words(&said, "is xenstored running?"), "pvbench domains says so, too"))
        note("status %d: %s", said.status, said.text);
}

static void bad_neighbours(void)
{
    char name[64] = "";
    command_run("/work/mixed", RUN "--guests=2guests-triple_fault /work/beside.json", &said);
    check_neighbour(&said, "crashed", "reboot",
                    "a guest that crashes beside the measured one costs its own result alone");
    command_run("/work/mixed", RUN "--guests=2guests-loop_for_ever /work/beside.json", &said);
    check_neighbour(&said, "timeout", "timeout", "and so does one that hangs");
    check(only_the_first_domain(), "neither is left behind");
    pid_t run = command_start("/work/mixed", HANG_BESIDE, "/tmp/hang.log"), pid = domain_of_ours(name, sizeof(name));
    check(pid > 0, "two guests of ours run");
    if (pid > 0)
        kill(pid, SIGKILL);
    command_wait(run, "/tmp/hang.log", &said);
    bool gone = false;
    for (unsigned tries = 0; tries < 100 && !gone; tries++) {
        gone = only_the_first_domain();
        usleep(100000);
    }
    check(gone, "whose program is killed: both go with it");
}

/* The n-th start of two guests: the measured one runs, and somebody destroys the other, with its disk. */
static void destroy_neighbour(int *measured)
{
    char name[64] = "", beside[80];
    for (unsigned tries = 0; tries < 100; tries++) {
        const pid_t pid = domain_of_ours(name, sizeof(name));
        snprintf(name, sizeof(name), "pvbench-%d-pvh", (int)pid);
        snprintf(beside, sizeof(beside), "%s-1", name);
        const int id = domain_runs(name);
        if (id >= 0 && id != *measured) {
            *measured = id;
            break;
        }
        usleep(50000);
    }
    check(is_there(beside), "the measured guest runs, and one beside it");
    visitors_destroy(beside);
    check(!is_there(beside) && is_there(name), "which somebody destroys");
}

static void destroyed_neighbours(void)
{
    int measured = -1;
    char *before = visitors_traces();
    pid_t run = command_start("/work/good", LONG_BESIDE, "/tmp/hang.log");
    destroy_neighbour(&measured);
    command_wait(run, "/tmp/hang.log", &said);
    check_neighbour(&said, "crashed", "destroyed", "a guest that is destroyed costs its own result alone");
    char *after = visitors_traces();
    check_left(before, after, "nothing of it is left, in XenStore and in files");
    free(after);
    free(before);
}

/* As the lab starts it; `environment` of a result has it, before and after. */
static void how_xen_is_set(void)
{
    works("a run as any other");
    json_t *result = json_load_file("/tmp/result.json", 0, NULL);
    json_t *environment = json_object_get(json_object_get(result, "provenance"), "environment");
    const json_t *xen = json_object_get(json_object_get(environment, "before"), "xen");
    const json_t *protections = json_object_get(xen, "protections");
    const char *line = json_string_value(json_object_get(xen, "command_line"));
    const char *scheduler = json_string_value(json_object_get(xen, "scheduler"));
    check(line && strstr(line, "spec-ctrl=no") && strstr(line, "dom0_mem=512M"), "its result has Xen's command line");
    check(scheduler && strcmp(scheduler, "credit2") == 0, "its scheduler");
    check(json_is_true(json_object_get(xen, "nested_paging")), "that it has nested paging");
    if (!check(json_is_string(json_object_get(protections, "Xen settings")),
               "and what it says of how it protects itself"))
        note("%s", json_dumps(xen ? xen : json_null(), JSON_ENCODE_ANY));
    check(xen && json_equal(json_object_get(json_object_get(environment, "after"), "xen"), xen),
          "of which the run changed nothing");
    json_decref(result);
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    command_run(NULL, "doctor", &said);
    if (!check(said_words(&said, "the processor's faults are open, which is faster than what others run"),
               "pvbench doctor says that Xen protects nothing"))
        note("%s", said.text);
    if (!check(said_words(&said, "what Xen's first domain does can be counted by eBPF\n"),
               "pvbench doctor says that there are probes"))
        note("%s", said.text);
    how_xen_is_set();
    killed();
    left_behind();
    bad_neighbours();
    destroyed_neighbours();
    no_memory();
    crash_at_start();
    traced_by_others();
    no_device_model();
    no_daemons();
    return tap_end();
}
