/* nights.c: the results of a folder, sorted, numbered, copies left out; nights.h says by which rules. */
#include "common/beside.h"
#include "common/text.h"
#include "reports/result/nights.h"
#include "reports/common/wrap.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAY (24 * 3600)

int nights_leave(struct nights *n, const char *path, bool damaged, const char *why)
{
    struct nights_left *more = realloc(n->left, (n->lefts + 1) * sizeof(*more));
    if (!more)
        return -1;
    n->left = more;
    more[n->lefts] = (struct nights_left){strdup(path), strdup(why), damaged};
    if (!more[n->lefts].path || !more[n->lefts].why) {
        free(more[n->lefts].path);
        free(more[n->lefts].why);
        return -1;
    }
    text_clean(more[n->lefts].path);
    text_clean(more[n->lefts++].why);
    return 0;
}

static int add_origins(struct nights_file *file, const struct result *r)
{
    const json_t *sources = result_sources(r), *source;
    const size_t count = sources ? json_array_size(sources) : 1;
    size_t i;
    file->origin = calloc(count, sizeof(*file->origin));
    if (!file->origin)
        return -1;
    file->origins = count;
    if (!sources)
        file->origin[0] = result_origin(r, json_object_get(r->document, "provenance"));
    json_array_foreach(sources, i, source) file->origin[i] = result_origin(r, source);
    return 0;
}

static int add(struct nights *n, const char *path, const struct result *r, bool extra)
{
    const bool undated = !*r->date;
    struct nights_file *more = realloc(n->file, (n->files + 1) * sizeof(*more));
    if (!more)
        return -1;
    n->file = more;
    more[n->files] = (struct nights_file){.path = strdup(path),
                                          .date = strdup(undated ? "~" : r->date), /* behind all digits */
                                          .time = undated ? INT64_MAX / 2 : result_time(r->date),
                                          .revision = strdup(r->revision),
                                          .extra = extra,
                                          .identity = result_identity(r)};
    n->files++;
    return more[n->files - 1].path && more[n->files - 1].date && more[n->files - 1].revision
               ? add_origins(&more[n->files - 1], r)
               : -1;
}

/* A document that says itself that it is something else is no damaged result. */
static bool is_something_else(const char *path)
{
    json_error_t error;
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    const char *schema = json_string_value(json_object_get(document, "schema"));
    bool other = schema && strncmp(schema, "pvbench.result/", 15) != 0;
    json_decref(document);
    return other;
}

static int consider(struct nights *n, const char *path)
{
    struct report_error why = {""};
    struct result r;
    int bad = 0;
    if (result_load_shared(&n->shared, &r, path, &why)) {
        /* The message begins with the file's name, which is said anyway. */
        size_t size = strlen(path);
        bool named = strncmp(why.text, path, size) == 0 && why.text[size] == ':';
        return nights_leave(n, path, !is_something_else(path),
                            why.text + (named ? size + 1 + strspn(why.text + size + 1, " ") : 0));
    }
    if (!*r.date)
        bad = nights_leave(n, path, true, "provenance.date: is missing, so it has no place in time");
    else if (n->files == NIGHTS_MAX)
        bad = nights_leave(n, path, true, "there are too many results; keep fewer in a folder");
    else
        bad = add(n, path, &r, false);
    result_free(&r);
    return bad;
}

/* Explanations stand beside the results that they are of. */
static bool is_result(const char *name)
{
    const size_t size = strlen(name);
    return *name != '.' && size > 5 && strcmp(name + size - 5, ".json") == 0 && !beside_is_explanation(name);
}

static int look_through(struct nights *n, DIR *d, const char *folder)
{
    const struct dirent *entry;
    while ((entry = readdir(d))) {
        char *path = NULL;
        if (!is_result(entry->d_name))
            continue;
        if (asprintf(&path, "%s/%s", folder, entry->d_name) < 0)
            return -1;
        int bad = consider(n, path);
        free(path);
        if (bad)
            return -1;
    }
    return 0;
}

/* The extra one stands in front, so that it is no copy of another. */
static int by_path(const void *a, const void *b)
{
    const struct nights_file *x = a, *y = b;
    return x->extra != y->extra ? y->extra - x->extra : strcmp(x->path, y->path);
}

static int by_time(const void *a, const void *b)
{
    const struct nights_file *x = a, *y = b;
    int order = strcmp(x->date, y->date); /* of one form: the order of the letters is that of time */
    if (order || x->extra != y->extra)
        return order ? order : x->extra - y->extra;
    return by_path(a, b);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct nights_left *)a)->path, ((const struct nights_left *)b)->path);
}

void nights_file_free(struct nights_file *file)
{
    free(file->path);
    free(file->date);
    free(file->revision);
    free(file->origin);
}

static bool is_within(const struct nights_file *part, const struct nights_file *whole)
{
    size_t found = 0;
    for (size_t i = 0; i < part->origins && part->origins < whole->origins; i++)
        for (size_t j = 0; j < whole->origins; j++)
            if (part->origin[i] == whole->origin[j]) {
                found++;
                break;
            }
    return part->origins < whole->origins && found == part->origins;
}

/* The merged result that holds it; of the extra one, which stays, what was merged from it goes. NULL: none. */
static const char *holder_of(const struct nights *n, size_t at)
{
    for (size_t i = 0; i < n->files && !n->file[at].extra; i++)
        if (is_within(&n->file[at], &n->file[i]) || (n->file[i].extra && is_within(&n->file[i], &n->file[at])))
            return n->file[i].path;
    return NULL;
}

static void find_holders(struct nights *n)
{
    for (size_t i = 0; i < n->files; i++)
        n->file[i].holder = holder_of(n, i);
}

/* What is within another; of what is the same measurement the first stays. */
static int leave_copies(struct nights *n)
{
    size_t kept = 0;
    find_holders(n);
    for (size_t i = 0; i < n->files; i++) {
        const char *original = n->file[i].holder;
        for (size_t k = 0; k < kept && !original; k++)
            if (n->file[k].identity == n->file[i].identity && strcmp(n->file[k].date, n->file[i].date) == 0)
                original = n->file[k].path;
        if (!original) {
            struct nights_file swap = n->file[kept];
            n->file[kept++] = n->file[i];
            n->file[i] = swap;
            continue;
        }
        char why[300];
        text_format(why, sizeof(why), n->file[i].holder ? "is of the same runs as %.250s" : "is a copy of %.250s",
                    original);
        if (nights_leave(n, n->file[i].path, false, why))
            return -1;
    }
    for (size_t i = kept; i < n->files; i++)
        nights_file_free(&n->file[i]);
    n->files = kept;
    return 0;
}

static void number(struct nights *n)
{
    int64_t begin = 0;
    for (size_t i = 0; i < n->files; i++) {
        int64_t now = n->file[i].time, gap = i ? now - n->file[i - 1].time : 0;
        bool same_day = now / DAY == begin / DAY, follows = gap < NIGHT_GAP && now - begin < DAY;
        if (i == 0 || (!same_day && !follows)) {
            begin = now;
            n->count++;
        }
        n->file[i].night = n->count - 1;
    }
}

static int put_in_order(struct nights *n)
{
    if (n->files)
        qsort(n->file, n->files, sizeof(*n->file), by_path);
    if (leave_copies(n))
        return -1;
    if (n->files)
        qsort(n->file, n->files, sizeof(*n->file), by_time);
    if (n->lefts)
        qsort(n->left, n->lefts, sizeof(*n->left), by_name);
    number(n);
    return 0;
}

int nights_read(struct nights *n, const char *folder, const struct result *extra, const char *extra_path,
                struct report_error *e)
{
    *n = (struct nights){0};
    DIR *d = opendir(folder);
    if (!d)
        return report_fail(e, "%s: cannot be read: %s; give a folder of results", folder, strerror(errno));
    int bad = (extra && add(n, extra_path, extra, true)) || look_through(n, d, folder) || put_in_order(n);
    closedir(d);
    if (!bad)
        return 0;
    nights_free(n);
    return report_fail(e, "%s: out of memory", folder);
}

void nights_free(struct nights *n)
{
    for (size_t i = 0; i < n->files; i++)
        nights_file_free(&n->file[i]);
    free(n->file);
    for (size_t i = 0; i < n->lefts; i++) {
        free(n->left[i].path);
        free(n->left[i].why);
    }
    free(n->left);
    shared_free(&n->shared);
    *n = (struct nights){0};
}

const struct nights_left *nights_damaged(const struct nights *n)
{
    for (size_t i = 0; i < n->lefts; i++)
        if (n->left[i].damaged)
            return &n->left[i];
    return NULL;
}
