/* gnuplot.c: the one place that knows how a drawing program is started, watched and cleaned up after. */
#include "reports/figure/gnuplot.h"
#include "command/memory.h"
#include "reports/common/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ERRORS    "gnuplot.err"
#define NOT_FOUND 127

static volatile sig_atomic_t signalled;

static void note_signal(int number)
{
    signalled = number;
}

static void catch_signals(void)
{
    const struct sigaction action = {.sa_handler = note_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
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
    *g = (struct gnuplot){NULL, NULL};
    catch_signals();
    if (make_folder(dir))
        return report_fail(e, "%s: cannot be made: %s; give another folder with -o", dir, strerror(errno));
    g->dir = strdup(dir);
    if (!g->dir || asprintf(&g->work, "%s/.pvbench-figure-XXXXXX", dir) < 0) {
        g->work = NULL;
        return report_fail(e, "%s: out of memory", dir);
    }
    if (!mkdtemp(g->work)) {
        free(g->work);
        g->work = NULL;
        return report_fail(e, "%s: cannot be written to: %s; give another folder with -o", dir, strerror(errno));
    }
    return 0;
}

static int child(const struct gnuplot *g, char *script)
{
    char *argv[] = {"gnuplot", "--default-settings", script, NULL};
    setpgid(0, 0);
    setenv("TZ", "UTC0", 1); /* a PDF holds its date in local time */
    int in = open("/dev/null", O_RDWR), errors;
    if (chdir(g->work) || in < 0 || (errors = open(ERRORS, O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0)
        return 1;
    dup2(in, STDIN_FILENO);
    dup2(in, STDOUT_FILENO);
    dup2(errors, STDERR_FILENO);
    execvp(argv[0], argv);
    return errno == ENOENT ? NOT_FOUND : 1;
}

/* Its wait status; -1 when it was ended for time or a signal. */
static int watch(pid_t pid)
{
    int status;
    for (int tick = 0;; tick++) {
        const struct timespec moment = {.tv_nsec = 10000000};
        pid_t ended = waitpid(pid, &status, WNOHANG);
        if (ended == pid)
            return status;
        if (signalled || tick >= GNUPLOT_SECONDS * 100 || (ended < 0 && errno != EINTR)) {
            kill(-pid, SIGKILL);
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return -1;
        }
        nanosleep(&moment, NULL);
    }
}

/* The first words of its standard error that are not a picture of the line before. */
static void read_errors(const struct gnuplot *g, char *into, size_t size)
{
    char *path = NULL, line[256];
    FILE *f = NULL;
    into[0] = 0;
    if (asprintf(&path, "%s/" ERRORS, g->work) >= 0)
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

int gnuplot_run(const struct gnuplot *g, const char *name, struct report_error *e)
{
    char said[400], *script = NULL;
    if (signalled)
        return report_fail(e, "%s: interrupted; nothing was written", name);
    if (asprintf(&script, "%s.gp", name) < 0)
        return report_fail(e, "%s: out of memory", name);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        _exit(child(g, script));
    free(script);
    if (pid < 0)
        return report_fail(e, "gnuplot: cannot be started: %s", strerror(errno));
    int status = watch(pid);
    if (status == -1)
        return signalled ? report_fail(e, "%s: interrupted; nothing was written", name)
                         : report_fail(e, "gnuplot: did not end within %d s on %s.gp; give fewer formats with --format",
                                       GNUPLOT_SECONDS, name);
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        return report_fail(e, "gnuplot: is not in PATH; install the package gnuplot-nox (apt-get install gnuplot-nox)");
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        read_errors(g, said, sizeof(said));
        return report_fail(e, "gnuplot: failed on %s.gp: %s", name, said[0] ? said : "it did not say why");
    }
    return 0;
}

int gnuplot_keep(const struct gnuplot *g, const char *name, const char *ending, struct report_error *e)
{
    char *from = NULL, *to = NULL;
    int bad = 0;
    if (asprintf(&from, "%s/%s%s", g->work, name, ending) < 0 || asprintf(&to, "%s/%s%s", g->dir, name, ending) < 0)
        out_of_memory();
    if (rename(from, to))
        bad = report_fail(e, "%s: cannot be written: %s; give another folder with -o", to, strerror(errno));
    free(from);
    free(to);
    return bad;
}

void gnuplot_close(struct gnuplot *g)
{
    DIR *d = g->work ? opendir(g->work) : NULL;
    for (struct dirent *entry; d && (entry = readdir(d));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        closedir(d);
    if (g->work)
        rmdir(g->work);
    free(g->work);
    free(g->dir);
    *g = (struct gnuplot){NULL, NULL};
}
