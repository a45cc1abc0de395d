/* child.c: see child.h. */
#include "runner/bisect/child.h"
#include "common/memory.h"
#include "common/patience.h"
#include "common/text.h"
#include "runner/common/files.h"
#include "runner/common/process.h"
#include "runner/session/session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GRACE_MS 15000 /* in which a pvbench that was asked to end takes its own children away */

struct heard {
    char *text;
    size_t size;
};

/* False: it has closed its output. */
static bool listen_to(const struct process *p, struct heard *h)
{
    char bytes[65536];
    const ssize_t n = read(p->out, bytes, sizeof(bytes));
    if (n <= 0)
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    if (h->size + (size_t)n < CHILD_OUTPUT_MAX) {
        h->text = memory_grown(h->text, h->size + (size_t)n + 1);
        memcpy(h->text + h->size, bytes, (size_t)n);
        h->size += (size_t)n;
        h->text[h->size] = 0;
    }
    return true;
}

static bool is_over(const struct process *p, int *status)
{
    return waitpid(p->pid, status, WNOHANG) == p->pid;
}

/* Its whole group: asked first, for as long as it may need. */
static int end_early(struct process *p)
{
    int status = 0;
    const long long limit = now_ms() + GRACE_MS;
    kill(-p->pid, SIGTERM);
    while (!is_over(p, &status)) {
        if (now_ms() > limit) {
            process_kill(p);
            waitpid(p->pid, &status, 0);
            break;
        }
        poll(NULL, 0, 20);
    }
    process_kill(p); /* what it left of its group */
    return status;
}

int child_lifeline = -1;

/* For a moment, or until it says something: then true. */
static bool await_word(int out, int ms)
{
    struct pollfd fds[] = {{.fd = out, .events = POLLIN}, {.fd = child_lifeline, .events = POLLRDHUP}};
    poll(fds, 2, ms);
    if (fds[1].revents & (POLLHUP | POLLRDHUP | POLLERR | POLLNVAL))
        session_signal = SIGHUP;
    return fds[0].revents != 0;
}

void child_pause(int ms)
{
    await_word(-1, ms);
}

/* True: it ended by itself. */
static bool attend(struct process *p, const struct child_order *o, struct heard *h, int *status)
{
    const long long limit = now_ms() + o->deadline_s * 1000LL;
    bool open = true;
    while (now_ms() < limit && !session_signal) {
        const bool spoke = await_word(open ? p->out : -1, open ? 200 : 20);
        open = open && (!spoke || listen_to(p, h));
        if (!open || !spoke)
            if (is_over(p, status)) {
                while (open && await_word(p->out, 0) && listen_to(p, h))
                    continue;
                return true;
            }
    }
    *status = end_early(p);
    return false;
}

int child_run(const struct child_order *o, char **output, struct pvb_error *e)
{
    const struct process_order order = {.argv = o->argv, .dir = o->dir, .error_file = o->error_file};
    struct process p = {0};
    struct heard heard = {0};
    int status = 0;
    if (process_start(&p, &order, e))
        return -1;
    const bool whole = attend(&p, o, &heard, &status);
    close(p.out);
    if (output)
        *output = heard.text ? heard.text : strdup("");
    else
        free(heard.text);
    if (session_signal)
        return pvb_fail(e, "interrupted");
    if (!whole)
        return pvb_fail(e, "%s: took longer than %u s, and was ended", o->argv[0], o->deadline_s);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void child_last_words(const char *path, char *into, size_t size)
{
    struct blob file;
    struct pvb_error e;
    *into = 0;
    if (blob_read(&file, path, CHILD_OUTPUT_MAX, &e))
        return;
    char *text = (char *)file.bytes, *line;
    while ((line = strrchr(text, '\n')) && !line[1])
        *line = 0;
    text_line(into, size, "%s", line ? line + 1 : text);
    blob_free(&file);
}
