/* cmd_advise.c: `pvbench advise`: which mode for a load. */
#include "common/memory.h"
#include "common/options.h"
#include "common/usage.h"
#include "reports/advise/advise.h"
#include "reports/common/report_output.h"
#include "reports/common/table.h"
#include "reports/report.h"
#include "reports/result/merge.h"

#include <stdlib.h>

enum { TEXT, MARKDOWN, JSON };
#define COLUMNS_MAX (TABLE_COLUMNS_MAX - 2) /* names and rates have one each */

static const char help[] =
    "Usage: pvbench advise [OPTION]... LOAD RESULT...\n"
    "What would this load pay in each mode? Multiplies how often it does something a second with what RESULT says\n"
    "that costs, and says which mode is the cheapest. LOAD is what pvbench trace --json wrote of a virtual machine,\n"
    "or a file like this one, of operations (workloads of the result) and of entries by class and kind:\n\n"
    "    {\"schema\": \"pvbench.load/1\", \"name\": \"web server\",\n"
    "     \"operations\": {\"syscall\": 120000, \"page_fault\": 3000}, \"entries\": {\"exit HLT\": 900}}\n\n"
    "An entry has the price of a workload that enters so, and not otherwise. RESULT is a file that pvbench run\n"
    "wrote; several of one suite are taken as one, by the rules of pvbench merge.\n\n"
    "      --format=FORMAT    text (the default), markdown or json\n" FILTER_HELP
    "  -o, --output=FILE      write there instead of to standard output\n"
    "      --help             this text\n\n"
    "Exit status: 0 good, 1 error, 2 usage, 5 nothing of the load has a price.\n";

struct advise_command {
    struct filter filter;
    unsigned format;
    const char *operand[1 + RESULT_SOURCES_MAX], *output; /* the load, and results; output: NULL for standard output */
};

/* -1: go on; else the exit status. */
static int read_options(struct advise_command *c, int argc, char **argv)
{
    static const char *const formats[] = {[TEXT] = "text", [MARKDOWN] = "markdown", [JSON] = "json", NULL};
    const struct option_row rows[] = {{"format", .choice = &c->format, .choices = formats}, FILTER_OPTIONS(&c->filter)};
    const struct option_table table = {
        .help = help,
        .row = rows,
        .rows = sizeof(rows) / sizeof(rows[0]),
        .output = &c->output,
        .operand = c->operand,
        .least = 2,
        .most = 1 + RESULT_SOURCES_MAX,
        .what = "load and result",
        .give = "give the load, and 64 results at most",
    };
    return options_read(&table, argc, argv);
}

static void print(const void *what, FILE *out, void *with)
{
    const struct advise_command *c = with;
    if (c->format == JSON)
        advice_json(what, out);
    else
        advice_print(what, c->format == MARKDOWN, out);
}

static int advise(struct advise_command *c, const struct load *l, struct model *m, struct report_error *e)
{
    const char *path = result_name(c->operand[1]);
    if (filter_check(&c->filter, path, e))
        return EXIT_ERROR;
    if (m->columns > COLUMNS_MAX) {
        report_fail(e, "%s: has more settings than a table has columns; choose with --hypervisor and --mode", path);
        return EXIT_ERROR;
    }
    struct advice *a = memory_zeroed(1, sizeof(*a));
    advice_make(a, l, m);
    int status = EXIT_INCONCLUSIVE;
    if (a->priced)
        status = report_output(c->output, print, a, c, e) ? EXIT_ERROR : EXIT_GOOD;
    else
        report_fail(e, "%s: nothing of the load has a price in %s; see pvbench report", result_name(c->operand[0]),
                    path);
    free(a);
    return status;
}

static int with_load(struct advise_command *c, const struct load *l, struct report_error *e)
{
    struct result r;
    struct model m;
    int status = EXIT_ERROR;
    if (merge_load(&r, c->operand + 1, RESULT_SOURCES_MAX, e))
        return status;
    if (!model_make(&m, &r, &c->filter, c->operand[1], e)) {
        status = advise(c, l, &m, e);
        model_free(&m);
    }
    result_free(&r);
    return status;
}

int pvb_cmd_advise(int argc, char **argv)
{
    struct advise_command c = {.format = TEXT};
    struct report_error e = {""};
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    struct load *l = memory_zeroed(1, sizeof(*l));
    status = load_read(l, c.operand[0], &e) ? EXIT_ERROR : with_load(&c, l, &e);
    free(l);
    if (status)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return status;
}
