/* cmd_history.c: `pvbench history`: many nights: what stepped, when, with which build, and is the newest night worse?
 */
#include "common/options.h"
#include "common/usage.h"
#include "reports/common/report_output.h"
#include "reports/history/history.h"
#include "reports/report.h"

#include <stdlib.h>
#include <string.h>

struct history_command {
    struct history_options history;
    struct filter filter;
    const char *folder, *output; /* output: NULL for standard output */
    unsigned format;
};

static const char help[] =
    "Usage: pvbench history [OPTION]... DIR\n"
    "Says when the results in DIR stepped, what moved in the entries, and with which build;\n"
    "and whether the newest night is worse. Results are the files NAME.json in DIR, ordered by\n"
    "the dates in them. A night is all that was measured in it: suites, hypervisors, computers,\n"
    "a second run. A copy counts once; what is damaged is told, and withholds the pass.\n\n"
    "      --format=FORMAT         text (the default), markdown, json, or html: a page with the\n"
    "                              trend of everything, which needs no network\n"
    "      --limit=RULE[,RULE]...  how much worse a metric may get, as for pvbench compare\n"
    "      --noise-floor=PERCENT   a smaller change of a noisy metric is not believed (1)\n"
    "      --commits=FILE          in the order of these commits, oldest first (git rev-list --reverse), in place of\n"
    "                              the dates'; a result is of the commit that its name begins with, else of its "
    "revision\n"
    "      --force                 other machines and guests do not begin another experiment\n" FILTER_HELP_30
    "  -o, --output=FILE           write there instead of to standard output\n"
    "      --help                  this text\n\n"
    "An exact metric steps whenever it differs from the last night that has it. A noisy one is divided\n"
    "by E-divisive (permutation test, p <= .001), and its newest night is held against the fence\n"
    "Q3 + 3 IQR of the nights since the last change, 8 at least.\n\n"
    "Exit status: 0 no regression in the newest night, 1 error, 2 usage, 3 regression,\n"
    "5 inconclusive: too few nights, or something was not measured.\n";

static int take_limit(void *into, const char *command, const char *argument)
{
    char why[200] = "";
    return limits_add(into, argument, why, sizeof(why)) ? usage_error(command, "--limit: %s", why) : 0;
}

static int take_floor(void *into, const char *command, const char *argument)
{
    char *end;
    double value = strtod(argument, &end);
    if (end == argument || (strcmp(end, "") != 0 && strcmp(end, "%") != 0) || !(value >= 0 && value <= 100))
        return usage_error(command, "--noise-floor %.40s is not a percentage from 0 to 100", argument);
    *(double *)into = value / 100;
    return 0;
}

/* -1: go on; else the exit status. */
static int read_options(struct history_command *c, int argc, char **argv)
{
    static const char *const formats[] = {[HISTORY_TEXT] = "text",
                                          [HISTORY_MARKDOWN] = "markdown",
                                          [HISTORY_JSON] = "json",
                                          [HISTORY_HTML] = "html",
                                          NULL};
    const struct option_row rows[] = {{"format", .choice = &c->format, .choices = formats},
                                      {"limit", .take = take_limit, .into = &c->history.limits},
                                      {"noise-floor", .take = take_floor, .into = &c->history.floor},
                                      {"commits", .text = &c->history.commits},
                                      {"force", .flag = &c->history.force},
                                      FILTER_OPTIONS(&c->filter)};
    const struct option_table table = {help,
                                       rows,
                                       sizeof(rows) / sizeof(rows[0]),
                                       &c->output,
                                       &c->folder,
                                       1,
                                       1,
                                       "folder of results",
                                       "give one folder of results"};
    return options_read(&table, argc, argv);
}

static void print(const void *what, FILE *out, void *with)
{
    const struct history *h = what;
    switch (*(const unsigned *)with) {
    case HISTORY_JSON:
        history_print_json(h, out);
        break;
    case HISTORY_HTML:
        history_print_html(h, out);
        break;
    default:
        history_print_text(h, *(const unsigned *)with == HISTORY_MARKDOWN, out);
    }
}

int pvb_cmd_history(int argc, char **argv)
{
    struct history_command c = {.history = {.floor = JUDGE_NOISE_FLOOR}};
    struct report_error e = {""};
    struct history h;
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    c.history.filter = &c.filter;
    if (!history_make(&h, c.folder, &c.history, &e)) {
        status = filter_check(&c.filter, c.folder, &e) || report_output(c.output, print, &h, &c.format, &e)
                     ? -1
                     : history_status(&h);
        history_free(&h);
    }
    if (status < 0)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return status < 0 ? 1 : status;
}
