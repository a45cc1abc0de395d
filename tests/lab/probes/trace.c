/* trace.c: `pvbench trace` on a virtual machine that runs. */
#include "counters.h"
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
#define SYMBOLS  "/tmp/symbols"

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

/* `lines`: for its standard output, or -1: with what it says. The arguments end with NULL. */
static pid_t start_pvbench(int lines, const char *const *argv)
{
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

static pid_t start_trace_into(int lines, const char *option, const char *option2, unsigned process)
{
    char number[16];
    const char *argv[8] = {"pvbench", "trace", option, option2, number, NULL};
    snprintf(number, sizeof(number), "%u", process);
    if (!option2) {
        argv[3] = number;
        argv[4] = NULL;
    }
    return start_pvbench(lines, argv);
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

/* --- two guests, of which perf counts the exits, too ------------------------------- */

enum { TURNS = 50, PAUSE_US = 3000 };

struct counted {
    pid_t pid;
    int go, counter;
};

/* Works as often as it is meant to, and then is silent, so that whoever counts sees the same. */
static struct counted start_counted(unsigned cpuids, unsigned ports)
{
    int go[2], ready[2];
    char nothing;
    struct counted c;
    check(pipe2(go, O_CLOEXEC) == 0 && pipe2(ready, O_CLOEXEC) == 0, "pipes");
    c.pid = fork();
    if (c.pid == 0) {
        struct vmm v;
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(go[1]);
        vmm_open(&v);
        if (write(ready[1], "", 1) != 1 || read(go[0], &nothing, 1) != 1)
            _exit(1);
        for (int i = 0; i < TURNS; i++) {
            vmm_repeat(&v, OP_CPUID, cpuids, -1);
            vmm_repeat(&v, OP_PORT, ports, -1);
            usleep(PAUSE_US);
        }
        for (;;)
            pause();
    }
    close(go[0]);
    close(ready[1]);
    check(read(ready[0], &nothing, 1) == 1, "a guest waits");
    close(ready[0]);
    c.go = go[1];
    c.counter = counter_open("kvm_exit", c.pid);
    return c;
}

static void let_go(const struct counted *c)
{
    check(write(c->go, "", 1) == 1, "and is let go");
}

static void end_counted(struct counted *c)
{
    kill(c->pid, SIGKILL);
    waitpid(c->pid, NULL, 0);
    close(c->go);
    close(c->counter);
}

static json_int_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static void check_counted(const json_t *guest, const struct counted *c, json_int_t cpuids, json_int_t ports)
{
    const json_t *exits = json_object_get(guest, "exits"), *vcpu = json_array_get(json_object_get(guest, "vcpus"), 0);
    const json_t *cpuid = json_object_get(exits, "CPUID");
    json_int_t all = number(guest, "exits_total") + number(guest, "under_way");
    if (!check(all == (json_int_t)counter_read(c->counter), "as many exits as perf has counted"))
        note("%lld, by perf %lu", (long long)all, counter_read(c->counter));
    check(number(cpuid, "count") == cpuids * TURNS && number(json_object_get(exits, "IOIO"), "count") == ports * TURNS,
          "and as many of each kind as the guest has made");
    check(number(cpuid, "min") <= number(cpuid, "p50") && number(cpuid, "p50") <= number(cpuid, "p99") &&
              number(cpuid, "p99") <= number(cpuid, "p99.9") && number(cpuid, "p99.9") <= number(cpuid, "max") &&
              number(cpuid, "min") > 0,
          "its percentiles rise");
    check(number(vcpu, "exits_total") == number(guest, "exits_total") && number(vcpu, "vcpu") == 0,
          "all of them are of its one vCPU");
}

static void check_records(const json_t *guest)
{
    json_t *list = json_object_get(guest, "records"), *entry;
    json_t *io = json_object_get(json_object_get(guest, "exits"), "IOIO");
    size_t i, ports = 0, good = 0;
    json_array_foreach(list, i, entry)
    {
        const char *about = json_string_value(json_object_get(entry, "about"));
        bool is_port = about && strcmp(about, "port 0x80") == 0;
        const char *address = json_string_value(json_object_get(entry, "address"));
        ports += is_port;
        good += is_port && address && strtoul(address, NULL, 16) >= 0x1000 && strtoul(address, NULL, 16) < 0x1200 &&
                json_is_true(json_object_get(entry, "through_userspace"));
    }
    if (!check(ports == (size_t)number(io, "count") && good == ports,
               "each exit is told alone, with its port and the guest's address"))
        note("%zu records, %zu of ports, %zu good", json_array_size(list), ports, good);
}

/* All of its code is one function. */
static void check_functions(const json_t *guest)
{
    json_t *list = json_object_get(guest, "functions"), *entry;
    json_int_t ports = 0;
    size_t i;
    json_array_foreach(list, i, entry)
    {
        const char *function = json_string_value(json_object_get(entry, "function"));
        const char *kind = json_string_value(json_object_get(entry, "exit"));
        if (function && kind && strcmp(function, "all_of_it") == 0 && strcmp(kind, "IOIO") == 0)
            ports += number(entry, "count");
    }
    check(ports > 0 && ports == number(json_object_get(json_object_get(guest, "exits"), "IOIO"), "count"),
          "and is of a function of the guest's");
}

static void write_symbols(void)
{
    FILE *f = fopen(SYMBOLS, "we");
    if (check(f != NULL, "a table of symbols")) {
        fprintf(f, "0000000000001000 T all_of_it\n");
        fclose(f);
    }
}

static void two_guests(void)
{
    struct counted a = start_counted(20, 10), b = start_counted(3, 40);
    char pid_a[16], pid_b[16];
    snprintf(pid_a, sizeof(pid_a), "%u", (unsigned)a.pid);
    snprintf(pid_b, sizeof(pid_b), "%u", (unsigned)b.pid);
    const char *argv[] = {
        "pvbench", "trace", "--json", "--longer-than=0ns", "--guest-symbols=" SYMBOLS, "--output=" FILE_OUT,
        pid_a,     pid_b,   NULL};
    write_symbols();
    pid_t trace = start_pvbench(-1, argv);
    sleep(2);
    let_go(&a);
    let_go(&b);
    sleep(2);
    kill(trace, SIGINT);
    int status = end_of(trace);
    json_t *t = json_load_file(FILE_OUT, 0, NULL), *guests = json_object_get(t, "guests");
    if (!check(status == 0 && json_array_size(guests) == 2, "two guests at once"))
        note("status %d: %s", status, said);
    check_counted(json_array_get(guests, 0), &a, 20, 10);
    check_counted(json_array_get(guests, 1), &b, 3, 40);
    check_records(json_array_get(guests, 0));
    check_records(json_array_get(guests, 1));
    check_functions(json_array_get(guests, 0));
    json_decref(t);
    end_counted(&a);
    end_counted(&b);
}

/* --- formats ---------------------------------------------------------------------- */

static void formats(unsigned machine)
{
    char number_of[16];
    snprintf(number_of, sizeof(number_of), "%u", machine);
    const char *lines[] = {"pvbench", "trace", "--format=jsonl", "--interval=1", "--duration=2", number_of, NULL};
    int status = end_of(start_pvbench(-1, lines));
    json_t *line = json_loads(said, JSON_DISABLE_EOF_CHECK, NULL);
    json_t *guest = json_array_get(json_object_get(line, "guests"), 0);
    if (!check(status == 0 && lines_with("\n") == 2 && number(guest, "exits_total") > 1000 &&
                   number(json_object_get(json_object_get(guest, "exits"), "CPUID"), "p99") > 0,
               "a line of JSON each second"))
        note("status %d: %s", status, said);
    json_decref(line);
    const char *metrics[] = {"pvbench", "trace", "--format=openmetrics", "--duration=1", "--all", NULL};
    status = end_of(start_pvbench(-1, metrics));
    size_t n = strlen(said);
    if (!check(status == 0 && n > 6 && strcmp(said + n - 6, "# EOF\n") == 0 &&
                   strstr(said, "pvbench_exit_seconds_bucket{guest=\"machine ?\",pid=\"") &&
                   strstr(said, "kind=\"CPUID\",le=\"+Inf\"} "),
               "all guests, as OpenMetrics"))
        note("status %d: %s", status, said);
    const char *chrome[] = {"pvbench", "trace", "--format=chrome", "--duration=1", "--records=1000", "-o", FILE_OUT,
                            number_of, NULL};
    status = end_of(start_pvbench(-1, chrome));
    json_t *t = json_load_file(FILE_OUT, 0, NULL), *events = json_object_get(t, "traceEvents");
    if (!check(status == 0 && json_array_size(events) == 1002 && strstr(said, "not listed: "),
               "Chrome's format, as many exits as were asked for, and two names"))
        note("status %d, %zu events: %s", status, json_array_size(events), said);
    json_decref(t);
    const char *table[] = {"pvbench", "trace", "--by-vcpu", "--longer-than=1s", "--duration=1", number_of, NULL};
    status = end_of(start_pvbench(-1, table));
    if (!check(status == 0 && strstr(said, "\nvCPU 0 (thread ") &&
                   strstr(said, "\nno exit took 1000000.000 us or more"),
               "by vCPU, and none that is as long"))
        note("status %d: %s", status, said);
}

static void commands(void)
{
#define QEMU "/usr/bin/qemu-system-x86_64", "-nodefaults", "-machine", "pc", "-display", "none", "-no-reboot"
    const char *qemu[] = {"pvbench", "trace",
                          "--json",  "--output=" FILE_OUT,
                          "--",      QEMU,
                          "-accel",  "kvm",
                          "-cpu",    "host",
                          "-m",      "80",
                          "-serial", "file:/tmp/traced.log",
                          "-device", "isa-debug-exit,iobase=0xf4,iosize=4",
                          "-kernel", "/work/guest.elf",
                          NULL};
    int status = end_of(start_pvbench(-1, qemu));
    json_t *t = json_load_file(FILE_OUT, 0, NULL);
    if (!check(status == 0 && number(t, "exits_total") > 1000, "a command is traced from its first exit to its end"))
        note("status %d: %s", status, said);
    json_decref(t);
    const char *sleeper[] = {"pvbench", "trace", "--duration=1", "--", QEMU, "-accel", "tcg", "-S", NULL};
    status = end_of(start_pvbench(-1, sleeper));
    check(status == 1 && strstr(said, "no exit of process"), "one that has no guest is an error, and ended");
    const char *none[] = {"pvbench", "trace", "--", "/none", NULL};
    status = end_of(start_pvbench(-1, none));
    check(status == 1 && strstr(said, "/none: cannot be started: No such file or directory"),
          "one that is not there is told");
}

void probes_trace(void)
{
    two_guests();
    commands();
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
    formats((unsigned)machine);
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
