/* trace.c: `pvbench trace` on a virtual machine that runs. */
#include "modes.h"
#include "tap.h"
#include "vmm.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUT      "/tmp/trace.out"
#define FILE_OUT "/tmp/trace.json"

static char said[65536];

static pid_t start_machine(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct vmm v;
        vmm_open(&v);
        for (;;) {
            vmm_repeat(&v, OP_CPUID, 200, -1);
            vmm_repeat(&v, OP_PORT, 100, -1);
            /* In the lab only idle time passes quickly. */
            usleep(20000);
        }
    }
    return pid;
}

static pid_t start_trace(const char *option, const char *option2, unsigned process)
{
    char number[16];
    const char *argv[8] = {"pvbench", "trace", option, option2, number, NULL};
    snprintf(number, sizeof(number), "%u", process);
    if (!option2) {
        argv[3] = number;
        argv[4] = NULL;
    }
    pid_t pid = fork();
    if (pid == 0) {
        int out = open(OUT, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        execv("/usr/bin/pvbench", (char *const *)argv);
        _exit(127);
    }
    return pid;
}

/* The exit status; what it said is in `said`. */
static int end_of(pid_t pid)
{
    int status = -1;
    waitpid(pid, &status, 0);
    FILE *f = fopen(OUT, "re");
    size_t n = f ? fread(said, 1, sizeof(said) - 1, f) : 0;
    said[n] = 0;
    if (f)
        fclose(f);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static unsigned lines_with(const char *text)
{
    unsigned n = 0;
    for (const char *at = said; (at = strstr(at, text)); at += strlen(text))
        n++;
    return n;
}

static void check_json(int status)
{
    json_t *t = json_load_file(FILE_OUT, 0, NULL), *kind;
    const char *name;
    json_int_t sum = 0, io = json_integer_value(json_object_get(json_object_get(t, "userspace_exits"), "io"));
    json_t *exits = json_object_get(t, "exits");
    json_object_foreach(exits, name, kind) sum += json_integer_value(json_object_get(kind, "count"));
    json_t *cpuid = json_object_get(json_object_get(exits, "CPUID"), "in_kernel");
    json_t *port = json_object_get(json_object_get(exits, "IOIO"), "through_userspace");
    check(status == 0 && t, "--json -o FILE writes a document");
    check(sum > 1000 && sum == json_integer_value(json_object_get(t, "exits_total")), "its kinds sum up to its total");
    check(json_array_size(json_object_get(cpuid, "histogram")) > 0 && port && io > 0,
          "with histograms, in the kernel and through userspace");
    check(json_integer_value(json_object_get(json_object_get(t, "ports"), "0x80")) > 0, "and ports");
    json_decref(t);
}

void probes_trace(void)
{
    pid_t machine = start_machine();
    sleep(1);
    int status = end_of(start_trace("--duration=1", NULL, (unsigned)machine));
    if (!check(status == 0 && strstr(said, "CPUID") && strstr(said, "IOIO") && strstr(said, "\nports\n  0x80 "),
               "a table of a running machine"))
        note("status %d: %s", status, said);
    status = end_of(start_trace("--duration=3", "--interval=1", (unsigned)machine));
    if (!check(status == 0 && lines_with(" exits/s  ") == 3, "a line each second"))
        note("status %d: %s", status, said);
    pid_t trace = start_trace("--json", "--output=" FILE_OUT, (unsigned)machine);
    sleep(2);
    kill(trace, SIGINT);
    check_json(end_of(trace));
    trace = start_trace("--duration=60", NULL, (unsigned)machine);
    sleep(2);
    kill(machine, SIGKILL);
    waitpid(machine, NULL, 0);
    status = end_of(trace);
    check(status == 0 && strstr(said, "CPUID"), "the table when the machine ends");
    status = end_of(start_trace("--duration=1", NULL, (unsigned)getpid()));
    check(status == 1 && strstr(said, "has no KVM virtual machine"), "a process without a machine is told");
    status = end_of(start_trace("--duration=1", NULL, (unsigned)machine));
    check(status == 1 && strstr(said, "is not there"), "and one that is not there");
}
