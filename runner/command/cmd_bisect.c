/*
 * cmd_bisect.c: `pvbench bisect`: the commit that changed a number. A number of the lab has no noise, so one run tells
 * a commit good or bad, without threshold and without repeats, and the answer is the commit.
 */
#include "common/options.h"
#include "common/stale.h"
#include "common/text.h"
#include "common/json_text.h"
#include "runner/bisect/child.h"
#include "runner/bisect/serve.h"
#include "runner/command/commands.h"
#include "runner/common/files.h"
#include "runner/common/paths.h"
#include "runner/session/session.h"

#include "common/beside.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHANGES_MAX 64
#define GIVE_TWO    "give two commits: GOOD, and BAD, which is newer"

static const char help[] =
    "Usage: pvbench bisect [OPTION]... GOOD BAD --metric=METRIC\n"
    "Finds the commit between GOOD and BAD that changed a number of the lab: builds commits, measures one workload,\n"
    "and says by the exact number which half the change is in; then what of it moved: entries and functions. GOOD and\n"
    "BAD are tags, branches or hashes of the checkout. n commits take at most log2(n + 1) + 1 runs, rounded up; with\n"
    "--shards=N at most log(n + 1) to the base of N + 1, and 1, rounds of N builds and runs at once.\n"
    "\n"
    "      --metric=METRIC     HYPERVISOR/MODE/WORKLOAD[/PARAMETER].FIELD, such as xen/pv/pte_update.cost; fields are\n"
    "                          " METRIC_FIELDS "\n"
    "      --checkout=DIR      a repository of Xen, Linux or pvbench (default: this folder); it is only read\n"
    "      --build=COMMAND     of the shell, in a tree of the commit, in place of the usual one: of Xen its "
    "hypervisor,\n"
    "                          of Linux a kernel with KVM, of pvbench its images\n"
    "      --product=PATH      what COMMAND builds, below the tree: xen.gz, bzImage, minivisor.elf, or, with a slash\n"
    "                          behind, a folder of images\n"
    "      --modules=DIR       of a kernel, below the tree; without: all is built in\n"
    "      --suite=SUITE       that has the workload (default: micro; io where the mode has devices)\n"
    "      --all               follow the number through all its changes, not to the first one alone\n"
    "      --cache=DIR         results that are kept and not measured again (default: results/bisect)\n"
    "      --build-timeout=SECONDS   of one build (default: 7200)\n"
    "      --shards=N          so many commits at once, each in a tree of its own (default: 1)\n"
    "      --on=COMMAND        of the shell, that starts each of them somewhere, as the words behind it: \"srun "
    "--exclusive\n"
    "                          -N1 -n1\", \"ssh node$PVBENCH_SHARD\"; DIR of --checkout and --cache must be there, "
    "too\n"
    "      --serve             what --on starts: commits are asked for on standard input\n"
    "      --log=FILE          what was good and bad, as git bisect log writes it\n"
    "  -q, --quiet             say nothing of each step\n"
    "      --help              this text\n"
    "\n"
    "What does not build or boot is passed over. Exit status: 0 a change was found; 5 nothing changed, or nothing\n"
    "could be measured; 1 an error; 2 wrong usage. TMPDIR is where trees are built.\n";

struct bisect {
    const char *end[3], *metric_text, *checkout, *log, *on;
    unsigned shards;
    bool all, quiet, serve;
    struct metric metric;
    struct candidates candidates;
    struct checkout tree;
    struct search search;
    struct crew crew;
    struct work_folder work;
    char *cache, *modules, *line;
    const char *modules_text;
};

static int read_options(struct bisect *b, int argc, char **argv)
{
    struct candidates *c = &b->candidates;
    const struct option_row rows[] = {
        {"metric", .text = &b->metric_text},
        {"checkout", .text = &b->checkout},
        {"build", .text = &c->build},
        {"product", .text = &c->product},
        {"modules", .text = &c->modules},
        {"suite", .text = &c->suite},
        {"all", .flag = &b->all},
        {"cache", .text = &c->cache},
        {"build-timeout", .number = &c->deadline_s, .min = 1, .max = 86400},
        {"shards", .number = &b->shards, .min = 1, .max = CREW_MAX},
        {"on", .text = &b->on},
        {"serve", .flag = &b->serve},
        {"log", .text = &b->log},
        {"quiet", 'q', .flag = &b->quiet},
    };
    const struct option_table table = {.help = help,
                                       .row = rows,
                                       .rows = sizeof(rows) / sizeof(rows[0]),
                                       .operand = b->end,
                                       .most = 2,
                                       .what = "commit",
                                       .give = GIVE_TWO};
    struct pvb_error e;
    int status = options_read(&table, argc, argv);
    if (status >= 0)
        return status;
    if (b->serve)
        return b->end[0] || b->metric_text ? usage_error(argv[0], "--serve is asked on standard input; give it alone")
                                           : -1;
    if (!b->end[0] || !b->end[1])
        return usage_error(argv[0], "%s commit given; " GIVE_TWO, b->end[0] ? "only one" : "no");
    if (!b->metric_text)
        return usage_error(argv[0], "no metric given; name it with --metric, such as xen/pv/pte_update.cost");
    return metric_read(&b->metric, b->metric_text, &e) ? usage_error(argv[0], "%s", e.text) : -1;
}

static int make_work(struct bisect *b, struct pvb_error *e)
{
    const char *temporary = getenv("TMPDIR");
    if (work_folder_make(&b->work, temporary && *temporary ? temporary : "/tmp", "pvbench-bisect-") == 0)
        return 0;
    pvb_fail(e, "%s: cannot be created: %s; give another folder in TMPDIR", b->work.path ? b->work.path : "a folder",
             strerror(errno));
    work_folder_keep(&b->work);
    return -1;
}

/* What is usual for what is in the checkout, where nothing else is said. */
static int choose(struct bisect *b, const char *newest, struct pvb_error *e)
{
    struct candidates *c = &b->candidates;
    if (checkout_take(&b->tree, newest, e))
        return -1;
    c->kind = product_kind_of(b->tree.tree);
    if (!c->kind && (!c->build || !c->product))
        return pvb_fail(e,
                        "%s: is neither Xen nor Linux nor pvbench; give --build and --product, or another --checkout",
                        b->tree.repository);
    c->build = c->build ? c->build : c->kind->build;
    c->product = c->product ? c->product : c->kind->product;
    c->suite = c->suite ? c->suite : *b->metric.devices ? "io" : "micro";
    return 0;
}

static int open_cache(struct bisect *b, const char *images, struct pvb_error *e)
{
    struct candidates *c = &b->candidates;
    char *inside = path_of("%s/.", c->cache ? c->cache : "results/bisect");
    int bad = make_parents(inside, e);
    b->cache = bad ? NULL : realpath(inside, NULL);
    if (!bad && !b->cache)
        bad = pvb_fail(e, "%s: cannot be used: %s", inside, strerror(errno));
    free(inside);
    c->cache = b->cache;
    c->images = images;
    c->metric = &b->metric;
    c->work = b->work.path;
    c->tree = b->tree.tree;
    c->deadline_s = c->deadline_s ? c->deadline_s : 7200;
    b->modules_text = c->modules;
    if (c->modules)
        c->modules = b->modules = path_of("%s/%s", b->tree.tree, c->modules);
    return bad ? -1 : 0;
}

/* --- several at once ------------------------------------------------------------------------ */

static void add_word(json_t *words, const char *option, const char *value)
{
    char *word = path_of("%s%s", option, value);
    json_array_append_new(words, json_string(word));
    free(word);
}

/* The command line of each of those that build and measure: all that was said, and what was chosen. */
static char *line_of_workers(const struct bisect *b, const char *good, const char *bad)
{
    const struct candidates *c = &b->candidates;
    char seconds[16];
    json_t *words = json_pack("[s, s, s]", "bisect", good, bad);
    snprintf(seconds, sizeof(seconds), "%u", c->deadline_s);
    add_word(words, "--metric=", b->metric_text);
    add_word(words, "--checkout=", b->tree.repository);
    add_word(words, "--build=", c->build);
    add_word(words, "--product=", c->product);
    add_word(words, "--suite=", c->suite);
    add_word(words, "--cache=", b->cache);
    add_word(words, "--build-timeout=", seconds);
    if (b->modules_text)
        add_word(words, "--modules=", b->modules_text);
    add_word(words, "--quiet", "");
    char *line = json_dumps(words, JSON_COMPACT);
    json_decref(words);
    return line;
}

/* One of them, here, needs nobody else. */
static int open_crew(struct bisect *b, const char *good, const char *bad, struct pvb_error *e)
{
    if (b->shards < 2 && !b->on)
        return 0;
    b->line = line_of_workers(b, good, bad);
    if (!b->line)
        return pvb_fail(e, "a path or a command is not in UTF-8; give others");
    b->crew.count = b->shards ? b->shards : 1;
    b->crew.on = b->on ? b->on : "";
    b->crew.line = b->line;
    b->crew.work = b->work.path;
    b->crew.candidates = &b->candidates;
    b->search.crew = &b->crew;
    return 0;
}

/* --- what is said in the end --------------------------------------------------------------- */

/* pvbench's own reports, of the two results; what they say is shown as it is. */
static void show_report(const struct bisect *b, char *const *argv)
{
    struct pvb_error e;
    char *output = NULL, *log = path_of("%s/report.log", b->work.path);
    const struct child_order order = {argv, ".", log, 600};
    if (child_run(&order, &output, &e) >= 0)
        printf("\n%s", output);
    free(output);
    free(log);
}

static void show_moved(const struct bisect *b, const struct change *c)
{
    char self[PATH_MAX] = "", *workload = path_of("--workload=%s", b->metric.workload);
    char *setting = path_of("--setting=%s", b->metric.key);
    char *old = beside_explanation(c->before.result), *new = beside_explanation(c->since.result);
    char *against = path_of("--against=%s", old), compare[] = "compare", explain[] = "explain", least[] = "--least=0";
    char *const first[] = {self, compare, (char *)c->before.result, (char *)c->since.result, workload, NULL};
    char *const second[] = {self, explain, against, new, setting, workload, least, NULL};
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) > 0) {
        show_report(b, first);
        if (access(old, R_OK) == 0 && access(new, R_OK) == 0)
            show_report(b, second);
    }
    free(workload);
    free(setting);
    free(old);
    free(new);
    free(against);
}

static void show_change(const struct bisect *b, const struct change *c)
{
    struct pvb_error e;
    printf("%s: %+g, from %g to %g\n", b->metric_text, c->since.value - c->before.value, c->before.value,
           c->since.value);
    if (c->commits > 1)
        printf("by one of %zu commits, which could not be measured one by one:\n", c->commits);
    for (size_t i = 0; i < c->commits; i++) {
        char *text = checkout_show(&b->tree, c->commit[i], c->commits == 1, &e), *line, *rest = text;
        while (rest && (line = strsep(&rest, "\n")))
            if (*line || rest)
                text_print(stdout, "%s%s", c->commits > 1 ? "  " : "", line);
        free(text);
    }
    fflush(stdout);
    show_moved(b, c);
    printf("\nbefore  %s\nsince   %s\n", c->before.result, c->since.result);
}

static void show_count(const struct bisect *b, unsigned changes)
{
    const struct search *s = &b->search;
    if (changes)
        puts("");
    else
        printf("nothing changed: ");
    char rounds[60] = "";
    if (s->crew)
        snprintf(rounds, sizeof(rounds), " in %u rounds of at most %u", s->rounds, s->crew->count);
    text_print(stdout, "%u change%s; %u runs%s, %u of them of builds that were measured before; %u builds failed",
               changes, changes == 1 ? "" : "s", s->tried, rounds, s->tried - s->booted, s->passed);
}

/* --- all of it -------------------------------------------------------------------------------- */

static int follow(struct bisect *b, char *oldest, const char *newest, struct candidate *number, unsigned *changes,
                  struct pvb_error *e)
{
    struct change *c = calloc(1, sizeof(*c));
    int found = 1;
    while (c && found == 1 && *changes < CHANGES_MAX) {
        found = search_change(&b->search, oldest, number, newest, c, e);
        if (found != 1)
            break;
        if ((*changes)++)
            puts("");
        show_change(b, c);
        if (!b->all)
            break;
        memcpy(oldest, c->commit[c->commits - 1], COMMIT_HEX);
        *number = c->since;
    }
    free(c);
    return found < 0 ? found : 0;
}

static int find(struct bisect *b, unsigned *changes, struct pvb_error *e)
{
    char good[COMMIT_HEX], bad[COMMIT_HEX];
    struct candidate number = {.result = ""};
    if (checkout_resolve(&b->tree, "GOOD", b->end[0], good, e) ||
        checkout_resolve(&b->tree, "BAD", b->end[1], bad, e) || checkout_is_ancestor(&b->tree, good, bad, e) ||
        choose(b, bad, e) || candidates_open(&b->candidates, e))
        return -1;
    if (b->serve)
        return serve_commits(&b->search, e);
    if (open_crew(b, good, bad, e))
        return -1;
    const int status = follow(b, good, bad, &number, changes, e);
    if (status == -2) {
        char why[PVB_ERROR_SIZE];
        text_format(why, sizeof(why), "%s", e->text);
        return pvb_fail(e, "GOOD %s: %.700s; give a commit that can be measured", b->end[0], why);
    }
    return status;
}

static int bisect(struct bisect *b, struct pvb_error *e)
{
    struct paths paths;
    unsigned changes = 0;
    if (paths_find(&paths, e))
        return -1;
    int bad = make_work(b, e) || checkout_open(&b->tree, b->checkout ? b->checkout : ".", b->work.path, e) ||
              open_cache(b, paths.images, e);
    b->search = (struct search){.checkout = &b->tree, .candidates = &b->candidates, .quiet = b->quiet};
    if (!bad && b->log && !(b->search.log = fopen(b->log, "we")))
        bad = pvb_fail(e, "%s: cannot be written: %s; give another file as --log", b->log, strerror(errno));
    bad = bad || find(b, &changes, e);
    if (b->search.log && fclose(b->search.log) && !bad)
        bad = pvb_fail(e, "%s: cannot be written: %s", b->log, strerror(errno));
    if (!bad && !b->serve)
        show_count(b, changes);
    crew_end(&b->crew);
    work_folder_remove(&b->work);
    checkout_close(&b->tree);
    paths_free(&paths);
    free(b->cache);
    free(b->modules);
    free(b->line);
    return bad ? -1 : (int)changes;
}

/* The words that count come from the one that asks. -1: go on. */
static int read_asked(struct bisect *b, char *words[SERVE_WORDS_MAX])
{
    struct pvb_error e;
    const int count = serve_words(words, &e);
    if (count < 0) {
        text_print(stderr, "pvbench: %s", e.text);
        return EXIT_ERROR;
    }
    b->serve = false;
    const int status = read_options(b, count, words);
    if (status < 0 && b->serve)
        return usage_error("bisect", "--serve asks for itself");
    b->serve = true;
    return status;
}

int pvb_cmd_bisect(int argc, char **argv)
{
    struct bisect *b = calloc(1, sizeof(*b));
    struct pvb_error e = {""};
    char *words[SERVE_WORDS_MAX] = {NULL};
    if (!b)
        return EXIT_ERROR;
    b->work.lock = -1;
    int status = read_options(b, argc, argv);
    session_catch_signals();
    if (status < 0 && b->serve)
        status = read_asked(b, words);
    if (status < 0) {
        const int changes = bisect(b, &e);
        if (changes < 0)
            text_print(stderr, "pvbench: %s", e.text);
        status = changes < 0 ? EXIT_ERROR
                 : b->serve  ? EXIT_GOOD
                             : usage_finish(changes ? EXIT_GOOD : EXIT_INCONCLUSIVE);
    }
    for (char **word = words; *word; word++)
        free(*word);
    free(b);
    return status;
}
