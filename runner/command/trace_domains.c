/* trace_domains.c: the program that reads Xen's trace, and files of it; trace_domains.h says for whom. */
#include "runner/command/trace_domains.h"

#include "collectors/words.h"
#include "common/inherited.h"
#include "common/patience.h"
#include "runner/hypervisor/domains.h"
#include "runner/hypervisor/xen_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_MS 10000
#define END_MS   10000

/* --- whose ------------------------------------------------------------------------- */

static void take_domain(struct trace_guest *g, const json_t *domain)
{
    const char *name = json_string_value(json_object_get(domain, "name"));
    *g = (struct trace_guest){
        .is_domain = true, .process = (unsigned)json_integer_value(json_object_get(domain, "id")), .pidfd = -1};
    const char *mode = json_string_value(json_object_get(domain, "mode"));
    word_copy((struct word){name ? name : "?", strlen(name ? name : "?")}, g->name, sizeof(g->name));
    snprintf(g->mode, sizeof(g->mode), "%s", mode ? mode : "");
}

static int add_domain(struct trace_guest *guests, size_t *n, const json_t *domain, struct pvb_error *e)
{
    if (*n == TRACE_GUESTS_MAX)
        return pvb_fail(e, "there are more than %u domains; give some", TRACE_GUESTS_MAX);
    take_domain(&guests[(*n)++], domain);
    return 0;
}

static const json_t *domain_of(const json_t *list, const char *whose)
{
    char *end;
    long number = strtol(whose, &end, 10);
    json_t *domain;
    size_t i;
    json_array_foreach((json_t *)list, i, domain)
    {
        const char *name = json_string_value(json_object_get(domain, "name"));
        if ((name && strcmp(name, whose) == 0) ||
            (end > whose && !*end && json_integer_value(json_object_get(domain, "id")) == number))
            return domain;
    }
    return NULL;
}

int trace_domains_find(struct trace_guest *guests, size_t *n, const char *const *whose, bool all, struct pvb_error *e)
{
    json_t *list = json_array(), *domain;
    int bad = domains_xen.list(list, e);
    size_t i;
    json_array_foreach(list, i, domain)
        /* The first domain is traced only when it is asked for. */
        if (!bad && all && json_integer_value(json_object_get(domain, "id"))) bad = add_domain(guests, n, domain, e);
    for (; !bad && !all && *whose; whose++) {
        const json_t *found = domain_of(list, *whose);
        bad = found ? add_domain(guests, n, found, e)
                    : pvb_fail(e, "domain %.80s: does not run; see pvbench domains", *whose);
    }
    json_decref(list);
    return bad ? -1 : *n ? 0 : pvb_fail(e, "--all: no domain runs but the first; see pvbench domains");
}

/* --- the program --------------------------------------------------------------------- */

static void become(const char *program, const struct trace_guest *guest, size_t guests, pid_t parent, int out)
{
    char number[TRACE_GUESTS_MAX][16];
    const char *argv[TRACE_GUESTS_MAX + 3] = {program, "trace"};
    for (size_t i = 0; i < guests; i++) {
        snprintf(number[i], sizeof(number[i]), "%u", guest[i].process);
        argv[2 + i] = number[i];
    }
    inherited_begin_child(parent);
    dup2(out, STDOUT_FILENO);
    dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
    execv(program, (char *const *)argv);
    _exit(127);
}

static int start_program(struct trace_source *s, const struct trace_guest *guest, size_t guests, struct pvb_error *e)
{
    int ends[2];
    const pid_t parent = getpid();
    char *program = xen_program_find();
    if (!program)
        return pvb_fail(e, XEN_PROGRAM " is neither beside pvbench nor in ../lib/pvbench; build it with make");
    int bad = pipe2(ends, O_CLOEXEC);
    pid_t pid = bad ? -1 : fork();
    if (pid == 0)
        become(program, guest, guests, parent, ends[1]);
    if (pid < 0)
        pvb_fail(e, XEN_PROGRAM ": cannot be started: %s", strerror(errno));
    free(program);
    if (!bad)
        close(ends[1]);
    if (!bad && pid < 0)
        close(ends[0]);
    if (pid < 0)
        return -1;
    s->pid = pid;
    s->from = ends[0];
    return 0;
}

/* Byte by byte, since what comes behind it is the stream's. */
static int read_line(struct trace_source *s, char *line, size_t size, struct pvb_error *e)
{
    const long long end = now_ms() + START_MS;
    size_t n = 0;
    for (;;) {
        struct pollfd fd = {.fd = s->from, .events = POLLIN};
        long long left = end - now_ms();
        if (left <= 0)
            return pvb_fail(e, XEN_PROGRAM ": does not begin within %d s", START_MS / 1000);
        if (poll(&fd, 1, (int)left) <= 0)
            continue;
        ssize_t got = read(s->from, line + n, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got != 1)
            return pvb_fail(e, XEN_PROGRAM ": ended without a word; see pvbench doctor");
        if (line[n] == '\n' || n + 1 == size) {
            line[n] = 0;
            return 0;
        }
        n++;
    }
}

static int open_save(struct trace_source *s, const char *path, struct pvb_error *e)
{
    s->save_path = path;
    s->save = path ? fopen(path, "we") : NULL;
    return path && !s->save ? pvb_fail(e, "%s: cannot be written: %s", path, strerror(errno)) : 0;
}

int trace_domains_start(struct trace_source *s, struct trace_guest *guest, size_t guests,
                        const struct trace_wants *wants, trace_take *take, void *with, const char *save,
                        struct pvb_error *e)
{
    char line[300] = "";
    double hz = 0;
    s->name = "Xen's trace";
    if (open_save(s, save, e) || start_program(s, guest, guests, e) || read_line(s, line, sizeof(line), e))
        return -1;
    if (sscanf(line, "hz %lf", &hz) != 1 || hz <= 0)
        return pvb_fail(e, "%s", strncmp(line, "error ", 6) == 0 ? line + 6 : "Xen's trace does not begin");
    s->xen = trace_xen_new(hz, wants, take, with);
    s->stream = xentrace_new(trace_xen_take, s->xen);
    for (size_t i = 0; i < guests; i++) {
        guest[i].xen = s->xen;
        trace_xen_want(s->xen, guest[i].process, (uint32_t)i);
    }
    return 0;
}

/* --- the stream -------------------------------------------------------------------------- */

static int take_bytes(struct trace_source *s, const uint8_t *bytes, size_t size, struct pvb_error *e)
{
    char why[128];
    if (s->save && fwrite(bytes, size, 1, s->save) != 1)
        return pvb_fail(e, "%s: cannot be written: %s", s->save_path, strerror(errno));
    return xentrace_feed(s->stream, bytes, size, why, sizeof(why)) ? 0 : pvb_fail(e, "%s: %s", s->name, why);
}

static int end_stream(struct trace_source *s, struct pvb_error *e)
{
    char why[128];
    if (s->from >= 0)
        close(s->from);
    s->from = -1;
    return xentrace_end(s->stream, why, sizeof(why)) ? 0 : pvb_fail(e, "%s: %s", s->name, why);
}

int trace_domains_step(struct trace_source *s, struct pvb_error *e)
{
    uint8_t bytes[65536];
    ssize_t n = read(s->from, bytes, sizeof(bytes));
    if (n < 0)
        return errno == EINTR ? 0 : pvb_fail(e, "%s: cannot be read: %s", s->name, strerror(errno));
    if (n > 0)
        return take_bytes(s, bytes, (size_t)n, e);
    return end_stream(s, e) ? -1 : 1;
}

int trace_domains_stop(struct trace_source *s, struct pvb_error *e)
{
    const long long end = now_ms() + END_MS;
    int over = s->from < 0;
    kill(s->pid, SIGTERM);
    while (!over) {
        struct pollfd fd = {.fd = s->from, .events = POLLIN};
        long long left = end - now_ms();
        if (left <= 0)
            return pvb_fail(e, XEN_PROGRAM ": does not end within %d s", END_MS / 1000);
        if (poll(&fd, 1, (int)left) > 0)
            over = trace_domains_step(s, e);
    }
    return over < 0 ? -1 : 0;
}

/* --- a file --------------------------------------------------------------------------- */

static int choose_domains(const struct trace_source *s, struct trace_guest *guests, size_t *n, const char *const *whose,
                          struct pvb_error *e)
{
    uint32_t domain[TRACE_XEN_DOMAINS];
    size_t domains = trace_xen_domains(s->xen, domain);
    for (size_t i = 0; i < domains; i++) {
        char number[16];
        size_t at = 0;
        snprintf(number, sizeof(number), "%u", domain[i]);
        while (whose[at] && strcmp(whose[at], number) != 0)
            at++;
        if (whose[0] && !whose[at])
            continue;
        if (*n == TRACE_GUESTS_MAX)
            return pvb_fail(e, "%s: has more than %u domains; give the numbers of some", s->name, TRACE_GUESTS_MAX);
        struct trace_guest *g = &guests[(*n)++];
        *g = (struct trace_guest){.is_domain = true, .process = domain[i], .pidfd = -1, .xen = s->xen};
        snprintf(g->name, sizeof(g->name), "domain %u", domain[i]);
    }
    return *n ? 0 : pvb_fail(e, "%s: has no record of %s", s->name, whose[0] ? "these domains" : "any domain");
}

int trace_domains_read(struct trace_source *s, const char *path, double hz, struct trace_guest *guests, size_t *n,
                       const char *const *whose, const struct trace_wants *wants, trace_take *take, void *with,
                       struct pvb_error *e)
{
    const bool standard = strcmp(path, "-") == 0;
    int over = 0;
    s->name = standard ? "standard input" : path;
    s->from = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (s->from < 0)
        return pvb_fail(e, "%s: cannot be read: %s", s->name, strerror(errno));
    s->xen = trace_xen_new(hz, wants, take, with);
    s->stream = xentrace_new(trace_xen_take, s->xen);
    for (size_t i = 0; whose[i]; i++)
        trace_xen_want(s->xen, (uint32_t)strtoul(whose[i], NULL, 10), (uint32_t)strtoul(whose[i], NULL, 10));
    while (!over)
        over = trace_domains_step(s, e);
    return over < 0 ? -1 : choose_domains(s, guests, n, whose, e);
}

void trace_domains_close(struct trace_source *s)
{
    if (s->from >= 0)
        close(s->from);
    if (s->pid > 0) {
        /* It gives Xen's trace back when it is asked to end; its guardian does when it is killed. */
        kill(s->pid, SIGTERM);
        const long long end = now_ms() + END_MS;
        while (waitpid(s->pid, NULL, WNOHANG) == 0) {
            if (now_ms() > end)
                kill(s->pid, SIGKILL);
            poll(NULL, 0, 10);
        }
    }
    if (s->save)
        fclose(s->save);
    xentrace_free(s->stream);
    trace_xen_free(s->xen);
}
