/* cmd_explain.c: `pvbench explain`: in which functions the instructions of an operation are, and what changed. */
#include "common/options.h"
#include "common/usage.h"
#include "reports/common/report_output.h"
#include "reports/common/two_settings.h"
#include "reports/explain/explain_lines.h"
#include "reports/report.h"

#include <string.h>

enum format { TEXT, LINES, SPREAD, ENTRIES, PATHS, SUMS, HTML, FOLDED, CALLGRIND, PPROF };

struct explain_command {
    struct explain_choice choice;
    struct filter filter;
    unsigned format, least;
    const char *explanation, *against, *output; /* output: NULL for standard output */
    struct explanation base;
    char settings[TWO_SETTINGS_SIZE]; /* of --settings, both, the first one ended */
};

static const char help[] =
    "Usage: pvbench explain [OPTION]... EXPLANATION\n"
    "Shows in which functions of guest, hypervisor and host the instructions of each operation are, and who called\n"
    "them. EXPLANATION is the file that pvbench run --explain has put beside its result: NAME.explain.json.\n\n"
    "      --against=BASE     what changed since that explanation, function by function; the rows sum up to the\n"
    "                         difference. With --format=html call by call, as flame graphs; with --format=folded as\n"
    "                         stacks with two numbers, before and now, for other differential flame graphs\n"
    "      --settings=BASE,NEW  what one guest executes otherwise than another one, as xen/pvh,xen/pv: of "
    "EXPLANATION,\n"
    "                         and with --against the former of that one\n"
    "      --setting=KEY      only guests whose key begins so: xen/pv\n" FILTER_HELP
    "      --cold             the first operation, not the others\n"
    "      --least=PERCENT    of the operation, from which on a function or line has a row of its own (default: 1)\n"
    "      --debug=FILE       what was built, with DWARF (gcc -g): xen-syms, vmlinux, minivisor.elf; may be repeated.\n"
    "                         Lines of source are known by it, with --format=lines or callgrind\n"
    "      --format=FORMAT    text (the default); lines: of source; spread: what the longest iteration executed that "
    "the shortest did\n"
    "                         not, where they are not alike; entries: where in its own code the guest was left, for\n"
    "                         the hypervisor or by an interrupt; paths: which functions each kind of entry reaches,\n"
    "                         and the shortest and the longest path; sums: what all functions executed against what\n"
    "                         the guest has measured; html: a page of flame graphs that needs no network; folded:\n"
    "                         stacks, for other flame graphs; callgrind: for callgrind_annotate and KCachegrind;\n"
    "                         pprof: for pprof, packed. The latter three are of all operations together\n"
    "  -o, --output=FILE      write there instead of to standard output\n"
    "      --help             this text\n";

/* What changed is not told in every format. */
static void (*const against_ways[])(const struct explanation *, const struct explanation *,
                                    const struct explain_choice *, FILE *) = {
    [TEXT] = explain_against, [HTML] = explain_changed_html, [FOLDED] = explain_changed_folded, [PPROF] = NULL};

static int take_settings(void *into, const char *command, const char *argument)
{
    struct explain_command *c = into;
    return two_settings(command, argument, "xen/pvh,xen/pv", c->settings, &c->choice.before, &c->choice.setting);
}

static bool holds_against(const struct explain_command *c)
{
    return c->against || c->choice.before;
}

static int add_debug(void *into, const char *command, const char *argument)
{
    struct explain_choice *c = into;
    if (c->debugs == EXPLAIN_DEBUG_MAX)
        return usage_error(command, "--debug: no more than %d files; leave some out", EXPLAIN_DEBUG_MAX);
    c->debug[c->debugs++] = argument;
    return 0;
}

/* -1: go on; else the exit status. */
static int read_options(struct explain_command *c, int argc, char **argv)
{
    static const char *const formats[] = {[TEXT] = "text",
                                          [LINES] = "lines",
                                          [SPREAD] = "spread",
                                          [ENTRIES] = "entries",
                                          [PATHS] = "paths",
                                          [SUMS] = "sums",
                                          [HTML] = "html",
                                          [FOLDED] = "folded",
                                          [CALLGRIND] = "callgrind",
                                          [PPROF] = "pprof",
                                          NULL};
    const struct option_row rows[] = {{"against", .text = &c->against},
                                      {"settings", .take = take_settings, .into = c},
                                      {"setting", .text = &c->choice.setting},
                                      FILTER_OPTIONS(&c->filter),
                                      {"cold", .flag = &c->choice.cold},
                                      {"debug", .take = add_debug, .into = &c->choice},
                                      {"least", .number = &c->least, .min = 0, .max = 100},
                                      {"format", .choice = &c->format, .choices = formats}};
    const struct option_table table = {
        help, rows,          sizeof(rows) / sizeof(rows[0]),          &c->output, &c->explanation, 1,
        1,    "explanation", "give the explanation beside one result"};
    c->least = 1;
    c->choice.filter = &c->filter;
    int status = options_read(&table, argc, argv);
    c->choice.least = c->least / 100.0;
    if (status < 0 && holds_against(c) && !against_ways[c->format])
        return usage_error("explain",
                           "--against and --settings are told as text, html or folded; give one of these as --format");
    if (status < 0 && c->format == LINES && !c->choice.debugs)
        return usage_error("explain",
                           "--format=lines: nothing says which lines there are; give --debug=FILE, what was built, "
                           "with DWARF (gcc -g)");
    if (status < 0 && c->choice.debugs && c->format != LINES && c->format != CALLGRIND)
        return usage_error("explain", "--debug: lines are told with --format=lines and callgrind; give one of these");
    return status;
}

static void print(const void *what, FILE *out, void *with)
{
    const struct explain_command *c = with;
    static void (*const ways[])(const struct explanation *, const struct explain_choice *, FILE *) = {
        [TEXT] = explain_text,       [LINES] = explain_by_line, [SPREAD] = explain_spread,
        [ENTRIES] = explain_entries, [PATHS] = explain_paths,   [SUMS] = explain_sums,
        [HTML] = explain_html,       [FOLDED] = explain_folded, [CALLGRIND] = explain_callgrind,
        [PPROF] = explain_pprof};
    if (holds_against(c))
        against_ways[c->format](what, c->against ? &c->base : what, &c->choice, out);
    else
        ways[c->format](what, &c->choice, out);
}

static void note(const struct explain_run *run, const struct explain_bench *b, const struct explain_choice *c,
                 void *with)
{
    (void)run;
    (void)b;
    (void)c;
    *(bool *)with = true;
}

static int check_before(const struct explain_command *c, const struct explanation *x, struct report_error *e)
{
    const struct explanation *base = c->against ? &c->base : x;
    const struct explain_run *run, any = {.setting = ""};
    for (size_t i = 0; i < base->runs; i++)
        for (size_t j = 0; j < base->run[i].benches; j++)
            if (explain_find_before(base, &c->choice, &any, base->run[i].bench[j].label, &run))
                return 0;
    return report_fail(e, "%s: --settings %.100s: explains no such setting; pvbench explain without it shows all",
                       base->path, c->choice.before);
}

static int check_choice(const struct explain_command *c, const struct explanation *x, struct report_error *e)
{
    bool any = false;
    explain_each(x, &c->choice, note, &any);
    if (any || !c->choice.setting)
        return filter_check(&c->filter, x->path, e);
    return report_fail(e,
                       "%s: --setting %.100s: explains no such setting, or none that the other options fit; see all of "
                       "them without --setting",
                       x->path, c->choice.setting);
}

int pvb_cmd_explain(int argc, char **argv)
{
    struct explain_command c = {.format = TEXT};
    struct report_error e = {""};
    struct explanation x = {.path = NULL};
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    int bad = explain_load(&x, c.explanation, &e) || (c.against && explain_load(&c.base, c.against, &e)) ||
              check_choice(&c, &x, &e) || (c.choice.before && check_before(&c, &x, &e)) ||
              (c.choice.debugs && explain_lines_read(&x, &c.choice, &e)) || report_output(c.output, print, &x, &c, &e);
    explain_free(&x);
    explain_free(&c.base);
    if (bad)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return bad ? EXIT_ERROR : EXIT_GOOD;
}
