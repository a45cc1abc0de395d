/* provenance.c: asks the computer who it is. What cannot be found out is null. */
#include "runner/document/provenance.h"
#include "command/json_text.h"
#include "runner/common/files.h"
#include "runner/session/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define VULNERABILITIES "/sys/devices/system/cpu/vulnerabilities"

static json_t *date(void)
{
    char text[32];
    time_t now = time(NULL);
    struct tm tm;
    gmtime_r(&now, &tm);
    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
    return json_text(text);
}

static json_t *text_or_null(const char *text)
{
    return text && *text ? json_text(text) : json_null();
}

static json_t *cpu(void)
{
    char line[256], *name = NULL;
    FILE *f = fopen("/proc/cpuinfo", "re");
    while (f && !name && fgets(line, sizeof(line), f))
        if (strncmp(line, "model name", 10) == 0 && (name = strchr(line, ':')))
            name += 2;
    if (f)
        fclose(f);
    if (name)
        name[strcspn(name, "\n")] = 0;
    return text_or_null(name);
}

static json_t *first_line_of(const char *path)
{
    char line[256] = "";
    FILE *f = fopen(path, "re");
    if (f && fgets(line, sizeof(line), f))
        line[strcspn(line, "\n")] = 0;
    if (f)
        fclose(f);
    return text_or_null(line);
}

static int is_name(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* What the host's kernel does against the processor's faults: it decides what an entry costs there. */
static json_t *mitigations(void)
{
    struct dirent **list;
    int n = scandir(VULNERABILITIES, &list, is_name, alphasort);
    if (n < 0)
        return json_null();
    json_t *all = json_object();
    for (int i = 0; i < n; i++) {
        char *path = path_of(VULNERABILITIES "/%s", list[i]->d_name);
        json_object_set_new(all, list[i]->d_name, first_line_of(path));
        free(path);
        free(list[i]);
    }
    free(list);
    return all;
}

/* One line of a command's output; "" when it fails, or is not there. */
static void ask(char *const argv[], char *line, size_t size)
{
    struct process p;
    struct pvb_error e;
    size_t used = 0;
    int status = -1;
    line[0] = 0;
    if (process_start(&p, argv, "/", "/dev/null", -1, NULL, &e))
        return;
    struct pollfd fd = {.fd = p.out, .events = POLLIN};
    /* A file system that hangs must not hang the run. */
    while (used + 1 < size && poll(&fd, 1, 5000) > 0) {
        ssize_t n = read(p.out, line + used, size - 1 - used);
        if (n <= 0)
            break;
        used += (size_t)n;
    }
    close(p.out);
    line[used] = 0;
    line[strcspn(line, "\n")] = 0;
    /* It has closed its output, so its end is near; else it comes. */
    for (unsigned ms = 0; waitpid(p.pid, &status, WNOHANG) == 0; ms++) {
        if (ms == 20)
            process_kill(&p);
        usleep(1000);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        line[0] = 0;
}

/* The revision of the source tree that the images were built in; an installation has none. */
static json_t *git_revision(const char *images)
{
    char line[128], dirty[16];
    char *folder = realpath(images, NULL);
    if (!folder)
        return json_null();
    char *revision[] = {"git", "-C", folder, "rev-parse", "HEAD", NULL};
    char *changes[] = {"git", "-C", folder, "status", "--porcelain", "--untracked-files=no", NULL};
    ask(revision, line, sizeof(line));
    if (line[0]) {
        ask(changes, dirty, sizeof(dirty));
        if (dirty[0])
            strcat(line, "-dirty");
    }
    free(folder);
    return text_or_null(line);
}

json_t *command_line_json(int argc, char **argv)
{
    json_t *list = json_array();
    json_array_append_new(list, json_string("pvbench"));
    for (int i = 0; i < argc; i++)
        json_array_append_new(list, json_text(argv[i]));
    return list;
}

json_t *provenance_json(json_t *command_line, const char *images, const char *emulator_version)
{
    struct utsname host;
    json_t *p = json_object();
    json_object_set_new(p, "date", date());
    if (uname(&host) == 0) {
        json_object_set_new(p, "host", text_or_null(host.nodename));
        json_object_set_new(p, "kernel", text_or_null(host.release));
    }
    json_object_set_new(p, "cpu", cpu());
    json_object_set_new(p, "cpus", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    json_object_set_new(p, "mitigations", mitigations());
    json_object_set_new(p, "pvbench", json_string(PVB_VERSION));
    json_object_set_new(p, "git_revision", git_revision(images));
    json_object_set_new(p, "qemu", text_or_null(emulator_version));
    json_object_set(p, "command_line", command_line);
    return p;
}
