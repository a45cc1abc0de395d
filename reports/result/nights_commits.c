/*
 * nights_commits.c: results in the order of the commits that they are of. Nights measure what is new; whoever bisects
 * or fills a gap measures old commits today, and a date would put them last.
 */
#include "common/memory.h"
#include "common/text.h"
#include "reports/result/nights.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX   400
#define SHORTEST   7 /* digits by which people and git name a commit */
#define LINES_MOST 1000000

struct commits {
    char (*hash)[65];
    size_t count;
};

static size_t digits_of(const char *text)
{
    return strspn(text, "0123456789abcdef");
}

/* A hash in front of each line; what stands behind is git log's --oneline. */
static int read_line(struct commits *c, const char *line)
{
    const size_t size = digits_of(line);
    if (size < SHORTEST || size > 64 || !strchr(" \t\r\n", line[size]))
        return -1;
    c->hash = memory_grown(c->hash, (c->count + 1) * sizeof(*c->hash));
    memset(c->hash[c->count], 0, sizeof(*c->hash));
    memcpy(c->hash[c->count++], line, size);
    return 0;
}

static int read_commits(struct commits *c, const char *path, struct report_error *e)
{
    char line[LINE_MAX];
    int bad = 0;
    FILE *in = fopen(path, "re");
    if (!in)
        return report_fail(e, "%s: cannot be read: %s; give a list of commits, as git rev-list --reverse prints it",
                           path, strerror(errno));
    for (size_t number = 1; !bad && fgets(line, sizeof(line), in); number++) {
        /* The rest of a long line is its subject's. */
        while (!strchr(line, '\n') && !feof(in) && fgetc(in) != '\n')
            continue;
        if (c->count == LINES_MOST || read_line(c, line))
            bad =
                report_fail(e, "%s:%zu: begins with no commit; give what git rev-list --reverse prints", path, number);
    }
    if (!bad && ferror(in))
        bad = report_fail(e, "%s: cannot be read: %s", path, strerror(errno));
    fclose(in);
    return bad || c->count ? bad : report_fail(e, "%s: names no commit", path);
}

/* Its place in the list, from 1; 0: it is not in it. */
static size_t place_of(const struct commits *c, const char *name)
{
    const size_t size = digits_of(name);
    for (size_t i = 0; size >= SHORTEST && i < c->count; i++) {
        const size_t known = strlen(c->hash[i]);
        if (strncmp(c->hash[i], name, size < known ? size : known) == 0)
            return i + 1;
    }
    return 0;
}

/* By the name of its file, which whoever builds a hypervisor gives it; else by the revision that pvbench was built
 * from. */
static size_t place_of_file(const struct commits *c, const struct nights_file *file)
{
    const char *slash = strrchr(file->path, '/');
    const size_t place = place_of(c, slash ? slash + 1 : file->path);
    return place ? place : place_of(c, file->revision);
}

static int by_commit(const void *one, const void *other)
{
    const struct nights_file *a = one, *b = other;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    const int order = strcmp(a->date, b->date);
    return order ? order : strcmp(a->path, b->path);
}

/* A commit is what a night is otherwise. */
static void number(struct nights *n)
{
    n->count = 0;
    for (size_t i = 0; i < n->files; i++) {
        n->count += i == 0 || n->file[i].time != n->file[i - 1].time;
        n->file[i].night = n->count - 1;
    }
}

static void place(struct nights *n, const struct commits *c, const char *path)
{
    size_t kept = 0;
    for (size_t i = 0; i < n->files; i++) {
        const size_t at = place_of_file(c, &n->file[i]);
        if (!at) {
            char why[300];
            text_format(why, sizeof(why), "is of no commit in %.250s", path);
            if (nights_leave(n, n->file[i].path, false, why))
                out_of_memory();
            nights_file_free(&n->file[i]);
            continue;
        }
        n->file[kept] = n->file[i];
        n->file[kept].time = (int64_t)at;
        text_format(n->file[kept].commit, sizeof(n->file[kept].commit), "%.12s", c->hash[at - 1]);
        kept++;
    }
    n->files = kept;
}

int nights_by_commits(struct nights *n, const char *path, struct report_error *e)
{
    struct commits c = {.count = 0};
    int bad = read_commits(&c, path, e);
    if (!bad) {
        place(n, &c, path);
        if (n->files)
            qsort(n->file, n->files, sizeof(*n->file), by_commit);
        number(n);
    }
    free(c.hash);
    return bad;
}
