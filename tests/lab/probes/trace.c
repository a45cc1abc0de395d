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
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUT      "/tmp/trace.out"
#define FILE_OUT "/tmp/trace.json"

/* Half a letter at its end, as where the kernel cuts a name. */
#define NAME "machine \xd0"

static char said[65536];

static pid_t start_machine(void)
{
    pid_t pid = fork();
    if (pid == 0) {
        struct vmm v;
        prctl(PR_SET_NAME, NAME);
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

/* `lines`: for its standard output, or -1: with what it says. */
static pid_t start_trace_into(int lines, const char *option, const char *option2, unsigned process)
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
        dup2(lines < 0 ? out : lines, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        execv("/usr/bin/pvbench", (char *const *)argv);
        _exit(127);
    }
    return pid;
}

static pid_t start_trace(const char *option, const char *option2, unsigned process)
{
    return start_trace_into(-1, option, option2, process);
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
    name = json_string_value(json_object_get(json_object_get(t, "process"), "name"));
    check(name && strcmp(name, "machine ?") == 0, "a name that is no text is cleaned");
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
    pid_t trace = start_trace("--duration=6", "--interval=1", (unsigned)machine);
    usleep(1500000);
    kill(trace, SIGSTOP);
    sleep(3);
    kill(trace, SIGCONT);
    status = end_of(trace);
    /* After 1, 4.5, 5 and 6 seconds. */
    if (!check(status == 0 && lines_with(" exits/s  ") == 4, "the seconds of a stop are in one line"))
        note("status %d: %s", status, said);
    int ends[2];
    check(pipe(ends) == 0, "a pipe");
    close(ends[0]);
    trace = start_trace_into(ends[1], "--duration=60", "--interval=1", (unsigned)machine);
    close(ends[1]);
    status = end_of(trace);
    if (!check(status == 1 && strstr(said, "the lines cannot be written: Broken pipe"),
               "it ends when nobody reads its lines any more"))
        note("status %d: %s", status, said);
    trace = start_trace("--json", "--output=" FILE_OUT, (unsigned)machine);
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
