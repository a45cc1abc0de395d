/* cmd_merge.c: `pvbench merge`: several results become one. */
#include "common/json_text.h"
#include "common/options.h"
#include "common/text.h"
#include "common/usage.h"
#include "reports/common/report_output.h"
#include "reports/merge/merge_explanations.h"
#include "reports/report.h"
#include "reports/result/merge.h"

#include <stdlib.h>
#include <string.h>

struct merge_command {
    const char *result[RESULT_SOURCES_MAX], *output; /* output: NULL for standard output */
    bool quiet, partial;
};

static const char help[] =
    "Usage: pvbench merge [OPTION]... -o OUT RESULT RESULT...\n"
    "Puts results of one suite into one, as if one run had measured all of them: KVM's and Xen's of one\n"
    "computer are two boots of it. What was measured is told apart by its setting, such as xen/pv@lab. A setting\n"
    "that two results have must be the same in both, and counts once. What one run could not have given is\n"
    "refused: other code of the workloads, other iterations, another build of one hypervisor, another computer.\n"
    "The order of the results does not matter. RESULT is a file that pvbench run or merge wrote; - is standard\n"
    "input. pvbench report, figure and export take several results as well, and merge them by the same rules.\n\n"
    "  -o, --output=OUT   the merged result; - for standard output. Explanations beside the results become one\n"
    "                     beside OUT (see pvbench run --explain)\n"
    "      --partial      where shards of a plan are missing (see pvbench run --shard), merge what there is; else "
    "that\n"
    "                     is an error, which names them\n"
    "  -q, --quiet        say nothing but errors\n"
    "      --help         this text\n\n"
    "Where each came from, when and by which command, stands in the merged result's provenance.\n";

/* -1: go on; else the exit status. */
static int read_options(struct merge_command *c, int argc, char **argv)
{
    const char *given = NULL;
    const struct option_row rows[] = {
        {"output", 'o', .text = &given}, {"partial", .flag = &c->partial}, {"quiet", 'q', .flag = &c->quiet}};
    const struct option_table table = {
        help, rows, 3, NULL, c->result, 2, RESULT_SOURCES_MAX, "result", "give two results at least, and 64 at most"};
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    if (!given || !*given)
        return usage_error(argv[0], "no output given; name the merged result with -o");
    c->output = strcmp(given, "-") == 0 ? NULL : given;
    return -1;
}

/* As a run writes one. */
static void print(const void *what, FILE *out, void *with)
{
    json_print(json_incref((json_t *)what), JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15), out);
    (void)with;
}

/* What is written can be read. */
static int check(const struct merge_command *c, const json_t *document, struct report_error *e)
{
    struct result r;
    json_t *copy = json_deep_copy(document);
    int bad = copy ? result_take(&r, c->output ? c->output : "standard output", copy, e)
                   : report_fail(e, "%s: out of memory", c->result[0]);
    if (!bad)
        result_free(&r);
    return bad;
}

static void tell(const struct merge_command *c, const struct merge *m)
{
    char twice[400] = "";
    const json_t *key;
    size_t i;
    if (c->quiet || !c->output)
        return;
    json_array_foreach(m->twice, i, key)
        text_append(twice, sizeof(twice), "%s%s", i ? ", " : "", json_string_value(key));
    text_print(stdout, "%s: %zu settings of %zu results%s%s%s", c->output, merge_count(m), json_array_size(m->sources),
               *twice ? "; in more than one of them, the same, and counted once: " : "", twice,
               json_array_size(m->sources) < 2 ? "; they are copies of one" : "");
}

/* A matrix with a hole in it is not taken for a whole one. */
static int check_shards(const struct merge_command *c, const struct merge *m, struct report_error *e)
{
    char which[1500];
    const size_t missing = merge_shards_missing(m, which, sizeof(which));
    if (missing && !c->partial)
        return report_fail(e,
                           "%s: %zu shard%s of the plan did not run, or %s result is not named: %s; run pvbench run "
                           "--shard for it, with the same options, or merge what there is with --partial",
                           m->input[0].path, missing, missing == 1 ? "" : "s", missing == 1 ? "its" : "their", which);
    if (missing)
        text_print(stderr, "pvbench: missing: %s", which);
    if (merge_shards_twice(m, which, sizeof(which)) && !c->quiet)
        text_print(stderr, "pvbench: %s: the same, and counted once", which);
    return 0;
}

static int merge(const struct merge_command *c, const struct merge *m, struct report_error *e)
{
    if (check_shards(c, m, e))
        return -1;
    json_t *document = merge_document(m);
    int bad = check(c, document, e) || (c->output && merge_explanations(m, document, c->output, c->quiet, e)) ||
              report_output(c->output, print, document, NULL, e);
    json_decref(document);
    return bad ? -1 : 0;
}

int pvb_cmd_merge(int argc, char **argv)
{
    struct merge_command c = {.output = NULL};
    struct report_error e = {""};
    struct merge m;
    size_t count = 0;
    int status = read_options(&c, argc, argv);
    if (status >= 0)
        return status;
    while (count < RESULT_SOURCES_MAX && c.result[count])
        count++;
    int bad = merge_open(&m, c.result, count, &e);
    if (!bad) {
        bad = merge(&c, &m, &e);
        if (!bad)
            tell(&c, &m);
        merge_close(&m);
    }
    if (bad)
        fprintf(stderr, "pvbench: %s\n", e.text);
    return bad ? EXIT_ERROR : usage_finish(EXIT_GOOD);
}
