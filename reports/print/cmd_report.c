/* cmd_report.c: `pvbench report`: a result as a table. */
#include "reports/report.h"
#include "reports/print/report_print.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command {
    struct report_options print;
    const char *result, *output; /* output: NULL for standard output */
    bool subtract;
};

static const char help[] =
    "Usage: pvbench report [OPTION]... RESULT\n"
    "Shows a result as a table: costs and entries per operation, PV beside HVM.\n"
    "RESULT is a file that pvbench run wrote; - is standard input.\n\n"
    "      --format=FORMAT    text (the default) or markdown\n"
    "      --entries          every kind of entry, with the cost of its handler, instead of the table\n"
    "      --cold             also the cost of each workload's first operation\n"
    "      --subtract-empty   take the cost of the empty loop off the others\n"
    "  -o, --output=FILE      write there instead of to standard output\n"
    "      --help             this text\n\n"
    "Colour is used on a terminal only, and never when NO_COLOR is set.\n";

enum { OPTION_FORMAT = 256, OPTION_ENTRIES, OPTION_COLD, OPTION_SUBTRACT, OPTION_HELP };

static const struct option options[] = {{"format", required_argument, NULL, OPTION_FORMAT},
                                        {"entries", no_argument, NULL, OPTION_ENTRIES},
                                        {"cold", no_argument, NULL, OPTION_COLD},
                                        {"subtract-empty", no_argument, NULL, OPTION_SUBTRACT},
                                        {"output", required_argument, NULL, 'o'},
                                        {"help", no_argument, NULL, OPTION_HELP},
                                        {NULL, 0, NULL, 0}};

static bool want_colour(const struct command *c)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    return !c->output && isatty(STDOUT_FILENO) && !(no && *no) && term && strcmp(term, "dumb") != 0;
}

/* -1: go on; else the exit status. */
static int read_options(struct command *c, int argc, char **argv)
{
    bool markdown = false;
    int option;
    optind = 0;
    while ((option = getopt_long(argc, argv, ":o:", options, NULL)) != -1) {
        switch (option) {
        case OPTION_FORMAT:
            markdown = strcmp(optarg, "markdown") == 0;
            if (!markdown && strcmp(optarg, "text") != 0)
                return report_usage(argv[0], "--format %s is not known; known are text and markdown", optarg);
            break;
        case OPTION_ENTRIES:
            c->print.entries = true;
            break;
        case OPTION_COLD:
            c->print.cold = true;
            break;
        case OPTION_SUBTRACT:
            c->subtract = true;
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
    c->result = argv[optind];
    c->print.style = markdown ? TABLE_MARKDOWN : want_colour(c) ? TABLE_COLOUR : TABLE_TEXT;
    return -1;
}

static void print(const struct model *m, const struct report_options *o, FILE *out)
{
    struct notes notes = {0};
    report_header(m, o, out);
    if (o->entries)
        report_entries(m, o, &notes, out);
    else
        report_costs(m, o, &notes, out);
    report_footer(m, o, &notes, out);
    notes_free(&notes);
}

/* All of the text is there before the first byte is written. */
static int write_out(const struct command *c, const struct model *m, struct report_error *e)
{
    const char *name = c->output ? c->output : "standard output";
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f)
        return report_fail(e, "%s: out of memory", name);
    print(m, &c->print, f);
    if (fclose(f)) {
        free(text);
        return report_fail(e, "%s: out of memory", name);
    }
    FILE *out = c->output ? fopen(c->output, "we") : stdout;
    int bad = !out || fwrite(text, 1, size, out) != size || fflush(out);
    int saved = errno;
    if (c->output && out && fclose(out) && !bad) {
        bad = 1;
        saved = errno;
    }
    free(text);
    return bad ? report_fail(e, "%s: cannot be written: %s; give another file with -o", name, strerror(saved)) : 0;
}

static int show(struct command *c, const struct model *m, struct report_error *e)
{
    if (!m->rows)
        return report_fail(e, "%s: runs: hold no workload; run the suite first", c->result);
    return write_out(c, m, e);
}

int pvb_cmd_report(int argc, char **argv)
{
    struct command c = {.result = NULL};
    struct report_error e = {""};
    struct result r;
    struct model m;
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    int bad = result_load(&r, c.result, &e);
    if (!bad) {
        bad = model_make(&m, &r, c.result, &e);
        if (!bad && c.subtract && model_subtract_empty(&m))
            bad = report_fail(&e, "%s: runs: have no workload empty to subtract; leave out --subtract-empty", c.result);
        c.print.subtracted = c.subtract;
        if (!bad)
            bad = show(&c, &m, &e);
        model_free(&m);
        result_free(&r);
    }
    if (bad)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return bad ? 1 : 0;
}
