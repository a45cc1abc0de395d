/* worker.c: see worker.h. */
#include "runner/bisect/worker.h"
#include "common/memory.h"
#include "common/patience.h"
#include "common/publish.h"
#include "common/text.h"
#include "runner/common/files.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_MS 20000 /* in which a worker takes away what it has started, and the engine it */

/* Its standard input comes as the first descriptor that a child may be given. */
static char *shell_line(const char *on)
{
    return path_of("exec <&%d %d<&-; %s \"$@\"", PROCESS_INHERITED, PROCESS_INHERITED, on);
}

int worker_start(struct worker *w, const char *on, const char *line, unsigned number, const char *work,
                 struct pvb_error *e)
{
    int pipes[2];
    char self[PATH_MAX] = "", shell[] = "sh", dash_c[] = "-c", bisect[] = "bisect", serve[] = "--serve", shard[16];
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) <= 0)
        return pvb_fail(e, "/proc/self/exe: cannot be read; mount /proc");
    if (pipe2(pipes, O_CLOEXEC))
        return pvb_fail(e, "a worker: cannot be started: %s", strerror(errno));
    char *script = shell_line(on), *argv[] = {shell, dash_c, script, shell, self, bisect, serve, NULL};
    free(w->log);
    *w = (struct worker){.in = pipes[1], .log = path_of("%s/worker-%u.log", work, number), .since_ms = now_ms()};
    const struct process_order order = {
        .argv = argv, .dir = ".", .error_file = w->log, .inherited = {pipes[0]}, .inheriteds = 1};
    snprintf(shard, sizeof(shard), "%u", number);
    setenv("PVBENCH_SHARD", shard, 1);
    const int bad = process_start(&w->process, &order, e);
    unsetenv("PVBENCH_SHARD");
    close(pipes[0]);
    free(script);
    if (bad) {
        close(w->in);
        w->process = (struct process){0};
        return -1;
    }
    /* One that has ended already is told of when it is heard. */
    if (write_all(w->in, line, strlen(line)) == 0)
        (void)!write_all(w->in, "\n", 1);
    return 0;
}

int worker_ask(struct worker *w, const char *commit)
{
    char line[COMMIT_HEX + 1];
    const int size = snprintf(line, sizeof(line), "%s\n", commit);
    if (write_all(w->in, line, (size_t)size))
        return -1;
    text_format(w->commit, sizeof(w->commit), "%s", commit);
    w->since_ms = now_ms();
    return 0;
}

/* --- what it answers ------------------------------------------------------------------------ */

static void take_text(const json_t *object, const char *key, char *into, size_t size)
{
    const char *text = json_string_value(json_object_get(object, key));
    text_line(into, size, "%s", text ? text : "");
}

static int read_answer(struct worker *w, const char *line, struct worker_answer *a)
{
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
    *a = (struct worker_answer){.ready = json_object_get(object, "ready")};
    take_text(object, "ready", a->key, sizeof(a->key));
    take_text(object, "commit", a->commit, sizeof(a->commit));
    take_text(object, "build", a->build, sizeof(a->build));
    take_text(object, "words", a->words, sizeof(a->words));
    a->cached = json_is_true(json_object_get(object, "cached"));
    const json_t *status = json_object_get(object, "status");
    a->measured = json_is_integer(status) && json_integer_value(status) == 0;
    /* First that it is ready, then of what it was asked. */
    const bool good =
        a->ready ? !w->ready : w->ready && json_is_integer(status) && *w->commit && strcmp(a->commit, w->commit) == 0;
    json_decref(object);
    if (!good)
        return -1;
    w->ready = true;
    *w->commit = 0;
    return 1;
}

int worker_hear(struct worker *w, struct worker_answer *answer)
{
    char bytes[4096];
    const ssize_t n = read(w->process.out, bytes, sizeof(bytes));
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    if (n <= 0 || w->size + (size_t)n > WORKER_LINE)
        return -1;
    w->heard = memory_grown(w->heard, w->size + (size_t)n + 1);
    memcpy(w->heard + w->size, bytes, (size_t)n);
    w->size += (size_t)n;
    w->heard[w->size] = 0;
    char *end = memchr(w->heard, '\n', w->size);
    if (!end)
        return 0;
    *end = 0;
    const int heard = read_answer(w, w->heard, answer);
    /* It is asked one thing at a time, and has no more to say than the answer. */
    if (heard > 0 && end + 1 != w->heard + w->size)
        return -1;
    w->size = 0;
    return heard;
}

/* --- its end ------------------------------------------------------------------------------------ */

/*
 * The end of its standard input ends it, and what it has started, in its own time: an engine that were sent a signal
 * might end it outright. One that has not begun does not listen yet.
 */
void worker_dismiss(struct worker *w)
{
    if (!w->process.pid)
        return;
    close(w->in);
    if (!w->ready)
        kill(-w->process.pid, SIGTERM);
}

/* The shell may be gone before what it has started: as long as anybody holds the output, it is not over. */
static bool await_end(const struct process *p)
{
    const long long limit = now_ms() + GRACE_MS;
    char bytes[4096];
    for (long long now; (now = now_ms()) < limit;) {
        struct pollfd fd = {.fd = p->out, .events = POLLIN};
        if (poll(&fd, 1, (int)(limit - now)) > 0 && read(p->out, bytes, sizeof(bytes)) == 0)
            return true;
    }
    return false;
}

void worker_end(struct worker *w)
{
    if (w->process.pid) {
        if (!await_end(&w->process)) {
            kill(-w->process.pid, SIGTERM);
            await_end(&w->process);
        }
        process_kill(&w->process);
        waitpid(w->process.pid, NULL, 0);
        close(w->process.out);
    }
    free(w->heard);
    w->heard = NULL;
    w->size = 0;
    w->process = (struct process){0};
}
