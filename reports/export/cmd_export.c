/* cmd_export.c: `pvbench export`: a result for other tools. */
#include "reports/export/export.h"
#include "reports/report.h"
#include "reports/common/report_output.h"

#include <getopt.h>
#include <string.h>

static const struct {
    const char *name;
    export_format *print;
} formats[] = {
    {"google-benchmark", export_google_benchmark},
    {"go", export_go},
    {"bencher", export_bencher},
    {"github-action-benchmark", export_github_action},
    {"openmetrics", export_openmetrics},
    {"csv", export_csv},
};

#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static const char help[] = "Usage: pvbench export [OPTION]... --format=FORMAT RESULT\n"
                           "Writes a result in the format of another tool. Values are per operation.\n"
                           "RESULT is a file that pvbench run wrote; - is standard input.\n\n"
                           "      --format=FORMAT    google-benchmark         for its compare.py\n"
                           "                         go                       for benchstat\n"
                           "                         bencher                  Bencher Metric Format\n"
                           "                         github-action-benchmark  its customSmallerIsBetter\n"
                           "                         openmetrics              for Prometheus\n"
                           "                         csv                      one line a number, every boot\n"
                           "  -o, --output=FILE      write there instead of to standard output\n"
                           "      --help             this text\n\n"
                           "Exit status: 0 good, 1 error, 2 usage, 5 the result holds nothing that was measured.\n";

enum { OPTION_FORMAT = 256, OPTION_HELP };

static const struct option options[] = {{"format", required_argument, NULL, OPTION_FORMAT},
                                        {"output", required_argument, NULL, 'o'},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

struct command {
    export_format *print;
    const char *result, *output; /* output: NULL for standard output */
};

static bool read_format(struct command *c, const char *name)
{
    c->print = NULL;
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i].name, name) == 0)
            c->print = formats[i].print;
    return c->print;
}

/* -1: go on; else the exit status. */
static int read_options(struct command *c, int argc, char **argv)
{
    static const char known[] = "known are google-benchmark, go, bencher, github-action-benchmark, openmetrics and csv";
    int option;
    optind = 0;
    while ((option = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
        switch (option) {
        case OPTION_FORMAT:
            if (!read_format(c, optarg))
                return report_usage(argv[0], "--format %.40s is not known; %s", optarg, known);
            break;
        case 'o':
            c->output = strcmp(optarg, "-") == 0 ? NULL : optarg;
            break;
        case OPTION_HELP:
            fputs(help, stdout);
            return 0;
        default:
            return report_bad_option(argv[0], argv, option);
        }
    }
    if (optind == argc)
        return report_usage(argv[0], "no result given");
    if (optind + 1 < argc)
        return report_usage(argv[0], "%s is one too many; give one result", argv[optind + 1]);
    if (!c->print)
        return report_usage(argv[0], "no --format given; %s", known);
    c->result = argv[optind];
    return -1;
}

static void print(const void *what, FILE *out, void *with)
{
    const struct command *c = with;
    c->print(what, out);
}

/* Anything that was measured at all? */
static bool measured(const struct model *m)
{
    for (size_t i = 0; i < m->rows * m->columns; i++)
        if (m->cell[i].has_cost || m->cell[i].has_entries)
            return true;
    return false;
}

int pvb_cmd_export(int argc, char **argv)
{
    struct command c = {.print = NULL};
    struct report_error e = {""};
    struct result r;
    struct model m;
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    status = 1;
    if (!result_load(&r, c.result, &e)) {
        if (!model_make(&m, &r, c.result, &e)) {
            if (!measured(&m)) {
                report_fail(&e, "%s: runs: hold nothing that was measured; nothing was written", c.result);
                status = 5;
            } else if (!report_output(c.output, print, &m, &c, &e)) {
                status = 0;
            }
            model_free(&m);
        }
        result_free(&r);
    }
    if (status)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return status;
}
