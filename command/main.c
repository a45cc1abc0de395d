/* main.c: the table of commands. */
#include "common/memory.h"
#include "common/usage.h"
#include "common/inherited.h"
#include "runner/command/commands.h"

#include "reports/report.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    {"run", pvb_cmd_run, "boot a suite's workloads and write what they cost"},
    {"list", pvb_cmd_list, "suites, workloads, hypervisors and modes"},
    {"report", pvb_cmd_report, "a result as a table: PV beside HVM"},
    {"explain", pvb_cmd_explain, "in which functions the instructions are, and what changed"},
    {"figure", pvb_cmd_figure, "a result as figures for a paper"},
    {"compare", pvb_cmd_compare, "two results: what differs, and is it worse"},
    {"history", pvb_cmd_history, "many nights' results: what stepped, when, with which build"},
    {"merge", pvb_cmd_merge, "several results of one suite as one: KVM's beside Xen's"},
    {"export", pvb_cmd_export, "a result in the formats of other tools"},
    {"trace", pvb_cmd_trace, "the VM exits of a running KVM virtual machine"},
    {"domains", pvb_cmd_domains, "what runs on this computer's hypervisors: domains, virtual machines"},
    {"doctor", pvb_cmd_doctor, "what this computer can measure, and what is missing"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
    printf("Usage: pvbench COMMAND [OPTION]...\n"
           "Measures what virtualization costs, operation by operation.\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].summary);
    printf("\n  --help     this text; pvbench COMMAND --help for a command's options\n"
           "  --version  the version\n\n"
           "Exit status: 0 good, 1 error, 2 usage, 3 regression, 4 the lab was not reproducible,\n"
           "5 nothing could be concluded.\n");
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
    if (strcmp(argv[1], "--version") == 0) {
        printf("pvbench " PVB_VERSION "\n");
        return EXIT_GOOD;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    return usage_error(NULL, "%s is not a known command", argv[1]);
}

int main(int argc, char **argv)
{
    inherited_mend();
    int status = run(argc, argv);
    /* What went wrong has been said; what was lost on the way out has not. */
    return status == EXIT_ERROR ? status : usage_finish(status);
}
