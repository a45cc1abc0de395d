/* boot.c: starts a guest, listens to it, and sees that it ends. */
#include "runner/session/boot.h"

#include "collectors/sources.h"

#include "hypervisor-harness/lab/lab.h"
#include "hypervisor-harness/station/station.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

_Static_assert(LAB_MONITOR_FD == PROCESS_INHERITED && LAB_LIBRARY_FD == PROCESS_INHERITED + 1 &&
                   LAB_PLUGIN_FD == PROCESS_INHERITED + 2,
               "the emulator looks for what it is given where the runner puts it");

#define CONSOLE_FILE "console.log"
#define STDERR_FILE  "stderr.log"
#define STDERR_LINES 1000 /* to be looked at; what matters comes first */

/* The vCPUs' threads come when the virtual machine monitor makes them, long before the guest's first word. */
static void pin_threads(struct boot *b)
{
    if (b->order.pin && !b->pinned && b->process.pid)
        pinning_threads(b->order.pin, b->process.pid, &b->pinned);
}

static void take_line(void *context, const char *text, size_t size, bool cut)
{
    struct boot *b = context;
    enum speaker who = b->listener->speaker(&text, &size);
    boot_time_line(&b->time);
    pin_threads(b);
    sources_line(b->seen, who, text, size, cut);
}

/* What the guest has to know, PVB_PARAM_*. */
static uint32_t guest_flags(const struct boot_order *o)
{
    const char *devices = guest_devices(&o->setting.guest[0]);
    return o->setting.guest[0].vcpus << PVB_PARAM_VCPUS_SHIFT | (o->in_order ? PVB_PARAM_IN_ORDER : 0) |
           (!*devices                          ? 0
            : strcmp(devices, "emulated") == 0 ? PVB_PARAM_DEVICES_EMULATED
                                               : PVB_PARAM_DEVICES_PV);
}

/* One image for all who are beside the guest. */
static int write_neighbour(const struct boot_order *o, struct pvb_error *e)
{
    const struct guest_setting *g = &o->setting.guest[0];
    struct pvb_param_workload load = {.iterations = 1, .parameter = g->load_parameter};
    snprintf(load.name, sizeof(load.name), "%s", guest_load(g));
    char *path = path_of("%s/" NEIGHBOUR_FILE, o->dir);
    int bad = image_write_filled(o->image, &load, 1, guest_flags(o) | PVB_PARAM_NEIGHBOUR, path, e);
    free(path);
    return bad;
}

static int prepare_dir(struct boot *b, struct pvb_error *e)
{
    const struct boot_order *o = &b->order;
    if (mkdir(o->dir, 0777) && errno != EEXIST)
        return pvb_fail(e, "%s: cannot be created: %s", o->dir, strerror(errno));
    char *log = path_of("%s/" CONSOLE_FILE, o->dir);
    int result = carrier_find(o->setting.guest[0].carrier)
                     ->write(o->image, o->workload, o->workloads, guest_flags(o), o->dir, e);
    if (!result && o->setting.guest[0].neighbours)
        result = write_neighbour(o, e);
    if (!result) {
        b->log = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (b->log < 0)
            result = pvb_fail(e, "%s: cannot be created: %s", log, strerror(errno));
    }
    free(log);
    return result;
}

static void start_watching(void *context, pid_t pid)
{
    struct boot *b = context;
    b->watched = true;
    if (b->order.pin)
        pinning_process(b->order.pin, pid);
    sources_start(b->seen, b->start, pid);
}

static void step_watching(struct boot *b)
{
    b->hasty = b->watched && sources_step(b->seen, b->start);
}

static void stop_watching(struct boot *b)
{
    if (b->watched)
        sources_stop(b->seen, b->start);
    b->watched = false;
}

/* What an emulator in the lab is given beside its command: the monitor's other end, a library, and the
 * plugin where it counts. */
static int open_lab(struct process_order *p, struct lab_clock *clock, bool plugin, struct pvb_error *e)
{
    if (lab_clock_open(clock, &p->inherited[0], e))
        return -1;
    p->inheriteds = 1;
    p->inherited[1] = lab_library();
    if (p->inherited[1] < 0)
        return pvb_fail(e, "the emulator's library: cannot be handed over: %s", strerror(errno));
    p->inheriteds = 2;
    p->preload = LAB_PRELOAD;
    if (!plugin)
        return 0;
    p->inherited[2] = lab_plugin();
    if (p->inherited[2] < 0)
        return pvb_fail(e, "the emulator's plugin: cannot be handed over: %s", strerror(errno));
    p->inheriteds = 3;
    return 0;
}

/* Its time runs from here. */
static int start_command(struct boot *b, const struct launch *launch, struct pvb_error *e)
{
    const struct boot_order *o = &b->order;
    struct lab_clock clock = {.monitor = -1};
    struct process_order p = {
        .argv = launch->argv,
        .dir = o->dir,
        .error_file = STDERR_FILE,
        .inheriteds = launch->inheriteds,
        .watcher = {start_watching, b},
    };
    memcpy(p.inherited, launch->inherited, sizeof(p.inherited));
    int bad = (launch->is_lab && open_lab(&p, &clock, o->parts, e)) || process_start(&b->process, &p, e);
    for (unsigned i = 0; launch->is_lab && i < p.inheriteds; i++)
        close(p.inherited[i]);
    boot_time_end(&b->time);
    boot_time_start(&b->time, o->machine->pace ? o->machine->pace(o->hypervisor) : NULL, o->timeout_s, b->process.pid,
                    clock);
    return bad;
}

static void tell_no_entries(struct observation *o, unsigned workload, const char *why)
{
    struct region *const both[] = {&o->books.region[PVB_REGION_COLD(workload)],
                                   &o->books.region[PVB_REGION_STEADY(workload)]};
    for (unsigned i = 0; i < 2; i++) {
        both[i]->seen = true;
        region_fault(both[i], "%s", why);
    }
}

/* Of the guest, with a new observation. */
static int start_process(struct boot *b, struct pvb_error *e)
{
    const struct boot_order *o = &b->order;
    struct launch launch = {0};
    json_decref(b->pinned);
    b->pinned = NULL;
    b->seen = observation_new(o->setting.guest[0].mode, o->workload, o->workloads);
    if (!b->seen)
        return pvb_fail(e, "a boot: out of memory");
    b->seen->events = o->events;
    b->seen->vcpus = o->setting.guest[0].vcpus;
    b->seen->in_order = o->in_order;
    b->seen->parts = o->parts;
    sources_open(b->seen, b->listener->collectors);
    for (unsigned i = 0; i < o->workloads && o->hypervisor->no_entries; i++)
        tell_no_entries(b->seen, i, o->hypervisor->no_entries);
    struct neighbours *beside = neighbours_are_ours(o) ? neighbours_start(o, b->beside, e) : NULL;
    if (neighbours_are_ours(o) && !beside)
        return -1;
    b->beside = beside;
    int bad = o->machine->prepare(&launch, o, e);
    b->station = launch.station;
    b->monitor = b->seen->monitor = launch.monitor;
    if (launch.interface[0]) {
        b->wire = fcntl(launch.inherited[0], F_DUPFD_CLOEXEC, 0);
        snprintf(b->interface, sizeof(b->interface), "%s", launch.interface);
        b->seen->interface = b->interface;
    }
    memcpy(b->seen->no_network, launch.no_network, sizeof(launch.no_network));
    bad = bad || start_command(b, &launch, e);
    for (unsigned i = 0; i < launch.inheriteds; i++)
        close(launch.inherited[i]);
    lab_command_free(launch.argv);
    return bad ? -1 : 0;
}

static void end_devices(struct boot *b)
{
    neighbours_stop(b->beside);
    if (b->monitor)
        close(b->monitor);
    b->monitor = 0;
    station_end(&b->station);
    if (b->wire >= 0)
        close(b->wire);
    b->wire = -1;
}

struct boot *boot_start(const struct boot_order *order, struct pvb_error *e)
{
    struct boot *b = calloc(1, sizeof(*b));
    if (!b) {
        pvb_fail(e, "a boot: out of memory");
        return NULL;
    }
    b->order = *order;
    b->listener = order->machine->listener(order->hypervisor);
    b->start = start_first(sources_disturb(b->listener->collectors));
    b->log = b->wire = -1;
    b->process.out = -1;
    b->time.clock.monitor = -1;
    b->lines.line = take_line;
    b->lines.context = b;
    if (prepare_dir(b, e) == 0 && start_process(b, e) == 0)
        return b;
    boot_free(b);
    return NULL;
}

bool boot_is_hasty(const struct boot *b)
{
    return b->hasty || (b->order.pin && !b->pinned);
}

int boot_fd(const struct boot *b)
{
    return b->process.out;
}

static void stop(struct boot *b, enum status status)
{
    if (!b->killed)
        process_kill(&b->process);
    b->killed = true;
    b->status = status;
}

static void take_output(struct boot *b, const char *bytes, size_t size)
{
    if (b->bytes + size > BOOT_OUTPUT_MAX) {
        size = BOOT_OUTPUT_MAX - b->bytes;
        snprintf(b->reason, sizeof(b->reason), "output limit: the guest wrote more than %u MiB", BOOT_OUTPUT_MAX >> 20);
        stop(b, STATUS_FAILED);
    }
    b->bytes += size;
    /* The log is for reading afterwards; a full disk must not cost the measurement. */
    if (!b->log_full && write_all(b->log, bytes, size))
        b->log_full = true;
    lines_feed(&b->lines, bytes, size);
}

static void read_output(struct boot *b)
{
    char bytes[65536];
    while (b->process.out >= 0 && !b->killed) {
        ssize_t n = read(b->process.out, bytes, sizeof(bytes));
        if (n > 0) {
            take_output(b, bytes, (size_t)n);
            continue;
        }
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            return;
        close(b->process.out);
        b->process.out = -1;
    }
}

/* The line that says that the guest stands still for ever, in `reason`. */
static bool stands_still(const struct boot *b, char *reason, size_t size)
{
    const char *const *words = b->listener->standstill;
    char *path = path_of("%s/" STDERR_FILE, b->order.dir), line[200];
    FILE *f = words ? fopen(path, "r") : NULL;
    bool found = false;
    for (size_t lines = 0; f && !found && lines < STDERR_LINES && fgets(line, sizeof(line), f); lines++)
        for (const char *const *w = words; *w && !found; w++)
            found = strncmp(line, *w, strlen(*w)) == 0;
    if (found)
        word_copy((struct word){line, strcspn(line, "\r\n")}, reason, size);
    if (f)
        fclose(f);
    free(path);
    return found;
}

static void mind_time(struct boot *b)
{
    if (b->killed || !b->process.pid || !boot_time_to_look(&b->time))
        return;
    if (stands_still(b, b->reason, sizeof(b->reason)))
        stop(b, STATUS_CRASHED);
    /* Where there is no hypervisor to say that it has, the guest has begun. */
    else if (boot_time_is_over(&b->time, b->seen->hypervisor_started || b->seen->started, b->reason, sizeof(b->reason)))
        stop(b, STATUS_TIMEOUT);
}

/* What the emulator said of its failure; its warnings are of no interest. */
static void last_error(const struct boot *b, char *last, size_t size)
{
    char *path = path_of("%s/" STDERR_FILE, b->order.dir), line[200];
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        if (!strstr(line, "warning:"))
            snprintf(last, size, "%s", line);
    if (f)
        fclose(f);
    free(path);
}

static void add_last_words(struct boot *b)
{
    const struct machine *machine = b->order.machine;
    char last[200] = "";
    last_error(b, last, sizeof(last));
    if (!last[0] && machine->last_words)
        machine->last_words(&b->order, last, sizeof(last));
    struct word word = {last, strcspn(last, "\r\n")};
    size_t used = strlen(b->reason);
    if (word.size && used + 8 < sizeof(b->reason)) {
        snprintf(b->reason + used, sizeof(b->reason) - used, ": ");
        word_copy(word, b->reason + used + 2, sizeof(b->reason) - used - 2);
    }
}

/* A guest that ended well, unwatched, starts once more to be watched. True once it has. */
static bool begin_again(struct boot *b)
{
    struct pvb_error e;
    if (!start_again(&b->start, b->status == STATUS_OK))
        return false;
    b->costs = b->seen;
    b->bytes = 0;
    if (start_process(b, &e) == 0)
        return true;
    observation_free(b->seen);
    b->seen = b->costs;
    b->costs = NULL;
    snprintf(b->reason, sizeof(b->reason), "the second start, for the counts: %.240s", e.text);
    b->status = STATUS_ERROR;
    return false;
}

/* Signals that people, service managers and a kernel out of memory send; the emulator says of some that they came. */
static int killer_of(const struct boot *b, int exit_status)
{
    static const char words[] = "terminating on signal ";
    char last[200] = "";
    const int number = WIFSIGNALED(exit_status) ? WTERMSIG(exit_status) : 0;
    if (b->killed || number == SIGKILL || number == SIGTERM || number == SIGINT || number == SIGHUP)
        return b->killed ? 0 : number;
    last_error(b, last, sizeof(last));
    const char *said = strstr(last, words);
    return said ? (int)strtol(said + strlen(words), NULL, 10) : 0;
}

static void conclude(struct boot *b, int exit_status)
{
    lines_finish(&b->lines);
    stop_watching(b);
    if (b->beside)
        neighbours_tell(b->beside, b->seen);
    end_devices(b);
    b->killer = killer_of(b, exit_status);
    bool waited = b->killed && b->status == STATUS_TIMEOUT;
    if (!b->killed)
        b->status = b->listener->judge(b->seen, exit_status, b->reason, PVB_REASON_SIZE);
    if ((waited || (!b->killed && b->status == STATUS_ERROR)) && !b->seen->hypervisor_started)
        add_last_words(b);
    if (begin_again(b))
        return;
    if (b->costs)
        observation_take_costs(b->seen, b->costs);
    b->over = true;
}

bool boot_step(struct boot *b)
{
    int exit_status;
    if (b->over)
        return true;
    pin_threads(b);
    step_watching(b);
    read_output(b);
    mind_time(b);
    /* Its end is certain to come: it has closed its output or has been killed, or the deadline will kill it. */
    if (b->process.out >= 0 && !b->killed)
        return false;
    pid_t pid = waitpid(b->process.pid, &exit_status, b->killed ? 0 : WNOHANG);
    if (pid == 0 || (pid < 0 && errno == EINTR))
        return false;
    b->process.pid = 0;
    conclude(b, exit_status);
    return b->over;
}

void boot_free(struct boot *b)
{
    if (!b)
        return;
    if (b->process.pid) {
        process_kill(&b->process);
        waitpid(b->process.pid, NULL, 0);
    }
    end_devices(b);
    neighbours_free(b->beside);
    if (b->process.out >= 0)
        close(b->process.out);
    if (b->log >= 0)
        close(b->log);
    boot_time_end(&b->time);
    if (b->order.machine->clean)
        b->order.machine->clean(&b->order);
    if (b->seen)
        stop_watching(b);
    observation_free(b->seen);
    observation_free(b->costs);
    json_decref(b->pinned);
    free(b);
}
