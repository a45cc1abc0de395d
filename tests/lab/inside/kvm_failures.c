/*
 * kvm_failures.c: the program that lets go wrong on a KVM host in the lab,
 * one after the other, what can go wrong: pvbench must say what it was in one
 * line, go on with the rest, and leave no virtual machine behind.
 */
#include "command.h"
#include "leftovers.h"
#include "tests/lab/probes/tap.h"

#include <ctype.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG "/tmp/run.log"
#define RUN "run --machine host --repeats 1 -q -o /tmp/result.json "

static struct said said;

static json_t *first_run(void)
{
    json_t *result = json_load_file("/tmp/result.json", 0, NULL);
    json_t *run = json_incref(json_array_get(json_object_get(result, "runs"), 0));
    json_decref(result);
    return run;
}

/* The status of the result's workloads in their order, a blank behind each. */
static void check_statuses(const char *wanted, const char *what)
{
    char seen[256] = "";
    json_t *result = json_load_file("/tmp/result.json", 0, NULL), *run, *bench;
    size_t i, j;
    json_array_foreach(json_object_get(result, "runs"), i, run)
    {
        json_array_foreach(json_object_get(run, "benchmarks"), j, bench)
        {
            size_t used = strlen(seen);
            snprintf(seen + used, sizeof(seen) - used, "%s ", json_string_value(json_object_get(bench, "status")));
        }
    }
    json_decref(result);
    if (!check(strcmp(seen, wanted) == 0, what))
        note("%s: %s", seen, said.text);
}

static void check_told(const char *words, const char *what)
{
    if (!check(said.status == 1 && said_words(&said, words), what))
        note("status %d: %s", said.status, said.text);
}

/* Is that process a virtual machine of this pvbench's? */
static bool is_machine(const char *number, pid_t pvbench)
{
    char path[64], name[32] = "", line[512] = "";
    int parent = 0;
    snprintf(path, sizeof(path), "/proc/%.16s/stat", number);
    FILE *f = fopen(path, "re");
    bool got = f && fscanf(f, "%*d (%31[^)]) %*c %d", name, &parent) == 2;
    if (f)
        fclose(f);
    if (!got || parent != pvbench || strcmp(name, "qemu-system-x86") != 0)
        return false;
    snprintf(path, sizeof(path), "/proc/%.16s/cmdline", number);
    f = fopen(path, "re");
    size_t n = f ? fread(line, 1, sizeof(line) - 1, f) : 0;
    if (f)
        fclose(f);
    return memmem(line, n, "-accel", 6);
}

/* A virtual machine that is there, and is another one than this; 0: there is none. */
static pid_t other_machine(pid_t pvbench, pid_t than)
{
    pid_t found = 0;
    DIR *all = opendir("/proc");
    for (struct dirent *e; all && !found && (e = readdir(all));) {
        const pid_t pid = (pid_t)strtol(e->d_name, NULL, 10);
        if (isdigit((unsigned char)e->d_name[0]) && pid != than && is_machine(e->d_name, pvbench))
            found = pid;
    }
    if (all)
        closedir(all);
    return found;
}

/* The virtual machine that comes after the one called `before`; 0 when none comes. */
static pid_t next_machine(pid_t pvbench, pid_t before)
{
    for (unsigned tries = 0; tries < 400; tries++) {
        const pid_t found = other_machine(pvbench, before);
        if (found)
            return found;
        usleep(5000);
    }
    note("no virtual machine after %d", before);
    return 0;
}

static void killed_in_the_middle(void)
{
    pid_t run = command_start("/work/hostile", RUN "--timeout 9 /work/hostile.json", LOG);
    pid_t machine = next_machine(run, 0);
    usleep(600000); /* it is past its start then, of which a guest sleeps 200 ms */
    if (machine)
        kill(machine, SIGKILL);
    command_wait(run, LOG, &said);
    check_told("the emulator was killed by signal 9; the guest is booted again", "QEMU killed in the middle: told");
    check_statuses("timeout ok ", "and its guest, which hangs, has the end of its own");
}

static void killed_while_counting(void)
{
    pid_t run = command_start(NULL, RUN "/work/cpuid.json", LOG);
    pid_t first = next_machine(run, 0), second = next_machine(run, first);
    if (second)
        kill(second, SIGKILL);
    command_wait(run, LOG, &said);
    check(first && second, "a guest starts twice");
    check(said.status == 0 && said_words(&said, "killed by signal 9; the guest is booted again"),
          "QEMU killed at the second start: told, and its guest booted again");
    check_statuses("ok ok ", "so both modes are measured");
}

static void hangs(void)
{
    command_run("/work/hostile", RUN "--timeout 2 /work/hostile.json", &said);
    check_told("loop_for_ever: timeout: not a line within 1 s", "a guest that hangs: told");
    check_statuses("timeout ok ", "and the rest is measured");
}

/* What has ended has no command line, though nobody may have asked how it ended. */
static bool is_running(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/cmdline", pid);
    FILE *f = fopen(path, "re");
    bool running = f && fgetc(f) != EOF;
    if (f)
        fclose(f);
    return running;
}

/* pvbench itself is killed outright: its guest goes with it. */
static void left_alone(void)
{
    pid_t run = command_start("/work/hostile", RUN "--timeout 30 /work/hostile.json", LOG);
    pid_t machine = next_machine(run, 0);
    kill(run, SIGKILL);
    command_wait(run, LOG, &said);
    for (unsigned tries = 0; tries < 100 && is_running(machine); tries++)
        usleep(10000);
    check(machine && !is_running(machine), "pvbench killed outright: no virtual machine is left");
}

/* Ctrl-C in the second boot of a block. */
static void interrupted(void)
{
    static const char arguments[] = "run --machine host --blocks 1 --seed 3 -q -o /tmp/result.json /work/cpuid.json";
    char resume[sizeof(arguments) + 16];
    pid_t run = command_start(NULL, arguments, LOG);
    pid_t costs = next_machine(run, 0), counts = next_machine(run, costs), second = next_machine(run, counts);
    kill(run, SIGINT);
    command_wait(run, LOG, &said);
    for (unsigned tries = 0; tries < 100 && is_running(second); tries++)
        usleep(10000);
    check(second && !is_running(second), "a run on a host is interrupted: no virtual machine is left");
    check_told("--resume", "and how to go on is told");
    check_statuses("ok skipped skipped skipped ", "what was measured is there, and what was not says so");
    json_t *before = first_run();
    snprintf(resume, sizeof(resume), "%s --resume", arguments);
    command_run(NULL, resume, &said);
    check(said.status == 0, "it goes on");
    check_statuses("ok ok ok ok ", "and the block is complete");
    json_t *after = first_run();
    check(before && json_equal(before, after), "what was measured before the interruption is as it was");
    json_decref(before);
    json_decref(after);
}

static pid_t start_as_nobody(const char *arguments)
{
    enum { NOBODY = 65534 };
    pid_t run = -1;
    if (setresgid(NOBODY, NOBODY, 0) == 0 && setresuid(NOBODY, NOBODY, 0) == 0)
        run = command_start(NULL, arguments, "/tmp/nobody.log");
    if (setresuid(0, 0, 0) || setresgid(0, 0, 0))
        check(false, "root again");
    return run;
}

/* /dev/kvm may be used, eBPF not: there is nothing that a second start would tell. */
static void without_privilege(void)
{
    chmod("/dev/kvm", 0666);
    pid_t run = start_as_nobody("run --machine host --repeats 1 -q -o /tmp/few.json /work/hvm.json");
    pid_t first = next_machine(run, 0), second = next_machine(run, first);
    command_wait(run, "/tmp/nobody.log", &said);
    chmod("/dev/kvm", 0600);
    check(first && !second, "no privilege for eBPF: a guest starts once");
    json_t *result = json_load_file("/tmp/few.json", 0, NULL);
    json_t *bench =
        json_array_get(json_object_get(json_array_get(json_object_get(result, "runs"), 0), "benchmarks"), 0);
    const char *why = json_string_value(json_object_get(json_object_get(bench, "unavailable"), "entries"));
    if (!check(json_is_object(json_object_get(bench, "cost")) && json_is_null(json_object_get(bench, "entries")) &&
                   why && strstr(why, "eBPF needs root"),
               "it has its costs, and for the entries the reason"))
        note("status %d: %s: %s", said.status, why ? why : "no reason", said.text);
    json_decref(result);
}

static void without_permission(void)
{
    pid_t run = start_as_nobody("run --machine host -q -o /tmp/nobody.json /work/cpuid.json");
    command_wait(run, "/tmp/nobody.log", &said);
    check_told("pvbench: /dev/kvm: Permission denied; run: sudo usermod",
               "/dev/kvm without permission: told, with the mend");
    check(said_lines(&said) == 1, "in one line");
}

static void interpreted(void)
{
    setenv("LD_PRELOAD", "/work/slow_kvm.so", 1);
    command_run(NULL, RUN "/work/cpuid.json", &said);
    unsetenv("LD_PRELOAD");
    check_told("pvbench: /dev/kvm: only interprets: a guest's loop takes ", "a /dev/kvm that interprets: told");
    check(said_lines(&said) == 1, "in one line");
    note("%.120s", said.text);
}

/* Virtual machines, by the descriptors that processes hold. */
static bool no_machine_is_left(void)
{
    struct said machines;
    command_run(NULL, "domains", &machines);
    return said_words(&machines, "no domain and no virtual machine runs");
}

/* Its folder is one below the measured one's. */
static bool is_beside(pid_t machine)
{
    char path[64], folder[256] = "";
    snprintf(path, sizeof(path), "/proc/%d/cwd", (int)machine);
    const ssize_t n = readlink(path, folder, sizeof(folder) - 1);
    return n > 0 && strstr(folder, "/neighbour-");
}

static void destroyed_neighbour(void)
{
    static const char *const folders[] = {"/tmp", NULL};
    command_run(NULL, RUN "--no-retry /work/cpuid.json", &said);
    char *before = names_in(folders);
    pid_t run = command_start(NULL, RUN "--no-retry /work/long-beside.json", "/tmp/run.log");
    pid_t beside = next_machine(run, 0), measured = 0;
    for (unsigned tries = 0; tries < 400 && !measured; tries++, usleep(5000))
        measured = other_machine(run, beside);
    check(measured && is_beside(beside) && !is_beside(measured), "two guests run, one beside the other");
    usleep(600000);
    if (beside)
        kill(beside, SIGKILL);
    command_wait(run, "/tmp/run.log", &said);
    check_neighbour(&said, "crashed", "destroyed", "a guest whose emulator is killed costs its own result alone");
    check(no_machine_is_left(), "no machine is left behind");
    char *after = names_in(folders);
    check_left(before, after, "nor a file");
    free(after);
    free(before);
}

static void bad_neighbours(void)
{
    command_run("/work/mixed", RUN "--guests=2guests-triple_fault /work/beside.json", &said);
    check_neighbour(&said, "crashed", "reboot",
                    "a guest that crashes beside the measured one costs its own result alone");
    command_run("/work/mixed", RUN "--guests=2guests-loop_for_ever /work/beside.json", &said);
    check_neighbour(&said, "timeout", "timeout", "and so does one that hangs");
    check(no_machine_is_left(), "neither is left behind");
}

int main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    without_permission();
    without_privilege();
    interpreted();
    killed_while_counting();
    left_alone();
    interrupted();
    killed_in_the_middle();
    hangs();
    bad_neighbours();
    destroyed_neighbour();
    command_run(NULL, RUN "/work/cpuid.json", &said);
    check(said.status == 0, "and after all that a run is as good as before");
    check_statuses("ok ok ", "in both modes");
    return tap_end();
}
