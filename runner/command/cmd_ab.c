/*
 * cmd_ab.c: `pvbench ab`: two builds of a hypervisor, measured by one command, under one emulator, with one set of
 * guests, and the verdict. What a change request waits for: exact in the lab, so there is no third run that decides.
 */
#include "common/options.h"
#include "common/stale.h"
#include "common/text.h"
#include "runner/bisect/candidate.h"
#include "runner/bisect/child.h"
#include "runner/command/commands.h"
#include "runner/common/files.h"
#include "runner/common/paths.h"
#include "runner/session/session.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES_MAX 64

static const char help[] =
    "Usage: pvbench ab [OPTION]... BASE_BUILD NEW_BUILD\n"
    "Measures two builds of a hypervisor in the lab, one after the other with the same guests, and says what differs,\n"
    "down to the kind of entry and the function, and whether the new one is worse. A build is a file, xen.gz, xen,\n"
    "bzImage, vmlinux or minivisor.elf, or a folder of images (build/ of a tree of pvbench).\n"
    "\n"
    "      --hypervisor=NAME   minivisor, kvm or xen, whose build it is (default: told from the file)\n"
    "      --suite=SUITE       what is measured (default: micro)\n"
    "      --mode=MODE         only this one of the suite's modes; may be repeated\n"
    "      --workload=NAME     only this one of the suite's workloads; may be repeated\n"
    "      --limit=RULE        as for pvbench compare\n"
    "      --format=FORMAT     markdown (default), text, json, junit or github: the verdict's\n"
    "      --keep=DIR          keep both results and their explanations there, as base.json and new.json\n"
    "  -o, --output=FILE       write the verdict there instead of to standard output\n"
    "      --help              this text\n"
    "\n"
    "Exit status: 0 no worse; 3 a regression; 5 nothing could be concluded; 1 an error; 2 wrong usage.\n";

struct ab {
    const char *build[3], *hypervisor, *suite, *limit, *output, *keep;
    char *option[2 * NAMES_MAX + 1]; /* --mode and --workload, as they are given to pvbench run */
    size_t options;
    unsigned format;
    struct work_folder work;
};

static const char *const formats[] = {"markdown", "text", "json", "junit", "github", NULL};

struct repeated {
    struct ab *ab;
    const char *name;
};

static int take(void *into, const char *command, const char *argument)
{
    const struct repeated *r = into;
    if (r->ab->options == 2 * NAMES_MAX)
        return usage_error(command, "--%s is given more than %d times", r->name, NAMES_MAX);
    r->ab->option[r->ab->options++] = path_of("--%s=%s", r->name, argument);
    return 0;
}

static int read_options(struct ab *a, int argc, char **argv)
{
    struct repeated mode = {a, "mode"}, workload = {a, "workload"};
    const struct option_row rows[] = {
        {"hypervisor", .text = &a->hypervisor},
        {"suite", .text = &a->suite},
        {"mode", .take = take, .into = &mode},
        {"workload", .take = take, .into = &workload},
        {"limit", .text = &a->limit},
        {"format", .choice = &a->format, .choices = formats},
        {"keep", .text = &a->keep},
    };
    const struct option_table table = {.help = help,
                                       .row = rows,
                                       .rows = sizeof(rows) / sizeof(rows[0]),
                                       .output = &a->output,
                                       .operand = a->build,
                                       .least = 2,
                                       .most = 2,
                                       .what = "build",
                                       .give = "give two builds: the base's and the new one's"};
    return options_read(&table, argc, argv);
}

/* --- whose build it is ------------------------------------------------------------------ */

static bool has(const struct blob *b, size_t limit, const char *text)
{
    return memmem(b->bytes, b->size < limit ? b->size : limit, text, strlen(text)) != NULL;
}

/* A kernel says so at a place of its own (boot protocol); Xen has its parameters' names, packed or not. */
static const char *told_from(const char *path, struct pvb_error *e)
{
    static const char *const kinds[] = {"minivisor", "kvm", "xen"};
    struct stat st;
    struct blob b;
    char *elf = path_of("%s/minivisor.elf", path);
    const bool folder = stat(path, &st) == 0 && S_ISDIR(st.st_mode), images = access(elf, R_OK) == 0;
    size_t kind = 2;
    free(elf);
    if (folder) {
        if (!images)
            pvb_fail(e, "%s: holds no minivisor.elf; give a file, or build/ of a tree of pvbench", path);
        return images ? kinds[0] : NULL;
    }
    if (blob_read(&b, path, 1u << 30, e))
        return NULL;
    const bool elf_file = has(&b, 4,
                              "\x7f"
                              "ELF");
    if (elf_file && has(&b, b.size, "minivisor"))
        kind = 0;
    else if ((b.size > 0x206 && memcmp(b.bytes + 0x202, "HdrS", 4) == 0) ||
             (elf_file && has(&b, b.size, "Linux version ")))
        kind = 1;
    else if (!has(&b, 2, "\x1f\x8b") && !elf_file)
        kind = 3;
    blob_free(&b);
    if (kind < 3)
        return kinds[kind];
    pvb_fail(e, "%s: is neither Xen nor a kernel nor the minivisor; say whose build it is with --hypervisor", path);
    return NULL;
}

static int choose(const struct ab *a, struct metric *m, struct candidates *c, struct pvb_error *e)
{
    static const struct product_kind xen = {"Xen", NULL, NULL, NULL, "--xen"};
    static const struct product_kind kernel = {"Linux", NULL, NULL, NULL, "--kernel"};
    const char *told = a->hypervisor;
    for (size_t i = 0; i < 2 && !a->hypervisor; i++) {
        const char *one = told_from(a->build[i], e);
        if (!one)
            return -1;
        if (told && strcmp(told, one) != 0)
            return pvb_fail(e, "%s: is a build of %s, and %s one of %s; give two of one hypervisor", a->build[i], one,
                            a->build[0], told);
        told = one;
    }
    text_format(m->hypervisor, sizeof(m->hypervisor), "%s", told);
    c->kind = strcmp(told, "xen") == 0 ? &xen : strcmp(told, "kvm") == 0 ? &kernel : NULL;
    return 0;
}

/* --- measuring, and the verdict ------------------------------------------------------------ */

static int measure(struct ab *a, const struct candidates *c, const char *folder, struct pvb_error *e)
{
    static const char *const names[] = {"base", "new"};
    for (size_t i = 0; i < 2; i++) {
        char *result = path_of("%s/%s.json", folder, names[i]), *build = realpath(a->build[i], NULL);
        int bad = build ? candidate_measure(c, build, result, a->option, e)
                        : pvb_fail(e, "%s: cannot be read: %s", a->build[i], strerror(errno));
        free(build);
        free(result);
        /* A workload that was lost is the comparison's to judge. */
        if (bad < 0)
            return -1;
        if (bad)
            text_print(stderr, "pvbench: %s: %s", a->build[i], e->text);
    }
    return 0;
}

/* The exit status is compare's. */
static int judge(const struct ab *a, const char *folder, struct pvb_error *e)
{
    char self[PATH_MAX] = "", compare[] = "compare", *output = NULL, words[300];
    char *base = path_of("%s/base.json", folder), *new = path_of("%s/new.json", folder);
    char *format = path_of("--format=%s", formats[a->format]), *log = path_of("%s/compare.log", a->work.path);
    char *limit = path_of("--limit=%s", a->limit ? a->limit : ""),
         *to = path_of("--output=%s", a->output ? a->output : "-");
    char *argv[] = {self, compare, format, to, base, new, a->limit ? limit : NULL, NULL};
    if (readlink("/proc/self/exe", self, sizeof(self) - 1) <= 0)
        return pvb_fail(e, "/proc/self/exe: cannot be read; mount /proc");
    const struct child_order order = {argv, ".", log, 600};
    int status = child_run(&order, &output, e);
    if (status >= 0)
        fputs(output, stdout);
    child_last_words(log, words, sizeof(words));
    if (*words)
        fprintf(stderr, "%s\n", words);
    free(output);
    free(base);
    free(new);
    free(format);
    free(log);
    free(limit);
    free(to);
    return status;
}

static int run(struct ab *a, struct pvb_error *e)
{
    struct metric m = {.parameter = 0};
    struct candidates c = {.metric = &m, .suite = a->suite ? a->suite : "micro", .work = a->work.path};
    struct paths paths;
    char *inside = path_of("%s/.", a->keep ? a->keep : a->work.path);
    int status = paths_find(&paths, e);
    c.images = paths.images;
    if (!status)
        status = choose(a, &m, &c, e) || make_parents(inside, e) || measure(a, &c, a->keep ? a->keep : a->work.path, e);
    if (!status)
        status = judge(a, a->keep ? a->keep : a->work.path, e);
    else
        status = -1;
    paths_free(&paths);
    free(inside);
    return status;
}

int pvb_cmd_ab(int argc, char **argv)
{
    struct ab *a = calloc(1, sizeof(*a));
    const char *temporary = getenv("TMPDIR");
    struct pvb_error e = {""};
    if (!a)
        return EXIT_ERROR;
    a->work.lock = -1;
    int status = read_options(a, argc, argv);
    if (status < 0) {
        session_catch_signals();
        int bad = work_folder_make(&a->work, temporary && *temporary ? temporary : "/tmp", "pvbench-ab-")
                      ? pvb_fail(&e, "a folder: cannot be created: %s; give another folder in TMPDIR", strerror(errno))
                      : run(a, &e);
        if (bad < 0)
            text_print(stderr, "pvbench: %s", e.text);
        status = bad < 0 ? EXIT_ERROR : usage_finish(bad);
        if (a->work.path)
            work_folder_remove(&a->work);
    }
    for (size_t i = 0; i < a->options; i++)
        free(a->option[i]);
    free(a);
    return status;
}
