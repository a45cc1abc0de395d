/* checkout.c: git's own program, asked as a user asks it; checkout.h says why a clone. */
#include "runner/bisect/checkout.h"
#include "common/text.h"
#include "runner/bisect/child.h"
#include "runner/common/files.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GIT_SECONDS 1800
#define WORDS_MAX   16

/* Nobody's hooks, and no advice. NULL: an error. */
static char *git(const struct checkout *c, const char *dir, int *status, struct pvb_error *e, ...)
{
    char *argv[WORDS_MAX] = {"git", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"},
         *output = NULL;
    size_t n = 5;
    va_list words;
    va_start(words, e);
    for (char *word; n < WORDS_MAX - 1 && (word = va_arg(words, char *)); n++)
        argv[n] = word;
    va_end(words);
    const struct child_order order = {argv, dir, c->errors, GIT_SECONDS};
    *status = child_run(&order, &output, e);
    if (*status >= 0)
        return output;
    free(output);
    return NULL;
}

/* The same, where anything but 0 is an error. */
#define GIT(c, dir, e, ...) good(c, e, git(c, dir, &status, e, __VA_ARGS__, (char *)NULL), &status)

static char *good(const struct checkout *c, struct pvb_error *e, char *output, const int *status)
{
    char words[400];
    if (!output || *status == 0)
        return output;
    child_last_words(c->errors, words, sizeof(words));
    pvb_fail(e, "%s: git: %s", c->repository, *words ? words : "failed and said nothing");
    free(output);
    return NULL;
}

static int done(char *output)
{
    free(output);
    return output ? 0 : -1;
}

static int take_hash(char *output, char hash[COMMIT_HEX])
{
    const size_t size = output ? strspn(output, "0123456789abcdef") : 0;
    if (size == 40 || size == 64)
        text_format(hash, COMMIT_HEX, "%.*s", (int)size, output);
    free(output);
    return size == 40 || size == 64 ? 0 : -1;
}

/* Those of a git that called us are of its own repository. */
static void forget_environment(void)
{
    static const char *const names[] = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY",
                                        "GIT_PREFIX"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
}

int checkout_open(struct checkout *c, const char *repository, const char *work, struct pvb_error *e)
{
    int status = 0;
    forget_environment();
    *c = (struct checkout){realpath(repository, NULL), path_of("%s/tree", work), path_of("%s/git.log", work)};
    if (!c->repository)
        return pvb_fail(e, "--checkout %s: is no folder here; give a git checkout of Xen, Linux or pvbench",
                        repository);
    if (done(GIT(c, c->repository, e, "rev-parse", "--git-dir")))
        return -1;
    return done(GIT(c, work, e, "clone", "--quiet", "--shared", "--no-checkout", "--", c->repository, c->tree));
}

void checkout_close(struct checkout *c)
{
    free(c->repository);
    free(c->tree);
    free(c->errors);
    *c = (struct checkout){0};
}

int checkout_resolve(const struct checkout *c, const char *what, const char *name, char hash[COMMIT_HEX],
                     struct pvb_error *e)
{
    int status = 0;
    char *commit = path_of("%s^{commit}", name);
    char *output =
        git(c, c->repository, &status, e, "rev-parse", "--verify", "--quiet", "--end-of-options", commit, (char *)NULL);
    free(commit);
    if (output && take_hash(output, hash))
        return pvb_fail(e, "%s %s: is no commit of %s; give a tag, a branch or a hash", what, name, c->repository);
    return output ? 0 : -1;
}

char *checkout_between(const struct checkout *c, const char *oldest, const char *newest, struct pvb_error *e)
{
    int status = 0;
    char *without = path_of("^%s", oldest);
    char *output = GIT(c, c->tree, e, "rev-list", "--topo-order", "--reverse", "--parents", (char *)newest, without);
    free(without);
    return output;
}

int checkout_is_ancestor(const struct checkout *c, const char *oldest, const char *newest, struct pvb_error *e)
{
    int status = 0;
    if (done(git(c, c->tree, &status, e, "merge-base", "--is-ancestor", oldest, newest, (char *)NULL)))
        return -1;
    return status == 0
               ? 0
               : pvb_fail(e, "%.12s is no ancestor of %.12s in %s; give an older commit and a newer one that has it",
                          oldest, newest, c->repository);
}

int checkout_tree_hash(const struct checkout *c, const char *commit, char hash[COMMIT_HEX], struct pvb_error *e)
{
    int status = 0;
    char *name = path_of("%s^{tree}", commit);
    char *output = GIT(c, c->tree, e, "rev-parse", "--verify", name);
    free(name);
    if (!output)
        return -1;
    return take_hash(output, hash) ? pvb_fail(e, "%s: %.12s: has no tree", c->repository, commit) : 0;
}

int checkout_take(const struct checkout *c, const char *commit, struct pvb_error *e)
{
    int status = 0;
    return done(GIT(c, c->tree, e, "checkout", "--quiet", "--force", "--detach", (char *)commit));
}

char *checkout_show(const struct checkout *c, const char *commit, int whole, struct pvb_error *e)
{
    int status = 0;
    if (!whole)
        return GIT(c, c->tree, e, "show", "-s", "--no-color", "--date=short", "--format=%h %ad %an: %s",
                   (char *)commit);
    return GIT(c, c->tree, e, "show", "--stat=100", "--no-color", "--date=short", "--format=medium", (char *)commit);
}
