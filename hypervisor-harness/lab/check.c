/* check.c: asks the emulator for its version before anything depends on it. */
#include "hypervisor-harness/lab/lab.h"

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

/* The first line that `argv` writes. 0; or why not: errno, -1 when it could be run and failed. */
static int first_line(char *const argv[], char *line, size_t size)
{
    int ends[2], status = -1;
    pid_t pid;
    posix_spawn_file_actions_t actions;
    if (pipe2(ends, O_CLOEXEC))
        return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int failed = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    FILE *out = fdopen(ends[0], "r");
    line[0] = 0;
    if (out) {
        char rest[256];
        if (!failed && fgets(line, (int)size, out))
            while (fread(rest, 1, sizeof(rest), out) > 0)
                continue;
        fclose(out);
    } else {
        close(ends[0]);
    }
    if (failed)
        return failed;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    line[strcspn(line, "\r\n")] = 0;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 && line[0] ? 0 : -1;
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
