/*
 * xen_services.c: what Xen's first domain needs before domains can be made,
 * then the command that makes them: xen-services PROGRAM [ARGUMENT]…
 *
 * Stands between init, which serves any host, and pvbench, which on a real
 * host finds these services running.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOOLS "/usr/lib/pvbench/xen/" /* links: each release and each build has them elsewhere */
#define LOG   "/tmp/xen-services.log"

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "xen-services: %s: %s\n", what, why);
    exit(1);
}

static void mount_at(const char *type, const char *at)
{
    mkdir(at, 0755);
    if (mount(type, at, type, 0, NULL) && errno != EBUSY)
        fail(at, strerror(errno));
}

/* Whatever a daemon keeps open must not be our output, whose end is the end of the command. */
static void become(char *const argv[])
{
    int nothing = open("/dev/null", O_RDONLY), log = open(LOG, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(nothing, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    execv(argv[0], argv);
    _exit(127);
}

/* The last line of the log, for want of a better reason. */
static const char *last_words(void)
{
    static char line[256], last[256] = "it said nothing";
    FILE *f = fopen(LOG, "re");
    while (f && fgets(line, sizeof(line), f))
        snprintf(last, sizeof(last), "%.*s", (int)strcspn(line, "\n"), line);
    if (f)
        fclose(f);
    return last;
}

/* Waits until it has gone into the background, or has done its work. */
static void start(char *const argv[])
{
    int status = -1;
    pid_t pid = fork();
    if (pid == 0)
        become(argv);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        fail(argv[0], strerror(errno));
    if (status)
        fail(argv[0], last_words());
}

int main(int argc, char **argv)
{
    static char *const xenstored[] = {TOOLS "xenstored", "--pid-file", "/run/xenstored.pid", NULL};
    static char *const first_domain[] = {TOOLS "xen-init-dom0", NULL};
    static char *const xenconsoled[] = {TOOLS "xenconsoled", "--pid-file=/run/xenconsoled.pid", NULL};
    static const char *const folders[] = {
        "/run",      "/run/xen", "/run/xenstored", "/var",    "/var/lib", "/var/lib/xen", "/var/lib/xenstored",
        "/var/lock", "/var/log", "/var/log/xen",   "/var/run"};
    if (argc < 2)
        fail("usage", "xen-services PROGRAM [ARGUMENT]...");
    mount_at("devpts", "/dev/pts");
    mount_at("xenfs", "/proc/xen");
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        mkdir(folders[i], 0755);
    /* The libraries look there. */
    if (rmdir("/var/run") == 0 && symlink("/run", "/var/run"))
        fail("/var/run", strerror(errno));
    start(xenstored);
    start(first_domain);
    start(xenconsoled);
    execv(argv[1], argv + 1);
    fail(argv[1], strerror(errno));
}
