/*
 * xen_trace.c: `pvbench trace` on a Xen host in the lab: two domains from
 * their first entry to their last, held against a second reader of the records
 * that were saved, against what the guests are known to do, and against xenalyze.
 */
#include "command.h"
#include "tests/lab/probes/tap.h"

#include "hypervisor-harness/xen-domain/domain.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <xen/trace.h>

#define SAVED "/tmp/trace.xen"
#define LIVE  "/tmp/live.json"
#define READ  "/tmp/read.json"

enum { MODES = 2, ITERATIONS = 200 };
static const char *const modes[MODES] = {"pv", "pvh"};

/* --- the second reader --------------------------------------------------------------- */

struct counts {
    long call[64], exit[1024], page_faults, cpuids;
};

/* One processor: the records are in order, and the scheduler's tell who runs. */
static struct counts count_records(unsigned domain)
{
    static struct counts c;
    uint32_t header, extra[TRACE_EXTRA_MAX], running = ~0u, exit_code = ~0u;
    uint64_t tsc;
    FILE *f = fopen(SAVED, "re");
    memset(&c, 0, sizeof(c));
    while (f && fread(&header, sizeof(header), 1, f) == 1) {
        unsigned extras = TRC_HD_EXTRA(header), event = TRC_HD_TO_EVENT(header);
        if ((TRC_HD_INCLUDES_CYCLE_COUNT(header) && fread(&tsc, sizeof(tsc), 1, f) != 1) ||
            (extras && fread(extra, sizeof(extra[0]), extras, f) != extras))
            break;
        if (event >> 12 == TRC_SCHED_MIN >> 12 && (event & 0xf) == 1 && (event & 0x30) == 0)
            running = extra[0] >> 16;
        else if (event >> 12 == TRC_SCHED_MIN >> 12 && (event & 0xf) == 1 && extra[0] >> 16 == running)
            running = ~0u;
        if (running != domain)
            continue;
        if (event == TRC_PV_HYPERCALL_V2 || event == (TRC_PV_HYPERCALL_V2 | TRC_64_FLAG))
            c.call[extra[0] & 63]++;
        else if (event == TRC_PV_PAGE_FAULT || event == (TRC_PV_PAGE_FAULT | TRC_64_FLAG))
            c.page_faults++;
        else if (event == TRC_PV_FORCED_INVALID_OP || event == (TRC_PV_FORCED_INVALID_OP | TRC_64_FLAG))
            c.cpuids++;
        else if (event == TRC_HVM_VMEXIT || event == TRC_HVM_VMEXIT64)
            exit_code = extra[0];
        else if (event == TRC_HVM_VMENTRY && exit_code != ~0u) {
            c.exit[exit_code & 1023]++;
            exit_code = ~0u;
        }
    }
    if (f)
        fclose(f);
    return c;
}

/* --- the domains ------------------------------------------------------------------------ */

struct guest {
    pid_t pid;
    int go;
    unsigned id;
    char name[64];
};

/* Lives as long as the process that made it, which hears its console. */
static void live(const char *mode, int go, int tell)
{
    char why[256] = "", image[64], byte, text[4096];
    const struct disk no_disk = DISK_NONE;
    const struct nic no_nic = {0};
    const char *end = NULL;
    struct domain d;
    snprintf(image, sizeof(image), "/work/traced/guest-%s.elf", strcmp(mode, "pv") == 0 ? "pv" : "hvm");
    if (domain_connect(&d, why, sizeof(why)) || domain_create(&d, mode, image, &no_disk, &no_nic, why, sizeof(why)) ||
        write(tell, &d.id, sizeof(d.id)) != sizeof(d.id)) {
        note("%s: %s", mode, why);
        _exit(1);
    }
    if (read(go, &byte, 1) != 1 || domain_unpause(&d, why, sizeof(why)))
        _exit(1);
    while (!domain_wait(&d, NULL, 1000, &end) && !d.hung_up)
        while (read(d.console, text, sizeof(text)) > 0)
            continue;
    /* Whoever traces it sees that it has shut down before it is gone. */
    (void)!read(go, &byte, 1);
    domain_destroy(&d);
    domain_disconnect(&d);
    _exit(0);
}

static struct guest start_guest(const char *mode)
{
    int go[2], tell[2];
    struct guest g = {0};
    check(pipe(go) == 0 && pipe(tell) == 0, "pipes");
    fflush(stdout);
    g.pid = fork();
    if (g.pid == 0) {
        close(go[1]);
        live(mode, go[0], tell[1]);
    }
    close(go[0]);
    close(tell[1]);
    check(read(tell[0], &g.id, sizeof(g.id)) == sizeof(g.id), "a domain waits");
    close(tell[0]);
    g.go = go[1];
    snprintf(g.name, sizeof(g.name), DOMAIN_PREFIX "%d-%s", (int)g.pid, mode);
    return g;
}

static void end_guest(struct guest *g)
{
    int status;
    close(g->go);
    waitpid(g->pid, &status, 0);
}

/* --- what was counted ---------------------------------------------------------------------- */

static long count_of(const json_t *guest, const char *class, const char *kind)
{
    const json_t *kinds = json_object_get(json_object_get(guest, "entries"), class);
    return (long)json_integer_value(json_object_get(json_object_get(kinds, kind), "count"));
}

static void same(const char *what, long is, long wanted, long least)
{
    if (!check(is == wanted && is >= least, what))
        note("%ld, by the second reader %ld, at least %ld", is, wanted, least);
}

static void check_guests(const json_t *document, const struct guest *g)
{
    const json_t *pv = json_array_get(json_object_get(document, "guests"), 0);
    const json_t *pvh = json_array_get(json_object_get(document, "guests"), 1), *kind;
    struct counts c = count_records(g[0].id);
    long all = 0;
    same("pv: as many xen_version as the second reader has", count_of(pv, "hypercall", "xen_version"), c.call[17],
         ITERATIONS);
    same("pv: as many page faults", count_of(pv, "forward", "page_fault"), c.page_faults, 0);
    same("pv: and as many CPUIDs that Xen carried out", count_of(pv, "emulate", "cpuid"), c.cpuids, ITERATIONS);
    c = count_records(g[1].id);
    same("pvh: as many exits for CPUID", count_of(pvh, "exit", "CPUID"), c.exit[0x72], ITERATIONS);
    same("pvh: as many for VMMCALL", count_of(pvh, "exit", "VMMCALL"), c.exit[0x81], ITERATIONS);
    for (size_t i = 0; i < sizeof(c.exit) / sizeof(c.exit[0]); i++)
        all += c.exit[i];
    same("pvh: and as many of all", (long)json_integer_value(json_object_get(pvh, "entries_total")), all, 500);
    kind = json_object_get(json_object_get(json_object_get(pvh, "entries"), "exit"), "CPUID");
    check(json_integer_value(json_object_get(kind, "p50")) > 100 &&
              json_integer_value(json_object_get(kind, "p50")) <= json_integer_value(json_object_get(kind, "p99.9")),
          "pvh: with percentiles");
}

/* What it says into a file. */
static bool run_xenalyze(void)
{
    int status = -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        int out = open("/tmp/xenalyze.out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        execl("/work/xenalyze", "xenalyze", "--svm-mode", "--cpu-hz=1G", "--summary", SAVED, (char *)NULL);
        _exit(127);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

/* A kind of entries that xenalyze counts, in its words; those that are ours are compared, one by one. */
static bool read_line(const char *line, const char **class, char *kind, long *count)
{
    unsigned number;
    *class = "exit";
    if (sscanf(line, " VMEXIT_%40s %ld", kind, count) == 2)
        return true;
    *class = "hypercall";
    if (sscanf(line, "    %40s [%u]: %ld", kind, &number, count) == 3) {
        /* Xen's own headers call it otherwise than xenalyze. */
        if (strcmp(kind, "evtchn_op") == 0)
            snprintf(kind, 41, "event_channel_op");
        return true;
    }
    *class = "forward";
    return sscanf(line, "  %40s %ld", kind, count) == 2 && strcmp(kind, "page_fault") == 0;
}

static void check_xenalyze(const json_t *document, const struct guest *g)
{
    char line[512], kind[41];
    const char *class;
    unsigned id = ~0u, same_ones[MODES] = {0}, others = 0;
    long count;
    if (access("/work/xenalyze", X_OK)) {
        note("not compared with xenalyze: it is not in the lab's packages of Xen");
        return;
    }
    check(run_xenalyze(), "xenalyze reads what was saved");
    FILE *f = fopen("/tmp/xenalyze.out", "re");
    while (f && fgets(line, sizeof(line), f)) {
        sscanf(line, "|-- Domain %u --|", &id);
        for (unsigned i = 0; i < MODES; i++) {
            if (id != g[i].id || !read_line(line, &class, kind, &count))
                continue;
            long ours = count_of(json_array_get(json_object_get(document, "guests"), i), class, kind);
            same_ones[i] += ours == count;
            others += ours != count;
            if (ours != count)
                note("%s: %s %s: %ld, by xenalyze %ld", modes[i], class, kind, ours, count);
        }
    }
    if (f)
        fclose(f);
    if (!check(!others && same_ones[0] >= 10 && same_ones[1] >= 6, "and counts the same of each kind of both domains"))
        note("pv: %u kinds, pvh: %u kinds, %u others", same_ones[0], same_ones[1], others);
}

int main(void)
{
    struct said said;
    struct guest g[MODES];
    char arguments[256];
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (unsigned i = 0; i < MODES; i++)
        g[i] = start_guest(modes[i]);
    snprintf(arguments, sizeof(arguments), "trace --json --save=" SAVED " --longer-than=0ns -o " LIVE " %s %u",
             g[0].name, g[1].id);
    pid_t trace = command_start(NULL, arguments, "/tmp/log");
    sleep(2);
    for (unsigned i = 0; i < MODES; i++)
        check(write(g[i].go, "", 1) == 1, "a domain runs");
    command_wait(trace, "/tmp/log", &said);
    json_t *live_one = json_load_file(LIVE, 0, NULL);
    if (!check(said.status == 0 && live_one, "two domains are traced until they have ended, by name and by number"))
        note("status %d: %s", said.status, said.text);
    check_guests(live_one, g);
    const json_t *records = json_object_get(json_array_get(json_object_get(live_one, "guests"), 1), "records");
    check(json_array_size(records) == (size_t)json_integer_value(json_object_get(
                                          json_array_get(json_object_get(live_one, "guests"), 1), "entries_total")),
          "each exit is told alone");
    snprintf(arguments, sizeof(arguments), "trace --json --read=" SAVED " --cpu-hz=1GHz -o " READ " %u %u", g[0].id,
             g[1].id);
    command_run(NULL, arguments, &said);
    json_t *read_one = json_load_file(READ, 0, NULL);
    if (!check(said.status == 0 && read_one, "what was saved is read"))
        note("status %d: %s", said.status, said.text);
    check_guests(read_one, g);
    for (unsigned i = 0; i < MODES; i++)
        check(json_equal(json_object_get(json_array_get(json_object_get(live_one, "guests"), i), "entries_total"),
                         json_object_get(json_array_get(json_object_get(read_one, "guests"), i), "entries_total")),
              "and has as many entries of a domain");
    check_xenalyze(live_one, g);
    /* The later one holds the other's end of the pipe. */
    for (unsigned i = MODES; i-- > 0;)
        end_guest(&g[i]);
    command_run(NULL, "trace --read=/work/program", &said);
    check(said.status == 1 && said_words(&said, "is it a file of xentrace?"), "another file is none");
    command_run(NULL, "trace nobody", &said);
    check(said.status == 1 && said_words(&said, "domain nobody: does not run"), "a domain that is not there is told");
    json_decref(live_one);
    json_decref(read_one);
    return tap_end();
}
