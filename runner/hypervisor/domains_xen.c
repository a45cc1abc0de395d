/*
 * domains_xen.c: Xen's domains, of the program that is linked with Xen's
 * libraries. It gets a deadline: where xenstored has died, they wait for ever.
 */
#include "common/patience.h"
#include "common/inherited.h"
#include "runner/hypervisor/domains.h"
#include "runner/hypervisor/xen_program.h"
#include "runner/host/xen_here.h"

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

/* Its output is the list, or the line that says why not; what the libraries have to say besides is for nobody. */
static int ask(struct answer *a, const char *program)
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
        execl(program, program, "list", (char *)NULL);
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

static int list(json_t *domains, struct pvb_error *e)
{
    struct answer a = {0};
    if (!xen_first_domain(""))
        return pvb_fail(e, "this is not the first domain of a Xen host (" XEN_CAPABILITIES " does not say control_d)");
    char *program = xen_program_find();
    if (!program)
        return pvb_fail(e, XEN_PROGRAM " is neither beside pvbench nor in ../lib/pvbench; build it with make");
    int bad = ask(&a, program);
    free(program);
    json_t *array = bad ? NULL : json_loadb(a.text ? a.text : "", a.size, 0, NULL);
    if (bad)
        pvb_fail(e, XEN_PROGRAM ": %s", strerror(errno));
    else if (a.late)
        bad = pvb_fail(e, "no answer within %d s; is xenstored running?", DEADLINE_MS / 1000);
    else if (!json_is_array(array))
        bad = fail_by_words(e, a.text ? a.text : "", a.size);
    else
        json_array_extend(domains, array);
    json_decref(array);
    free(a.text);
    return bad;
}

const struct domain_source domains_xen = {"xen", list};
