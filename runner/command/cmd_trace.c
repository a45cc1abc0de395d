/*
 * cmd_trace.c: `pvbench trace`: the KVM probes on a virtual machine that is
 * already running, whatever its guest, until it ends, the time is over or
 * somebody has seen enough.
 */
#include "common/patience.h"
#include "runner/session/boot.h"
#include "common/memory.h"
#include "runner/command/commands.h"
#include "common/options.h"
#include "runner/command/output.h"
#include "runner/session/session.h"
#include "runner/command/trace_table.h"

#include "collectors/words.h"

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SECONDS_MAX 8640000 /* a hundred days */

static const char help[] =
    "Usage: pvbench trace [OPTION]... PID\n"
    "Counts and times the VM exits of a running KVM virtual machine, in the kernel, by eBPF.\n"
    "PID is the process of its virtual machine monitor (QEMU, for instance). Ends with the table when the\n"
    "process ends, after --duration, or on Ctrl-C.\n"
    "\n"
    "      --duration=SECONDS  end after this time\n"
    "      --interval=SECONDS  a line with the exits of the last SECONDS, again and again\n"
    "      --json              the table as JSON, with histograms\n"
    "  -o, --output=FILE       the table there, not on standard output\n"
    "      --help              this text\n"
    "\n"
    "Time is from the exit to the next entry, blocked time included. Needs root (CAP_SYS_ADMIN) where kvm is a\n"
    "module; where it is built in, CAP_BPF and CAP_PERFMON are enough.\n"
    "Exit status: 0 good; 1 an error, or exits were lost; 2 wrong usage.\n";

struct trace {
    unsigned process, duration, interval;
    bool json;
    const char *output_path;
    char name[64]; /* the process's */
    struct output output;
    int pidfd;
    struct kvm_probes *probes;
    struct kvm_snapshot last;
    double seconds;
};

static int read_options(struct trace *t, int argc, char **argv)
{
    const char *process = NULL;
    const struct option_row rows[] = {{"duration", .number = &t->duration, .min = 1, .max = SECONDS_MAX},
                                      {"interval", .number = &t->interval, .min = 1, .max = SECONDS_MAX},
                                      {"json", .flag = &t->json}};
    const struct option_table table = {help, rows, 3, &t->output_path, &process, 1, 1, "PID", "one PID is enough"};
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    return options_number(argv[0], "PID", process, 1, 1u << 30, &t->process) ? EXIT_USAGE : -1;
}

/* --- the process ------------------------------------------------------------- */

/* A virtual machine is a file of that name among those that its process holds open. */
static bool holds_machine(unsigned process, int *why)
{
    char path[64], link[400], target[64];
    struct dirent *entry;
    bool found = false;
    snprintf(path, sizeof(path), "/proc/%u/fd", process);
    DIR *dir = opendir(path);
    *why = dir ? 0 : errno;
    while (dir && !found && (entry = readdir(dir))) {
        snprintf(link, sizeof(link), "%s/%s", path, entry->d_name);
        ssize_t n = readlink(link, target, sizeof(target) - 1);
        target[n > 0 ? n : 0] = 0;
        found = strcmp(target, "anon_inode:kvm-vm") == 0;
    }
    if (dir)
        closedir(dir);
    return found;
}

/* The probes know processes, people may have the number of a thread. */
static void find_process(struct trace *t)
{
    char path[64], line[256], name[sizeof(t->name)] = "";
    snprintf(path, sizeof(path), "/proc/%u/status", t->process);
    FILE *f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "Name: %63[^\n]", name) != 1 && sscanf(line, "Tgid: %u", &t->process) == 1)
            break;
    if (f)
        fclose(f);
    /* Its own choice, and cut by the kernel: anything may be in it. */
    word_copy((struct word){name, strlen(name)}, t->name, sizeof(t->name));
}

static int find_machine(struct trace *t, struct pvb_error *e)
{
    int why;
    find_process(t);
    if (!t->name[0])
        return pvb_fail(e, "process %u: is not there", t->process);
    if (!holds_machine(t->process, &why))
        return why == EACCES
                   ? pvb_fail(e, "process %u (%s): cannot be looked at: %s; use sudo", t->process, t->name,
                              strerror(why))
                   : pvb_fail(e, "process %u (%s): has no KVM virtual machine; give the PID of a QEMU with -accel kvm",
                              t->process, t->name);
    t->pidfd = (int)syscall(SYS_pidfd_open, t->process, 0);
    return t->pidfd < 0 ? pvb_fail(e, "process %u (%s): %s", t->process, t->name, strerror(errno)) : 0;
}

/* --- the watching -------------------------------------------------------------- */

static int read_probes(struct trace *t, struct kvm_snapshot *s, struct pvb_error *e)
{
    char why[256];
    return kvm_probes_read(t->probes, s, why, sizeof(why)) ? 0 : pvb_fail(e, "%s", why);
}

static int print_line(struct trace *t, double seconds, struct pvb_error *e)
{
    struct kvm_snapshot now;
    char clock[16] = "";
    time_t wall = time(NULL);
    struct tm parts;
    if (read_probes(t, &now, e))
        return -1;
    if (localtime_r(&wall, &parts))
        strftime(clock, sizeof(clock), "%H:%M:%S", &parts);
    /* With the table on standard output, lines are not part of it. */
    FILE *out = t->json && !t->output_path ? stderr : stdout;
    fprintf(out, "%s ", clock);
    trace_line_print(out, &t->last, &now, seconds);
    kvm_snapshot_free(&t->last);
    t->last = now;
    /* Whoever read them may have gone. */
    return fflush(out) || ferror(out) ? pvb_fail(e, "the lines cannot be written: %s", strerror(errno)) : 0;
}

/* 1: over, 0: go on, -1: an error. */
static int wait_until(const struct trace *t, long long moment, struct pvb_error *e)
{
    struct pollfd fd = {.fd = t->pidfd, .events = POLLIN};
    /* Not longer, lest a signal that came right before it be slept over. */
    long long left = moment ? moment - now_ms() : 1000;
    if (session_signal)
        return 1;
    int n = poll(&fd, 1, left < 0 ? 0 : left > 1000 ? 1000 : (int)left);
    if (n < 0 && errno != EINTR)
        return pvb_fail(e, "poll: %s", strerror(errno));
    return n != 0 ? 1 : 0;
}

static int watch(struct trace *t, struct pvb_error *e)
{
    const long long start = now_ms(), end = t->duration ? start + 1000LL * t->duration : 0;
    const long long interval = 1000LL * t->interval;
    long long line = start, next = interval ? start + interval : 0;
    int over = 0;
    while (!over) {
        over = wait_until(t, !next || (end && end < next) ? end : next, e);
        if (over < 0)
            return -1;
        long long now = now_ms();
        if (next && now >= next) {
            if (print_line(t, (double)(now - line) / 1000, e))
                return -1;
            line = now;
            /* What was slept through (a stop, a stall) is in one line. */
            next += (now - next) / interval * interval + interval;
        }
        over = over || (end && now >= end);
    }
    t->seconds = (double)(now_ms() - start) / 1000;
    return 0;
}

static int write_table(struct trace *t, const struct kvm_snapshot *s, struct pvb_error *e)
{
    if (t->json) {
        json_t *document = json_pack("{s:s, s:{s:I, s:s}, s:s, s:f}", "schema", "pvbench.trace/1", "process", "pid",
                                     (json_int_t)t->process, "name", t->name, "probes", kvm_probes_way(t->probes),
                                     "seconds", t->seconds);
        json_t *trace = trace_json(s);
        json_object_update(document, trace);
        json_decref(trace);
        int bad = output_write(&t->output, document, e);
        json_decref(document);
        return bad;
    }
    char *text = NULL;
    size_t size = 0;
    FILE *out = memory_stream(&text, &size);
    if (out)
        trace_table_print(out, s, t->seconds);
    int bad = !out || fclose(out) ? pvb_fail(e, "%s: out of memory", t->output.path)
                                  : output_write_text(&t->output, text, size, e);
    free(text);
    return bad;
}

static int carry_out(struct trace *t, bool *lost, struct pvb_error *e)
{
    const struct kvm_probes_options options = {.waits = true};
    struct kvm_snapshot s;
    char why[512];
    if (find_machine(t, e) || output_open(&t->output, t->output_path ? t->output_path : "-", e))
        return -1;
    t->probes = kvm_probes_open(&options, why, sizeof(why));
    if (!t->probes)
        return pvb_fail(e, "%s; see pvbench doctor", why);
    session_catch_signals();
    kvm_probes_watch(t->probes, (pid_t)t->process);
    if (watch(t, e))
        return -1;
    kvm_probes_stop(t->probes);
    if (read_probes(t, &s, e))
        return -1;
    int bad = write_table(t, &s, e);
    trace_losses_print(stderr, &s.lost);
    *lost = s.lost.stats || s.lost.vcpus;
    kvm_snapshot_free(&s);
    return bad;
}

int pvb_cmd_trace(int argc, char **argv)
{
    struct trace t = {.pidfd = -1};
    struct pvb_error e = {""};
    bool lost = false;
    int status = read_options(&t, argc, argv);
    if (status >= 0)
        return status;
    int bad = carry_out(&t, &lost, &e);
    if (bad)
        fprintf(stderr, "pvbench: %s\n", e.text);
    kvm_probes_close(t.probes);
    kvm_snapshot_free(&t.last);
    output_close(&t.output);
    if (t.pidfd >= 0)
        close(t.pidfd);
    return bad || lost ? EXIT_ERROR : EXIT_GOOD;
}
