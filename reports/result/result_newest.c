/* result_newest.c: picks the newest result of a folder; result_newest.h says why. */
#include "reports/result/result_newest.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static bool is_json(const char *name)
{
    size_t n = strlen(name);
    return n > 5 && *name != '.' && strcmp(name + n - 5, ".json") == 0;
}

static bool same_file(const char *path, const char *other)
{
    struct stat a, b;
    return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Keeps the later one of *best and the result at `path`; of two with one date, the later name. */
static int consider(struct result *best, char found[RESULT_PATH_MAX], const char *path, struct report_error *e)
{
    struct result r;
    if (result_load(&r, path, e))
        return -1;
    int order = best->document ? strcmp(r.date, best->date) : 1;
    if (order > 0 || (order == 0 && strcmp(path, found) > 0)) {
        result_free(best);
        *best = r;
        snprintf(found, RESULT_PATH_MAX, "%s", path);
    } else {
        result_free(&r);
    }
    return 0;
}

static int look_through(DIR *folder, struct result *r, const char *path, const char * not, char found[RESULT_PATH_MAX],
                        struct report_error *e)
{
    const struct dirent *entry;
    char file[RESULT_PATH_MAX];
    while ((entry = readdir(folder))) {
        if (!is_json(entry->d_name))
            continue;
        if (snprintf(file, sizeof(file), "%s/%s", path, entry->d_name) >= (int)sizeof(file))
            return report_fail(e, "%.200s: is too long a path", path);
        if (!same_file(file, not ) && consider(r, found, file, e))
            return -1;
    }
    return r->document ? 0
                       : report_fail(e, "%s: holds no other result; run the suite with -o %s/NAME.json", path, path);
}

int result_load_newest(struct result *r, const char *path, const char * not, char found[RESULT_PATH_MAX],
                       struct report_error *e)
{
    struct stat s;
    *r = (struct result){0};
    if (strcmp(path, "-") == 0 || stat(path, &s) || !S_ISDIR(s.st_mode)) {
        snprintf(found, RESULT_PATH_MAX, "%s", path);
        return result_load(r, path, e);
    }
    *found = 0;
    DIR *folder = opendir(path);
    if (!folder)
        return report_fail(e, "%s: cannot be read: %s", path, strerror(errno));
    int bad = look_through(folder, r, path, not, found, e);
    closedir(folder);
    if (bad)
        result_free(r);
    return bad;
}
