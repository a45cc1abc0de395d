/*
 * xen_ask.c: asks the program that is linked with Xen's libraries. It gets a deadline: where xenstored has died, they
 * wait for ever.
 */
#include "runner/hypervisor/xen_ask.h"
#include "common/inherited.h"
#include "common/patience.h"
#include "runner/host/xen_here.h"
#include "runner/hypervisor/xen_program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEADLINE_MS 10000
#define OUTPUT_MAX  (4u << 20)

struct answer {
    char *text;
    size_t size;
    bool late;
    int status; /* waitpid's */
};

/* Until it closes its output, or the time is over. */
static void read_answer(struct answer *a, int from)
{
    long long deadline = now_ms() + DEADLINE_MS;
    for (;;) {
        struct pollfd ready = {.fd = from, .events = POLLIN};
        long long left = deadline - now_ms();
        a->late = left <= 0;
        if (a->late || a->size >= OUTPUT_MAX)
            return;
        if (poll(&ready, 1, (int)left) <= 0)
            continue;
        char *more = realloc(a->text, a->size + 4096 + 1);
        if (!more)
            return;
        a->text = more;
        ssize_t n = read(from, a->text + a->size, 4096);
        if (n > 0)
            a->size += (size_t)n;
        else if (n == 0 || errno != EINTR)
            return;
    }
}

/* Its output is what was asked for, or the line that says why not; what the libraries have to say besides is for
 * nobody. */
static int ask(struct answer *a, const char *program, const char *what)
{
    int ends[2];
    const pid_t parent = getpid();
    if (pipe2(ends, O_CLOEXEC))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        inherited_begin_child(parent);
        dup2(ends[1], STDOUT_FILENO);
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        execl(program, program, what, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    if (pid > 0) {
        read_answer(a, ends[0]);
        kill(pid, SIGKILL);
        while (waitpid(pid, &a->status, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
    return pid > 0 ? 0 : -1;
}

/* Its first line says why. */
static int fail_by_words(struct pvb_error *e, const char *text, size_t size)
{
    const char *end = memchr(text, '\n', size);
    int length = (int)(end ? (size_t)(end - text) : size);
    return pvb_fail(e, "%.*s", length ? length : 9, length ? text : "no answer");
}

json_t *xen_ask(const char *what, struct pvb_error *e)
{
    struct answer a = {0};
    json_t *said = NULL;
    if (!xen_first_domain("")) {
        pvb_fail(e, "this is not the first domain of a Xen host (" XEN_CAPABILITIES " does not say control_d)");
        return NULL;
    }
    char *program = xen_program_find();
    if (!program) {
        pvb_fail(e, XEN_PROGRAM " is neither beside pvbench nor in ../lib/pvbench; build it with make");
        return NULL;
    }
    const int bad = ask(&a, program, what);
    free(program);
    if (bad)
        pvb_fail(e, XEN_PROGRAM ": %s", strerror(errno));
    else if (a.late)
        pvb_fail(e, "no answer within %d s; is xenstored running?", DEADLINE_MS / 1000);
    else if (!(said = json_loadb(a.text ? a.text : "", a.size, 0, NULL)))
        fail_by_words(e, a.text ? a.text : "", a.size);
    free(a.text);
    return said;
}

json_t *xen_facts(void)
{
    struct pvb_error e;
    json_t *said = xen_first_domain("") ? xen_ask("facts", &e) : NULL;
    if (json_is_object(said))
        return said;
    json_decref(said);
    return json_null();
}
