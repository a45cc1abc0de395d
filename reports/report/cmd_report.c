/* cmd_report.c: `pvbench report`: a result as a table. */
#include "common/options.h"
#include "common/usage.h"
#include "reports/common/report_output.h"
#include "reports/report/html_report.h"
#include "reports/report.h"
#include "reports/result/merge.h"

enum format { TEXT, MARKDOWN, HTML };

struct report_command {
    struct report_options print;
    struct filter filter;
    unsigned format;
    const char *result[RESULT_SOURCES_MAX], *output; /* output: NULL for standard output */
    bool subtract;
    const char *prices; /* a result; NULL: none */
};

static const char help[] =
    "Usage: pvbench report [OPTION]... RESULT...\n"
    "Shows a result as a table: costs and entries per operation, PV beside HVM.\n"
    "RESULT is a file that pvbench run wrote; - is standard input. Several of one suite are shown as one,\n"
    "by the rules of pvbench merge.\n\n"
    "      --format=FORMAT    text (the default), markdown, or html: one page that needs no network,\n"
    "                         with the tables, the figures and every entry; and flame graphs, where an\n"
    "                         explanation stands beside RESULT (pvbench run --explain)\n"
    "      --entries          every kind of entry, with the cost of its handler, instead of the table;\n"
    "                         on Xen also what the first domain did meanwhile\n"
    "      --parts            whose the instructions of an operation are, instead of the table: guest, hypervisor,\n"
    "                         back end (see pvbench run --parts); html has it, too\n"
    "      --explained        what a mode costs more than the bare computer, and how much of it its entries are,\n"
    "                         instead of the table; RESULT must hold a run of native\n"
    "      --prices=RESULT    with --explained: an entry is worth what a workload of this result costs that enters\n"
    "                         so, and not otherwise (micro, of the same hypervisor and mode)\n"
    "      --cold             also the cost of each workload's first operation; html has both\n"
    "      --subtract-empty   take the cost of the empty loop off the others\n" FILTER_HELP
    "  -o, --output=FILE      write there instead of to standard output\n"
    "      --help             this text\n\n"
    "Colour is used on a terminal only, and never when NO_COLOR is set. Tables are as wide as the terminal; elsewhere\n"
    "120 columns, and 150 for one that compares all hypervisors.\n";

/* -1: go on; else the exit status. */
static int read_options(struct report_command *c, int argc, char **argv)
{
    static const char *const formats[] = {[TEXT] = "text", [MARKDOWN] = "markdown", [HTML] = "html", NULL};
    const struct option_row rows[] = {{"format", .choice = &c->format, .choices = formats},
                                      {"entries", .flag = &c->print.entries},
                                      {"parts", .flag = &c->print.parts},
                                      {"explained", .flag = &c->print.explained},
                                      {"prices", .text = &c->prices},
                                      {"cold", .flag = &c->print.cold},
                                      {"subtract-empty", .flag = &c->subtract},
                                      FILTER_OPTIONS(&c->filter)};
    const struct option_table table = {
        .help = help,
        .row = rows,
        .rows = sizeof(rows) / sizeof(rows[0]),
        .output = &c->output,
        RESULT_OPERANDS(c->result),
    };
    int status = options_read(&table, argc, argv);
    c->print.style = c->format == MARKDOWN ? TABLE_MARKDOWN : !c->output && report_colour() ? TABLE_COLOUR : TABLE_TEXT;
    c->print.width = c->format == TEXT && !c->output ? report_width() : 0;
    return status;
}

struct page {
    const struct report_options *options;
    struct html_figures figures;
    struct explanation explained;
    bool is_explained;
};

static void print(const void *what, FILE *out, void *with)
{
    const struct model *m = what;
    const struct report_options *o = ((const struct page *)with)->options;
    struct notes notes = {0};
    report_header(m, o, out);
    if (o->entries)
        report_entries(m, o, &notes, out);
    else if (o->explained)
        report_explained(m, o, &notes, out);
    else if (o->parts)
        report_parts(m, o, out);
    else
        report_costs(m, o, &notes, out);
    report_footer(m, o, &notes, out);
    notes_free(&notes);
}

static void print_html(const void *what, FILE *out, void *with)
{
    const struct page *page = with;
    html_report(what, page->options, &page->figures, page->is_explained ? &page->explained : NULL, out);
}

/* Of a result beside the one that is shown. */
struct prices {
    struct result result;
    struct model model;
};

static int read_prices(struct prices *p, const char *path, struct report_error *e)
{
    const char *const paths[] = {path, NULL};
    if (merge_load(&p->result, paths, 1, e))
        return -1;
    if (model_make(&p->model, &p->result, NULL, path, e) == 0) {
        /* A result without a loop that does nothing has prices all the same. */
        model_subtract_empty(&p->model);
        return 0;
    }
    model_free(&p->model);
    result_free(&p->result);
    return -1;
}

static int show(struct report_command *c, const struct model *m, struct report_error *e)
{
    struct page page = {.options = &c->print};
    if (!m->rows)
        return report_fail(e, "%s: runs: hold no workload; run the suite first", c->result[0]);
    if (c->format == HTML && html_figures_draw(&page.figures, m, e))
        return -1;
    /* An explanation is of one result; `merge` makes one of several. */
    page.is_explained =
        c->format == HTML && !c->result[1] && explain_beside(&page.explained, c->result[0], m->result->document);
    int bad = report_output(c->output, c->format == HTML ? print_html : print, m, &page, e);
    html_figures_free(&page.figures);
    if (page.is_explained)
        explain_free(&page.explained);
    return bad;
}

int pvb_cmd_report(int argc, char **argv)
{
    struct report_command c = {.output = NULL};
    struct report_error e = {""};
    struct result r;
    struct model m;
    struct prices prices;
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    int bad = merge_load(&r, c.result, RESULT_SOURCES_MAX, &e);
    if (!bad) {
        bad = model_make(&m, &r, &c.filter, c.result[0], &e);
        bad = bad || filter_check(&c.filter, result_name(c.result[0]), &e);
        if (!bad && c.subtract && model_subtract_empty(&m))
            bad = report_fail(&e,
                              "%s: runs: have no workload empty to subtract, or it is not among those asked for; leave "
                              "out --subtract-empty",
                              c.result[0]);
        c.print.subtracted = c.subtract;
        bad = bad || (c.prices && read_prices(&prices, c.prices, &e));
        if (!bad) {
            c.print.prices = c.prices ? &prices.model : NULL;
            bad = show(&c, &m, &e);
            if (c.prices) {
                model_free(&prices.model);
                result_free(&prices.result);
            }
        }
        model_free(&m);
        result_free(&r);
    }
    if (bad)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return bad ? 1 : 0;
}
