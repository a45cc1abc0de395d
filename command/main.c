/* main.c: finds the command that is asked for. */
#include "common/memory.h"
#include "common/nearest.h"
#include "common/usage.h"
#include "common/inherited.h"
#include "command/table.h"
#include "reports/report.h"
#include "runner/command/commands.h"

#include <stdio.h>
#include <string.h>

#define COMMANDS_MAX 32

static void print_help(void)
{
    printf("Usage: pvbench COMMAND [OPTION]...\n"
           "Measures what virtualization costs, operation by operation.\n\n");
    for (size_t i = 0; commands[i].name; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    printf("  %-10s %s\n", "help", "this text, or with a COMMAND its options");
    printf("\n  -h, --help     this text; pvbench COMMAND --help for a command's options\n"
           "  -V, --version  the version\n\n"
           "Exit status: 0 good, 1 error, 2 usage, 3 regression, 4 the lab was not reproducible,\n"
           "5 nothing could be concluded.\n");
}

static int run_command(const char *name, int argc, char **argv)
{
    const char *known[COMMANDS_MAX + 2] = {"help"};
    char ask[64];
    for (size_t i = 0; commands[i].name; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc, argv);
    for (size_t i = 0; i < COMMANDS_MAX && commands[i].name; i++)
        known[i + 1] = commands[i].name;
    nearest_ask(name, known, ask, sizeof(ask));
    return usage_error(NULL, "%s is not a known command%s", name, ask);
}

/* "help COMMAND" is as good as "COMMAND --help". */
static int help(int argc, char **argv)
{
    char option[] = "--help", *asked[] = {argv[argc - 1], option, NULL};
    if (argc > 3)
        return usage_error(NULL, "%s is one too many; give one command", argv[3]);
    if (argc == 3 && strcmp(argv[2], "help") != 0)
        return run_command(argv[2], 2, asked);
    print_help();
    return EXIT_GOOD;
}

static int run(int argc, char **argv)
{
    memory_guards_json();
    if (argc < 2)
        return usage_error(NULL, "no command given");
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help();
        return EXIT_GOOD;
    }
    if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
        printf("pvbench " PVB_VERSION "\n");
        return EXIT_GOOD;
    }
    if (strcmp(argv[1], "help") == 0)
        return help(argc, argv);
    return run_command(argv[1], argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    inherited_mend();
    pvb_run_says = pvb_report_findings;
    int status = run(argc, argv);
    /* What went wrong has been said; what was lost on the way out has not. */
    return status == EXIT_ERROR ? status : usage_finish(status);
}
