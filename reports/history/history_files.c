/* history_files.c: the results of a folder, in the order of the dates that stand in them, not of their names. */
#include "reports/history/history.h"
#include "reports/common/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int skip(struct history *h, const char *file, const char *why)
{
    struct history_skipped *more = realloc(h->skipped, (h->skips + 1) * sizeof(*more));
    if (!more)
        return -1;
    h->skipped = more;
    more[h->skips] = (struct history_skipped){strdup(file), strdup(why)};
    if (!more[h->skips].file || !more[h->skips].why)
        return -1;
    text_clean(more[h->skips].file);
    text_clean(more[h->skips++].why);
    return 0;
}

static int add(struct history *h, const char *file, const struct result *r)
{
    struct history_night *more = realloc(h->night, (h->nights + 1) * sizeof(*more));
    if (!more)
        return -1;
    h->night = more;
    more[h->nights] = (struct history_night){.file = strdup(file),
                                             .date = history_keep(h, r->date),
                                             .pvbench = history_keep(h, r->pvbench),
                                             .revision = history_keep(h, r->revision),
                                             .different = ""};
    return more[h->nights++].file ? 0 : -1;
}

static int consider(struct history *h, const char *file)
{
    struct report_error why = {""};
    struct result r;
    int bad = 0;
    if (result_load(&r, file, &why)) {
        /* The message begins with the file's name, which is said anyway. */
        size_t n = strlen(file);
        bool named = strncmp(why.text, file, n) == 0 && why.text[n] == ':';
        return skip(h, file, why.text + (named ? n + 1 + strspn(why.text + n + 1, " ") : 0));
    }
    if (!*r.date)
        bad = skip(h, file, "provenance.date: is missing, so it has no place in time");
    else if (h->nights == HISTORY_NIGHTS_MAX)
        bad = skip(h, file, "there are too many nights; keep fewer in a folder");
    else
        bad = add(h, file, &r);
    result_free(&r);
    return bad;
}

static int by_date(const void *a, const void *b)
{
    const struct history_night *x = a, *y = b;
    int order = strcmp(x->date, y->date);
    return order ? order : strcmp(x->file, y->file);
}

static int by_name(const void *a, const void *b)
{
    const struct history_skipped *x = a, *y = b;
    return strcmp(x->file, y->file);
}

static int look_through(struct history *h, DIR *d, const char *folder)
{
    const struct dirent *entry;
    while ((entry = readdir(d))) {
        size_t n = strlen(entry->d_name);
        char *file = NULL;
        if (*entry->d_name == '.' || n < 5 || strcmp(entry->d_name + n - 5, ".json") != 0)
            continue;
        if (asprintf(&file, "%s/%s", folder, entry->d_name) < 0)
            return -1;
        int bad = consider(h, file);
        free(file);
        if (bad)
            return -1;
    }
    return 0;
}

int history_files(struct history *h, const char *folder, struct report_error *e)
{
    DIR *d = opendir(folder);
    if (!d)
        return report_fail(e, "%s: cannot be read: %s; give a folder of results", folder, strerror(errno));
    int bad = look_through(h, d, folder);
    closedir(d);
    if (bad)
        return report_fail(e, "%s: out of memory", folder);
    if (!h->nights)
        return report_fail(e, "%s: holds no result; keep each night's as NAME.json there", folder);
    qsort(h->night, h->nights, sizeof(*h->night), by_date);
    if (h->skips)
        qsort(h->skipped, h->skips, sizeof(*h->skipped), by_name);
    return 0;
}
