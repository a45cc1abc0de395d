/* programs.c: the programs that loads start, and how; programs.h. */
#include "programs.h"
#include "load.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int hello(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return write(1, "Hello world\n", 12) == 12 ? 0 : 1;
}

/* As small as a shell can be: one simple command, in a process of its own. */
static int shell(int argc, char **argv)
{
    int status;
    if (argc != 3 || strcmp(argv[1], "-c") != 0)
        return 2;
    pid_t child = fork();
    if (child == 0) {
        execl(PROGRAM_FILE, argv[2], (char *)NULL);
        _exit(127);
    }
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
} programs[] = {{PROGRAM_HELLO, hello}, {PROGRAM_SHELL, shell}};

int program_run(int argc, char **argv)
{
    for (size_t i = 0; argc && i < sizeof(programs) / sizeof(programs[0]); i++)
        if (strcmp(argv[0], programs[i].name) == 0)
            return programs[i].run(argc, argv);
    return 127;
}

void load_run_program(const char *name, const char *option, const char *argument)
{
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        execl(PROGRAM_FILE, name, option, argument, (char *)NULL);
        _exit(127);
    }
    must(child > 0 && waitpid(child, &status, 0) == child && status == 0, name);
}
