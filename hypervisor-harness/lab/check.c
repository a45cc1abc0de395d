/* check.c: asks the emulator for its version before anything depends on it. */
#include "hypervisor-harness/lab/lab.h"
#include "common/environment.h"

#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <fcntl.h>

extern char **environ;

/* Starts `argv` with its output to `*out`, and with `library` as LAB_LIBRARY_FD. 0, or errno. */
static int start(char *const argv[], char *const env[], int library, pid_t *pid, FILE **out)
{
    int ends[2];
    posix_spawn_file_actions_t actions;
    *out = NULL;
    *pid = 0;
    if (pipe2(ends, O_CLOEXEC))
        return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (library >= 0)
        posix_spawn_file_actions_adddup2(&actions, library, LAB_LIBRARY_FD);
    int failed = posix_spawnp(pid, argv[0], &actions, NULL, argv, env);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    *out = failed ? NULL : fdopen(ends[0], "r");
    if (!*out)
        close(ends[0]);
    return failed;
}

/* Its exit status is 0. */
static bool ended_well(pid_t pid)
{
    int status = -1;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* The first line that `argv` writes. 0; or why not: errno, -1 when it could be run and failed. */
static int first_line(char *const argv[], char *line, size_t size)
{
    FILE *out;
    pid_t pid;
    char rest[256];
    line[0] = 0;
    const int failed = start(argv, environ, -1, &pid, &out);
    if (failed)
        return failed;
    if (out && fgets(line, (int)size, out))
        while (fread(rest, 1, sizeof(rest), out) > 0)
            continue;
    if (out)
        fclose(out);
    line[strcspn(line, "\r\n")] = 0;
    return ended_well(pid) && line[0] ? 0 : -1;
}

bool lab_check(char *version, size_t version_size, char *why, size_t why_size)
{
    static char option[] = "--version";
    char name[PATH_MAX];
    snprintf(name, sizeof(name), "%s", lab_emulator());
    char *argv[] = {name, option, NULL};
    int failed = first_line(argv, version, version_size);
    if (failed > 0 && failed != ENOENT && failed != EACCES) {
        snprintf(why, why_size, "%s: cannot be started: %s", lab_emulator(), strerror(failed));
        return false;
    }
    if (failed) {
        snprintf(why, why_size, "%s: cannot be run; install it with: apt-get install qemu-system-x86", lab_emulator());
        return false;
    }
    const char *number = strstr(version, "version ");
    int major = number ? atoi(number + 8) : 0;
    if (major < LAB_QEMU_MAJOR_MIN) {
        snprintf(why, why_size, "%s: is \"%s\"; version %d or later is needed", lab_emulator(), version,
                 LAB_QEMU_MAJOR_MIN);
        return false;
    }
    return true;
}

/* The library itself says so, in the emulator that is asked for its version. */
bool lab_check_library(bool *once, char *why, size_t why_size)
{
    static char option[] = "--version", asked[] = LAB_ASKED "=1";
    char name[PATH_MAX], line[512];
    snprintf(name, sizeof(name), "%s", lab_emulator());
    char *argv[] = {name, option, NULL}, **env = environment_with(LAB_PRELOAD, asked);
    bool found = false;
    FILE *out = NULL;
    pid_t pid;
    const int library = lab_library();
    const bool started = env && library >= 0 && start(argv, env, library, &pid, &out) == 0;
    *once = false;
    while (out && fgets(line, sizeof(line), out)) {
        found |= strstr(line, LAB_LOADED) != NULL;
        *once |= strstr(line, LAB_MENDED) != NULL;
    }
    if (out)
        fclose(out);
    if (started)
        ended_well(pid);
    if (library >= 0)
        close(library);
    environment_free(env);
    if (!found)
        snprintf(why, why_size,
                 "%s: loads no library before its own, so its results would depend on how busy this computer is; give "
                 "one that is not linked statically as PVBENCH_QEMU",
                 name);
    return found;
}

/* An emulator that was built without plugins does not take the option. */
bool lab_check_plugin(char *why, size_t why_size)
{
    static char plugin[] = "-plugin", file[] = "file=" LAB_PLUGIN_PATH, option[] = "--version";
    char name[PATH_MAX], line[256];
    snprintf(name, sizeof(name), "%s", lab_emulator());
    char *argv[] = {name, plugin, file, option, NULL};
    if (first_line(argv, line, sizeof(line)) == 0)
        return true;
    snprintf(why, why_size, "%s: loads no plugins (it was built without --enable-plugins)", name);
    return false;
}
