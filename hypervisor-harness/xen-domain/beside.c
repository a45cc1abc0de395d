/* beside.c: see beside.h. */
#include "hypervisor-harness/xen-domain/beside.h"
#include "hypervisor-harness/xen-domain/deadline.h"
#include "hypervisor-harness/xen-domain/toolstack.h"
#include "hypervisor-harness/xen-domain/work_done.h"

#include "collectors/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define IDLE       "idle_guest"
#define IDLE_MIB   16
#define AT_WORK_S  3 /* from their start on, and a second more for each fourth of them: they share a processor */
#define LOOK_MS    50
#define AT_WORK    "pvbench: at_work"
#define ADJUSTED   "pvbench: memory done"
#define PANIC      "pvbench: panic reason="
#define REASON_MAX 128

enum state { PAUSED, STARTED, WORKS, ENDED };

struct neighbour {
    struct domain domain;
    struct disk disk;
    char image[PATH_MAX]; /* of its disk */
    struct nic nic;
    struct lines lines;
    struct xen_trace *trace;
    enum state state;
    bool has_memory; /* it has said that it has as much as it is to have */
    const char *end; /* the word, once it has ended */
    char reason[REASON_MAX];
    struct domain_share share;
    bool has_done;
    uint64_t done;                                /* how often it has done its load */
    struct toolstack created, started, destroyed; /* what each took */
};

static void hear(void *context, const char *text, size_t size, bool cut)
{
    struct neighbour *n = context;
    const size_t panic = strlen(PANIC);
    (void)cut;
    if (size == strlen(AT_WORK) && memcmp(text, AT_WORK, size) == 0 && n->state == STARTED)
        n->state = WORKS;
    if (size == strlen(ADJUSTED) && memcmp(text, ADJUSTED, size) == 0)
        n->has_memory = true;
    if (size > panic && memcmp(text, PANIC, panic) == 0 && !*n->reason)
        word_copy((struct word){text + panic, size - panic}, n->reason, sizeof(n->reason));
}

static void read_console(struct neighbour *n)
{
    char bytes[1024];
    ssize_t got;
    while ((got = read(n->domain.console, bytes, sizeof(bytes))) > 0)
        lines_feed(&n->lines, bytes, (size_t)got);
}

/* A file of its own, which stays beside the image until the boot is over. */
static int open_disk(struct neighbour *n, const struct beside *b, char *why, size_t size)
{
    char path[64];
    snprintf(path, sizeof(path), "neighbour-%u.raw", n->domain.number);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    int bad = fd < 0 || posix_fallocate(fd, 0, (off_t)b->disk_kib * 1024) || !realpath(path, n->image);
    if (bad)
        snprintf(why, size, "%s: cannot be created: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return bad ? -1 : disk_open(&n->disk, b->kind, n->image, why, size);
}

/* Else nobody asks Xen for it: each question is work of the first domain's. */
static bool is_weighted(const struct beside *b)
{
    return b->wanted.weight || b->wanted.cap;
}

static int create(struct neighbour *n, const struct beside *b, char *why, size_t size)
{
    char no_card[REASON_MAX];
    if (b->kind && open_disk(n, b, why, size))
        return -1;
    if (b->has_wire && n->domain.number == 1 && nic_is_to_be_had(b->kind, no_card, sizeof(no_card)))
        n->nic.kind = b->kind;
    deadline_begin("libxenlight does not finish a domain beside the measured one");
    const struct toolstack before = toolstack_now();
    int bad = domain_create(&n->domain, b->mode, b->image, &n->disk, &n->nic, why, size);
    const struct toolstack after = toolstack_now();
    n->created = toolstack_between(&before, &after);
    if (!bad && is_weighted(b)) {
        bad = domain_set_share(&n->domain, &b->wanted, why, size);
        n->share = domain_get_share(&n->domain);
    }
    bad = bad || nic_start(&n->nic, n->domain.id, why, size);
    deadline_end();
    return bad ? -1 : 0;
}

int beside_create(struct beside *b, const struct domain *like, char *why, size_t size)
{
    char reason[256];
    b->measured = like;
    if (!b->count)
        return 0;
    b->neighbour = calloc(b->count, sizeof(*b->neighbour));
    if (!b->neighbour) {
        snprintf(why, size, "out of memory");
        return -1;
    }
    for (unsigned i = 0; i < b->count; i++) {
        struct neighbour *n = &b->neighbour[i];
        *n = (struct neighbour){.domain = *like, .disk = DISK_NONE, .lines = {.line = hear, .context = n}};
        n->domain.death = NULL;
        n->domain.exists = n->domain.hung_up = false;
        n->domain.console = -1;
        n->domain.number = i + 1;
        n->domain.idle_mib = strcmp(b->load, IDLE) == 0 ? IDLE_MIB : 0;
    }
    for (unsigned i = 0; i < b->count; i++) {
        if (create(&b->neighbour[i], b, reason, sizeof(reason)) == 0)
            continue;
        snprintf(why, size, "guest %u of %u: %s", i + 1, b->count + 1, reason);
        return -1;
    }
    return 0;
}

static void note_end(struct neighbour *n, const char *word, const char *reason)
{
    n->state = ENDED;
    n->end = word;
    if (!*n->reason)
        snprintf(n->reason, sizeof(n->reason), "%s", reason);
}

/* Of those that were started. */
static void look_at(struct neighbour *n)
{
    const char *word;
    read_console(n);
    if (n->state != PAUSED && n->state != ENDED && domain_has_ended(&n->domain, &word))
        note_end(n, word,
                 strcmp(word, "destroyed") ? "it ended by itself, or by somebody else" : "somebody destroyed it");
}

static bool wait_for_some(const struct beside *b)
{
    struct pollfd *fd = calloc(b->count + 1, sizeof(*fd));
    unsigned waiting = 0;
    for (unsigned i = 0; fd && i < b->count; i++)
        if (b->neighbour[i].state == STARTED && !b->neighbour[i].domain.hung_up)
            fd[waiting++] = (struct pollfd){.fd = b->neighbour[i].domain.console, .events = POLLIN};
    if (waiting)
        poll(fd, waiting, LOOK_MS);
    free(fd);
    return waiting;
}

static time_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec;
}

void beside_start(struct beside *b, const volatile sig_atomic_t *broken_off)
{
    char why[REASON_MAX];
    const unsigned patience = AT_WORK_S + b->count / 4;
    const time_t late = now() + patience;
    if (is_weighted(b))
        b->measured_share = domain_get_share(b->measured);
    for (unsigned i = 0; i < b->count; i++) {
        struct neighbour *n = &b->neighbour[i];
        const struct toolstack before = toolstack_now();
        n->state = STARTED;
        if (domain_unpause(&n->domain, why, sizeof(why)))
            note_end(n, "error", why);
        const struct toolstack after = toolstack_now();
        n->started = toolstack_between(&before, &after);
    }
    while (wait_for_some(b) && now() < late && !*broken_off)
        for (unsigned i = 0; i < b->count; i++)
            if (b->neighbour[i].state == STARTED)
                look_at(&b->neighbour[i]);
    for (unsigned i = 0; i < b->count; i++) {
        struct neighbour *n = &b->neighbour[i];
        if (n->state != STARTED)
            continue;
        snprintf(why, sizeof(why), "it had not done its load once within %u s", patience);
        note_end(n, "timeout", why);
        domain_destroy(&n->domain);
    }
}

void beside_look(struct beside *b)
{
    for (unsigned i = 0; i < b->count; i++) {
        struct neighbour *n = &b->neighbour[i];
        if (n->state == WORKS)
            look_at(n);
        n->has_done = n->state == WORKS && work_done_read(n->domain.id, b->done_at, &n->done);
    }
}

int beside_set_memory(struct beside *b, unsigned number, long kib, const struct meanwhile *m, char *why, size_t size)
{
    struct neighbour *n = &b->neighbour[number];
    struct pollfd fd = {.fd = n->domain.console, .events = POLLIN};
    const time_t late = now() + DEADLINE_S;
    n->has_memory = false;
    if (libxl_set_memory_target(n->domain.xl, n->domain.id, kib, 1, 1)) {
        snprintf(why, size, "libxenlight does not set the memory target of guest %u", number + 1);
        return -1;
    }
    while (!n->has_memory && n->state == WORKS && now() < late) {
        poll(&fd, 1, LOOK_MS);
        look_at(n);
        m->call(m->context);
    }
    if (!n->has_memory)
        snprintf(why, size, "guest %u does not come to its memory target", number + 1);
    return n->has_memory ? 0 : -1;
}

int beside_trace(struct beside *b, struct xen_trace *measured, const struct guest_image *image, enum xen_isa isa)
{
    for (unsigned i = 0; i < b->count; i++) {
        struct neighbour *n = &b->neighbour[i];
        n->trace = xen_trace_new(n->domain.id, isa);
        if (!n->trace)
            return -1;
        guest_image_tell(image, n->trace);
        xen_trace_beside(measured, n->trace);
    }
    return 0;
}

static void print_share(const struct beside *b, const struct domain_share *s, FILE *out)
{
    if (is_weighted(b))
        fprintf(out, " weight=%d cap=%d", s->weight, s->cap);
}

void beside_print(const struct beside *b, FILE *out)
{
    if (!b->count)
        return;
    for (unsigned i = 0; i < b->count; i++) {
        const struct neighbour *n = &b->neighbour[i];
        fprintf(out, "M guest order=%u role=neighbour mode=%s load=%s end=%s", i + 1, b->mode, b->load,
                n->state == ENDED ? n->end : "running");
        print_share(b, &n->share, out);
        if (n->has_done)
            fprintf(out, " done=%" PRIu64, n->done);
        fprintf(out, n->state == ENDED ? " reason=%s\n" : "\n", n->reason);
    }
    fprintf(out, "M guest order=%u role=measured mode=%s", b->count + 1, b->mode);
    print_share(b, &b->measured_share, out);
    putc('\n', out);
}

const char *beside_trouble(const struct beside *b)
{
    for (unsigned i = 0; i < b->count; i++)
        if (b->neighbour[i].state == ENDED)
            return b->neighbour[i].reason;
    return NULL;
}

static void print_steps(const struct neighbour *n, FILE *out)
{
    toolstack_print(&n->created, "step", n->domain.number, "create", out);
    toolstack_print(&n->started, "step", n->domain.number, "start", out);
    /* One that somebody else has destroyed is not destroyed once more. */
    if (n->destroyed.ticks)
        toolstack_print(&n->destroyed, "step", n->domain.number, "destroy", out);
}

/* The last one first: each is destroyed while as many others are there as when it was created. */
void beside_destroy(struct beside *b, FILE *out)
{
    for (unsigned i = b->neighbour ? b->count : 0; i-- > 0;) {
        struct neighbour *n = &b->neighbour[i];
        const bool exists = n->domain.exists;
        nic_end(&n->nic);
        const struct toolstack before = toolstack_now();
        domain_destroy(&n->domain);
        const struct toolstack after = toolstack_now();
        if (exists)
            n->destroyed = toolstack_between(&before, &after);
        disk_close(&n->disk);
        xen_trace_free(n->trace);
    }
    for (unsigned i = 0; out && b->neighbour && i < b->count; i++)
        print_steps(&b->neighbour[i], out);
    free(b->neighbour);
    b->neighbour = NULL;
}
