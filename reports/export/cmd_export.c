/* cmd_export.c: `pvbench export`: a result for other tools. */
#include "common/options.h"
#include "common/usage.h"
#include "reports/common/report_output.h"
#include "reports/export/export.h"
#include "reports/report.h"
#include "reports/result/merge.h"

#include <stdio.h>

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

static const char help[] =
    "Usage: pvbench export [OPTION]... --format=FORMAT RESULT...\n"
    "Writes a result in the format of another tool. Values are per operation.\n"
    "RESULT is a file that pvbench run wrote; - is standard input. Several of one suite are\n"
    "written as one, by the rules of pvbench merge.\n\n"
    "      --format=FORMAT    google-benchmark         for its compare.py\n"
    "                         go                       for benchstat\n"
    "                         bencher                  Bencher Metric Format\n"
    "                         github-action-benchmark  its customSmallerIsBetter\n"
    "                         openmetrics              for Prometheus, and for node_exporter's\n"
    "                                                  textfile collector\n"
    "                         csv                      one line a number, every boot\n" FILTER_HELP
    "  -o, --output=FILE      write there instead of to standard output\n"
    "      --help             this text\n\n"
    "Exit status: 0 good, 1 error, 2 usage, 5 the result holds nothing that was measured.\n";

struct export_command {
    export_format *print;
    struct filter filter;
    const char *result[RESULT_SOURCES_MAX], *output; /* output: NULL for standard output */
};

/* -1: go on; else the exit status. */
static int read_options(struct export_command *c, int argc, char **argv)
{
    const char *names[FORMATS + 1] = {NULL};
    char known[200];
    unsigned format = FORMATS;
    const struct option_row rows[] = {{"format", .choice = &format, .choices = names}, FILTER_OPTIONS(&c->filter)};
    const struct option_table table = {
        .help = help,
        .row = rows,
        .rows = sizeof(rows) / sizeof(rows[0]),
        .output = &c->output,
        RESULT_OPERANDS(c->result),
    };
    for (size_t i = 0; i < FORMATS; i++)
        names[i] = formats[i].name;
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    if (format == FORMATS) {
        options_list(names, known, sizeof(known));
        return usage_error(argv[0], "no --format given; known are %s", known);
    }
    c->print = formats[format].print;
    return -1;
}

static void print(const void *what, FILE *out, void *with)
{
    const struct export_command *c = with;
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
    struct export_command c = {.print = NULL};
    struct report_error e = {""};
    struct result r;
    struct model m;
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    status = 1;
    if (!merge_load(&r, c.result, RESULT_SOURCES_MAX, &e)) {
        if (!model_make(&m, &r, &c.filter, c.result[0], &e)) {
            if (filter_check(&c.filter, result_name(c.result[0]), &e)) {
                status = 1;
            } else if (!measured(&m)) {
                report_fail(&e, "%s: runs: hold nothing that was measured; nothing was written", c.result[0]);
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
