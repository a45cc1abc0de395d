/* gnuplot.c: the one place that knows how a drawing program is started, watched and cleaned up after. */
#include "reports/figure/gnuplot.h"
#include "common/memory.h"
#include "common/inherited.h"
#include "common/patience.h"
#include "common/publish.h"
#include "reports/common/wrap.h"
#include "reports/figure/drawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ERRORS "gnuplot.err"
#define WORK   ".pvbench-figure-"

static volatile sig_atomic_t signalled;

static void note_signal(int number)
{
    signalled = number;
}

/* mkdir -p */
static int make_folder(const char *dir)
{
    char *path = strdup(dir);
    struct stat st;
    int bad = !path;
    for (char *slash = path; !bad && (slash = strchr(slash + 1, '/'));) {
        *slash = 0;
        bad = mkdir(path, 0777) && errno != EEXIST && stat(path, &st);
        *slash = '/';
    }
    if (!bad && mkdir(path, 0777) && errno != EEXIST)
        bad = 1;
    free(path);
    return bad;
}

int gnuplot_open(struct gnuplot *g, const char *dir, struct report_error *e)
{
    *g = (struct gnuplot){.work = {NULL, -1}};
    inherited_catch(note_signal);
    if (make_folder(dir))
        return report_fail(e, "%s: cannot be made: %s; give another folder with -o", dir, strerror(errno));
    g->dir = strdup(dir);
    if (!g->dir)
        return report_fail(e, "%s: out of memory", dir);
    if (work_folder_make(&g->work, dir, WORK)) {
        report_fail(e, "%s: cannot be written to: %s; give another folder with -o", dir, strerror(errno));
        work_folder_keep(&g->work);
        return -1;
    }
    return 0;
}

struct drawing {
    const struct gnuplot *g;
    char *script;
    bool again;
};

/* In the working folder, or once more in the one there, with a write before all others: no two fail at the same place.
 */
static void become(const void *with)
{
    const struct drawing *d = with;
    const struct gnuplot *g = d->g;
    char *script = d->script;
    const bool again = d->again;
    char *first[] = {"gnuplot", "--default-settings", script, NULL};
    char *second[] = {"gnuplot", "--default-settings", "-e", "set print 'before'; print 1; set print", script, NULL};
    if (chdir(g->work.path) || (again && chdir(DRAWN_AGAIN)))
        return;
    int in = open("/dev/null", O_RDWR), errors = open(ERRORS, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (in >= 0 && errors >= 0 && dup2(in, STDIN_FILENO) >= 0 && dup2(in, STDOUT_FILENO) >= 0 &&
        dup2(errors, STDERR_FILENO) >= 0)
        execvp("gnuplot", again ? second : first);
}

/* Its wait status; -1 when it was ended for time or a signal. */
static int watch(pid_t pid)
{
    int status;
    struct patience p;
    patience_begin(&p, pid);
    for (;;) {
        const struct timespec moment = {.tv_nsec = 10000000};
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return status;
        const bool still = patience_look(&p) > GNUPLOT_STILL_SECONDS * 1000LL;
        if (signalled || still || p.used_ms > GNUPLOT_SECONDS * 1000LL || (ended < 0 && errno != EINTR)) {
            kill(-pid, SIGKILL);
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return -1;
        }
        nanosleep(&moment, NULL);
    }
}

/* What its scripts start may fail although it does not: the shell and sed, which say who they are. */
static bool helper_failed(const char *said)
{
    return strstr(said, "sed: ") || strstr(said, "sh: ");
}

/* The first words of its standard error that are not a picture of the line before. */
static void read_errors(const struct gnuplot *g, char *into, size_t size)
{
    char *path = NULL, line[256];
    FILE *f = NULL;
    into[0] = 0;
    if (asprintf(&path, "%s/" ERRORS, g->work.path) >= 0)
        f = fopen(path, "re");
    while (f && fgets(line, sizeof(line), f)) {
        line[strcspn(line, "\n")] = 0;
        char *text = line + strspn(line, " \t^");
        size_t used = strlen(into);
        text_clean(text);
        if (*text && strcmp(text, "warning:") != 0)
            snprintf(into + used, size - used, "%s%s", used ? " | " : "", text);
    }
    if (f)
        fclose(f);
    free(path);
}

static int fail_start(struct report_error *e)
{
    if (errno == ENOENT)
        return report_fail(e, "gnuplot: is not in PATH; install the package gnuplot-nox (apt-get install gnuplot-nox)");
    return report_fail(e, "gnuplot: cannot be started: %s", strerror(errno));
}

static int run_once(const struct gnuplot *g, const char *name, bool again, struct report_error *e)
{
    char said[400], *script = NULL;
    if (signalled)
        return report_fail(e, "%s: interrupted; nothing was written", name);
    if (asprintf(&script, "%s.gp", name) < 0)
        return report_fail(e, "%s: out of memory", name);
    setenv("TZ", "UTC0", 1); /* a PDF holds its date in local time */
    const pid_t pid = inherited_start(become, &(struct drawing){g, script, again});
    free(script);
    if (pid < 0)
        return fail_start(e);
    int status = watch(pid);
    if (status == -1)
        return signalled ? report_fail(e, "%s: interrupted; nothing was written", name)
                         : report_fail(e,
                                       "gnuplot: did not end on %s.gp within %d s of the processor's time, or did "
                                       "nothing for %d s; give fewer formats with --format",
                                       name, GNUPLOT_SECONDS, GNUPLOT_STILL_SECONDS);
    if (WIFSIGNALED(status))
        return report_fail(e, "gnuplot: was killed by signal %d on %s.gp; nothing was written", WTERMSIG(status), name);
    read_errors(g, said, sizeof(said));
    if (WEXITSTATUS(status) || helper_failed(said))
        return report_fail(e, "gnuplot: failed on %s.gp: %s", name, said[0] ? said : "it did not say why");
    return 0;
}

int gnuplot_run(const struct gnuplot *g, const char *name, struct report_error *e)
{
    if (run_once(g, name, false, e))
        return -1;
    int twice = drawn_twice(g->work.path, name);
    if (twice < 0)
        return report_fail(e, "%s: cannot be written to: %s; give another folder", g->dir, strerror(errno));
    return twice ? run_once(g, name, true, e) : 0;
}

static char *read_all(FILE *f, size_t *size)
{
    char *text = NULL, buffer[4096];
    size_t got;
    FILE *into = f ? memory_stream(&text, size) : NULL;
    while (into && (got = fread(buffer, 1, sizeof(buffer), f)))
        fwrite(buffer, 1, got, into);
    bool bad = !into || ferror(f) || ferror(into);
    if (into && (fclose(into) || bad)) {
        free(text);
        text = NULL;
    }
    return text;
}

char *gnuplot_read(const struct gnuplot *g, const char *name, const char *ending, size_t *size, struct report_error *e)
{
    char *path = NULL;
    if (asprintf(&path, "%s/%s%s", g->work.path, name, ending) < 0) {
        report_fail(e, "%s: out of memory", name);
        return NULL;
    }
    *size = 0;
    FILE *f = fopen(path, "re");
    char *text = read_all(f, size);
    if (!text)
        report_fail(e, "gnuplot: drew no %s%s in %s: %s", name, ending, g->dir, strerror(errno));
    if (text && (!drawn_whole(path, text, *size) || !drawn_same(g->work.path, name, ending, text, *size))) {
        report_fail(e, "gnuplot: did not write all of %s%s; is %s full? make room, or give another folder", name,
                    ending, g->dir);
        free(text);
        text = NULL;
    }
    if (f)
        fclose(f);
    free(path);
    return text;
}

int gnuplot_keep(struct gnuplot *g, const char *name, const char *ending, struct report_error *e)
{
    size_t size = 0;
    char *text = gnuplot_read(g, name, ending, &size, e);
    if (!text)
        return -1;
    free(text);
    char **more = realloc(g->kept, (g->kepts + 1) * sizeof(*more));
    if (!more)
        return report_fail(e, "%s: out of memory", name);
    g->kept = more;
    if (asprintf(&g->kept[g->kepts], "%s%s", name, ending) < 0)
        return report_fail(e, "%s: out of memory", name);
    g->kepts++;
    return 0;
}

static int publish_one(const struct gnuplot *g, const char *name, struct report_error *e)
{
    char *from = NULL, *to = NULL;
    int bad = 0;
    if (asprintf(&from, "%s/%s", g->work.path, name) < 0 || asprintf(&to, "%s/%s", g->dir, name) < 0)
        out_of_memory();
    const char *why = publish_file(from, to);
    if (why)
        bad = report_fail(e, "%s: cannot be written: %s; give another folder with -o", to, why);
    if (!bad)
        text_print(stdout, "%s", to);
    free(from);
    free(to);
    return bad;
}

int gnuplot_publish(struct gnuplot *g, struct report_error *e)
{
    if (signalled)
        return report_fail(e, "%s: interrupted; nothing was written", g->dir);
    for (size_t i = 0; i < g->kepts; i++)
        if (publish_one(g, g->kept[i], e))
            return -1;
    return 0;
}

int gnuplot_close(struct gnuplot *g, int bad, struct report_error *e)
{
    int failed = work_folder_remove(&g->work);
    if (failed && !bad)
        bad = report_fail(e, "%s: its folder " WORK "* cannot be removed: %s; remove it", g->dir, strerror(failed));
    for (size_t i = 0; i < g->kepts; i++)
        free(g->kept[i]);
    free(g->kept);
    free(g->dir);
    *g = (struct gnuplot){.work = {NULL, -1}};
    return bad;
}
