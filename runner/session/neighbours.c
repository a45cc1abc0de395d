/* neighbours.c: see neighbours.h. */
#include "runner/session/neighbours.h"
#include "common/number_file.h"
#include "common/patience.h"
#include "runner/common/process.h"
#include "runner/session/session.h"

#include "collectors/lines.h"
#include "collectors/sources.h"
#include "hypervisor-harness/lab/lab.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT_WORK   "pvbench: at_work"
#define AT_WORK_S 3 /* for all of them, from the first one's start on, and a second more for each */
#define LOOK_MS   50

/* What this kernel has counted of one of them. */
struct counted {
    bool known;
    uint64_t exits, halts, ran_ns;
    long long at_ms;
};

struct neighbour {
    struct process process;
    struct lines lines;
    bool works;
    const char *end; /* NULL: it runs */
    char reason[PVB_REASON_SIZE];
    struct counted before;
};

struct neighbours {
    const struct boot_order *order;
    unsigned count;
    struct neighbours *first; /* of the first start */
    struct neighbour one[];
};

bool neighbours_are_ours(const struct boot_order *order)
{
    return order->setting.guest[0].neighbours && machine_has_emulator(order->machine, order->hypervisor);
}

static void hear(void *context, const char *text, size_t size, bool cut)
{
    static const char panic[] = "pvbench: panic reason=";
    struct neighbour *n = context;
    (void)cut;
    n->works = n->works || (size == strlen(AT_WORK) && memcmp(text, AT_WORK, size) == 0);
    if (size > strlen(panic) && memcmp(text, panic, strlen(panic)) == 0)
        word_copy((struct word){text + strlen(panic), size - strlen(panic)}, n->reason, sizeof(n->reason));
}

static void finish(struct process *p)
{
    process_kill(p);
    while (p->pid && waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    p->pid = 0;
}

static void note_end(struct neighbour *n, const char *end, const char *reason)
{
    n->end = end;
    if (!*n->reason)
        snprintf(n->reason, sizeof(n->reason), "%s", reason);
}

/* What it said, and whether it is still there. */
static void look_at(struct neighbour *n)
{
    char bytes[1024];
    ssize_t got;
    while (n->process.out >= 0 && (got = read(n->process.out, bytes, sizeof(bytes))) > 0)
        lines_feed(&n->lines, bytes, (size_t)got);
    int status;
    if (n->end || !n->process.pid || waitpid(n->process.pid, &status, WNOHANG) != n->process.pid)
        return;
    n->process.pid = 0;
    if (WIFSIGNALED(status))
        note_end(n, "destroyed", "its emulator was ended by a signal");
    else
        note_end(n, WEXITSTATUS(status) ? "crash" : "reboot", "it ended by itself: a triple fault, most likely");
}

/* Before there are threads of it, which all have it then: CFS gives each a weight by that (sched(7)). */
static void make_nice(void *context, pid_t pid)
{
    const struct guest_setting *guest = context;
    if (guest->load_nice)
        setpriority(PRIO_PROCESS, (id_t)pid, (int)guest->load_nice);
}

/* The folder that it runs in, and its disk there. */
static int make_place(const char *dir, const struct guest_setting *guest, struct pvb_error *e)
{
    if (mkdir(dir, 0777) && errno != EEXIST)
        return pvb_fail(e, "%s: cannot be created: %s", dir, strerror(errno));
    if (!guest->devices)
        return 0;
    char *path = path_of("%s/" DISK_FILE, dir);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
    int bad = fd < 0 || posix_fallocate(fd, 0, DISK_SIZE)
                  ? pvb_fail(e, "%s: cannot be created: %s", path, strerror(errno))
                  : 0;
    if (fd >= 0)
        close(fd);
    free(path);
    return bad;
}

/* As the measured one is started, but for the image, which lies beside that one's. */
static int launch_one(struct neighbours *all, unsigned number, struct pvb_error *e)
{
    const struct boot_order *o = all->order;
    struct guest_setting guest = o->setting.guest[0];
    struct launch launch = {0};
    guest.is_neighbour = true;
    if (o->hypervisor->here->prepare(&launch, &guest, e))
        return -1;
    for (char **word = launch.argv; *word; word++)
        if (strcmp(*word, GUEST_FILE) == 0) {
            free(*word);
            *word = path_of("../" NEIGHBOUR_FILE);
        }
    char *dir = path_of("%s/neighbour-%u", o->dir, number);
    const struct process_order p = {
        .argv = launch.argv, .dir = dir, .error_file = "stderr.log", .watcher = {make_nice, &guest}};
    int bad = make_place(dir, &guest, e) || process_start(&all->one[number - 1].process, &p, e);
    lab_command_free(launch.argv);
    free(dir);
    return bad;
}

/* The first number of each file that fits, summed. */
static uint64_t sum_of(const char *pattern, bool *found)
{
    glob_t files;
    uint64_t sum = 0, number;
    *found = glob(pattern, 0, NULL, &files) == 0;
    for (size_t i = 0; *found && i < files.gl_pathc; i++)
        if (number_file(files.gl_pathv[i], &number))
            sum += number;
    if (*found)
        globfree(&files);
    return sum;
}

static struct counted count_of(const struct neighbour *n)
{
    char pattern[96];
    bool exits, halts, ran;
    struct counted c = {.at_ms = now_ms()};
    snprintf(pattern, sizeof(pattern), "/sys/kernel/debug/kvm/%d-*/exits", (int)n->process.pid);
    c.exits = sum_of(pattern, &exits);
    snprintf(pattern, sizeof(pattern), "/sys/kernel/debug/kvm/%d-*/halt_exits", (int)n->process.pid);
    c.halts = sum_of(pattern, &halts);
    snprintf(pattern, sizeof(pattern), "/proc/%d/task/*/schedstat", (int)n->process.pid);
    c.ran_ns = sum_of(pattern, &ran);
    c.known = exits && halts && ran;
    return c;
}

static bool wait_for_some(struct neighbours *all)
{
    struct pollfd fd[SETTING_NEIGHBOURS];
    unsigned waiting = 0;
    for (unsigned i = 0; i < all->count; i++)
        if (!all->one[i].works && !all->one[i].end)
            fd[waiting++] = (struct pollfd){.fd = all->one[i].process.out, .events = POLLIN};
    if (waiting)
        poll(fd, waiting, LOOK_MS);
    return waiting;
}

static void await_work(struct neighbours *all)
{
    const unsigned patience = AT_WORK_S + all->count;
    const long long late = now_ms() + patience * 1000LL;
    char why[96];
    while (wait_for_some(all) && now_ms() < late && !session_signal)
        for (unsigned i = 0; i < all->count; i++)
            look_at(&all->one[i]);
    snprintf(why, sizeof(why), "it had not done its load once within %u s", patience);
    for (unsigned i = 0; i < all->count; i++) {
        struct neighbour *n = &all->one[i];
        if (!n->end && !n->works) {
            note_end(n, "timeout", why);
            finish(&n->process);
        }
        n->before = count_of(n);
    }
}

struct neighbours *neighbours_start(const struct boot_order *order, struct neighbours *first, struct pvb_error *e)
{
    const unsigned count = order->setting.guest[0].neighbours;
    struct neighbours *all = calloc(1, sizeof(*all) + count * sizeof(all->one[0]));
    if (!all) {
        pvb_fail(e, "a boot: out of memory");
        return NULL;
    }
    all->order = order;
    all->count = count;
    for (unsigned i = 0; i < count; i++) {
        all->one[i].process.out = -1;
        all->one[i].lines.line = hear;
        all->one[i].lines.context = &all->one[i];
    }
    for (unsigned i = 0; i < count; i++) {
        struct pvb_error why;
        if (launch_one(all, i + 1, &why) == 0) {
            if (order->pin)
                pinning_process(order->pin, all->one[i].process.pid);
            continue;
        }
        pvb_fail(e, "guest %u of %u: %.300s", i + 1, count + 1, why.text);
        neighbours_free(all);
        return NULL;
    }
    all->first = first;
    await_work(all);
    return all;
}

static void tell(struct observation *seen, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void tell(struct observation *seen, const char *format, ...)
{
    char line[2 * PVB_REASON_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    sources_line(seen, SPEAKER_HYPERVISOR, line, strlen(line), false);
}

void neighbours_tell(struct neighbours *all, struct observation *seen)
{
    const struct guest_setting *g = &all->order->setting.guest[0];
    for (unsigned i = 0; i < all->count; i++) {
        struct neighbour *n = &all->one[i];
        char counts[224] = "", in_counts[32] = "";
        look_at(n);
        if (all->first && all->first->one[i].end)
            n = &all->first->one[i];
        else if (all->first && n->end)
            snprintf(in_counts, sizeof(in_counts), "in the start for counts: ");
        const struct counted now = count_of(n), *was = &n->before;
        if (now.known && was->known && !n->end)
            snprintf(counts, sizeof(counts),
                     " exits=%" PRIu64 " halts=%" PRIu64 " ran_ns=%" PRIu64 " life_ms=%lld start_exits=%" PRIu64
                     " start_ns=%" PRIu64,
                     now.exits - was->exits, now.halts - was->halts, now.ran_ns - was->ran_ns, now.at_ms - was->at_ms,
                     was->exits, was->ran_ns);
        tell(seen, "M guest order=%u role=neighbour mode=%s load=%s end=%s%s%s%s%s", i + 1, g->mode, guest_load(g),
             n->end ? n->end : "running", counts, n->end ? " reason=" : "", in_counts, n->end ? n->reason : "");
    }
    tell(seen, "M guest order=%u role=measured mode=%s", all->count + 1, g->mode);
}

void neighbours_stop(struct neighbours *all)
{
    for (unsigned i = 0; all && i < all->count; i++) {
        struct process *p = &all->one[i].process;
        finish(p);
        if (p->out >= 0)
            close(p->out);
        p->out = -1;
    }
}

void neighbours_free(struct neighbours *all)
{
    neighbours_stop(all);
    if (all)
        free(all->first);
    free(all);
}
