/* cmd_compare.c: `pvbench compare`: did it get worse? The answer is the exit status. */
#include "common/memory.h"
#include "common/options.h"
#include "common/text.h"
#include "common/usage.h"
#include "reports/common/report_output.h"
#include "reports/common/two_settings.h"
#include "reports/compare/compare.h"
#include "reports/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct compare_command {
    struct compare_options compare;
    struct filter filter;
    enum compare_format format;
    const char *base, *now, *control, *output; /* output: NULL for standard output */
    char settings[TWO_SETTINGS_SIZE];          /* both names, each with its NUL */
    bool all;
};

static const char help[] =
    "Usage: pvbench compare [OPTION]... BASE NEW\n"
    "  or:  pvbench compare [OPTION]... --settings=BASE,NEW RESULT [NEW]\n"
    "Says what differs between two results, down to the kind of entry, and whether\n"
    "NEW is worse than BASE. - is standard input. BASE may be a folder of results: the\n"
    "newest in it, by its date, of a night before NEW's; what that night lost is held against\n"
    "the last one that has it. A copy of NEW is no other result.\n\n"
    "      --limit=RULE[,RULE]...  how much worse a metric may get, per operation: cost=5%,\n"
    "                              entries=0, page_fault/*=10%, 'pte_update/cost=5%|12'; later\n"
    "                              rules go first. The limit is 0 without one. Judged are\n"
    "                              cost, mean, cold and entries; mmu_update=0, kinds=0, handlers=5%,\n"
    "                              min, p99 and max when a rule names them\n"
    "      --noise-floor=PERCENT   a smaller change of a noisy metric is not believed (1)\n"
    "      --control=RESULT        a second result of BASE: what differs there is noise\n"
    "      --settings=BASE,NEW     hold one setting against another: xen/pv,xen/pvh of one RESULT, or the\n"
    "                              first of RESULT and the second of NEW\n"
    "      --force                 compare results of different machines or guests, too\n" FILTER_HELP_30
    "      --all                   in the tables, also what is the same\n"
    "      --format=FORMAT         text (the default), markdown, junit, github or json\n"
    "  -o, --output=FILE           write there instead of to standard output\n"
    "      --help                  this text\n\n"
    "An exact metric (instructions in the lab, entries) has no spread: any difference is\n"
    "real. A noisy one is tested with a boot as the unit, 8 on each side at least.\n\n"
    "Exit status: 0 no regression, 1 error, 2 usage, 3 regression, 5 inconclusive or\n"
    "nothing was measured. GNU make turns each of them into 2: call the command itself.\n";

static bool read_percent(const char *text, double *share)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || (strcmp(end, "") != 0 && strcmp(end, "%") != 0) || !(value >= 0 && value <= 100))
        return false;
    *share = value / 100;
    return true;
}

static int take_limit(void *into, const char *command, const char *argument)
{
    char why[200] = "";
    return limits_add(into, argument, why, sizeof(why)) ? usage_error(command, "--limit: %s", why) : 0;
}

static int take_floor(void *into, const char *command, const char *argument)
{
    return read_percent(argument, into)
               ? 0
               : usage_error(command, "--noise-floor %.40s is not a percentage from 0 to 100", argument);
}

static int take_settings(void *into, const char *command, const char *argument)
{
    struct compare_command *c = into;
    return two_settings(command, argument, "xen/pv,xen/pvh", c->settings, &c->compare.settings[0],
                        &c->compare.settings[1]);
}

/* -1: go on; else the exit status. */
static int read_options(struct compare_command *c, int argc, char **argv)
{
    static const char *const names[] = {"text", "markdown", "junit", "github", "json", NULL};
    static const enum compare_format formats[] = {COMPARE_TEXT, COMPARE_MARKDOWN, COMPARE_JUNIT, COMPARE_GITHUB,
                                                  COMPARE_JSON};
    const char *operand[2] = {NULL};
    unsigned format = 0;
    const struct option_row rows[] = {{"limit", .take = take_limit, .into = &c->compare.limits},
                                      {"noise-floor", .take = take_floor, .into = &c->compare.floor},
                                      {"control", .text = &c->control},
                                      {"settings", .take = take_settings, .into = c},
                                      {"force", .flag = &c->compare.force},
                                      {"all", .flag = &c->all},
                                      {"format", .choice = &format, .choices = names},
                                      FILTER_OPTIONS(&c->filter)};
    const struct option_table table = {
        help, rows, sizeof(rows) / sizeof(rows[0]), &c->output, operand, 1, 2, "result", "give BASE and NEW"};
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    if (!operand[1] && !c->compare.settings[0])
        return usage_error(argv[0], "only %s given; give BASE and NEW, or --settings", operand[0]);
    c->base = operand[0];
    c->now = operand[1] ? operand[1] : operand[0];
    c->format = formats[format];
    if (strcmp(c->base, "-") == 0 && strcmp(c->now, "-") == 0)
        return usage_error(argv[0], "standard input cannot be both results");
    if (c->format == COMPARE_TEXT && !c->output && report_colour())
        c->format = COMPARE_COLOUR;
    return -1;
}

/* The file, and which of its settings, where that was asked. */
static char *name_of(const char *path, const char *setting)
{
    char *name = NULL;
    if (asprintf(&name, "%s%s%s", path, setting ? ": " : "", setting ? setting : "") < 0)
        out_of_memory();
    text_clean(name);
    return name;
}

static void print(const void *what, FILE *out, void *with)
{
    const struct comparison *comparison = what;
    const struct compare_command *c = with;
    char *base = name_of(c->base, comparison->settings[0]), *now = name_of(c->now, comparison->settings[1]);
    const struct compare_names names = {base, now};
    switch (c->format) {
    case COMPARE_TEXT:
    case COMPARE_COLOUR:
    case COMPARE_MARKDOWN:
        compare_print_table(comparison, &names, c->format, c->all, out);
        break;
    case COMPARE_JUNIT:
        compare_print_junit(comparison, &names, out);
        break;
    case COMPARE_GITHUB:
        compare_print_github(comparison, &names, out);
        break;
    case COMPARE_JSON:
        compare_print_json(comparison, &names, out);
        break;
    }
    free(base);
    free(now);
}

static int read_control(const struct compare_command *c, const struct result *base, const char *path,
                        struct compare_options *o, struct report_error *e)
{
    struct result control;
    if (!c->control)
        return 0;
    if (result_load(&control, c->control, e))
        return -1;
    int bad = compare_control(o, base, &control, path, c->control, e);
    result_free(&control);
    return bad;
}

static int control_of_base(const struct compare_base *b, struct compare_options *o, struct report_error *e)
{
    return read_control(b->with, &b->result, b->path, o, e);
}

/* -1: it could not be compared. */
static int make(struct compare_command *c, struct compare_base *b, const struct result *now, struct report_error *e)
{
    if (compare_is_folder(c->base) && c->compare.settings[0])
        return report_fail(e, "%s: --settings: takes results, and this is a folder; give one of those in it", c->base);
    if (compare_is_folder(c->base))
        return compare_folder(b, c->base, now, c->now, &c->compare, e);
    snprintf(b->path, sizeof(b->path), "%s", c->base);
    return result_load(&b->result, c->base, e) || control_of_base(b, &c->compare, e) ||
                   compare_make(&b->comparison, &b->result, now, b->path, c->now, &c->compare, e)
               ? -1
               : 0;
}

/* The exit status, or -1. */
static int compare(struct compare_command *c, struct report_error *e)
{
    struct compare_base *b = calloc(1, sizeof(*b));
    struct result now;
    int status = -1;
    if (!b)
        return report_fail(e, "%s: out of memory", c->now);
    b->ready = control_of_base;
    b->with = c;
    if (!result_load(&now, c->now, e)) {
        if (!make(c, b, &now, e)) {
            c->base = b->path;
            compare_explain(&b->comparison, b->path, c->now);
            status = compare_status(&b->comparison);
            if (filter_check(&c->filter, result_name(c->now), e) ||
                report_output(c->output, print, &b->comparison, c, e))
                status = -1;
            compare_free(&b->comparison);
        }
        result_free(&b->result);
        result_free(&now);
    }
    free(b);
    return status;
}

int pvb_cmd_compare(int argc, char **argv)
{
    struct compare_command c = {.compare = {.floor = JUDGE_NOISE_FLOOR}};
    struct report_error e = {""};
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    c.compare.filter = &c.filter;
    status = compare(&c, &e);
    if (status < 0)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return status < 0 ? 1 : status;
}
