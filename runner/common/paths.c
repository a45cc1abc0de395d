/* paths.c: finds images and suites beside the command; paths.h says why. */
#include "runner/common/paths.h"
#include "common/memory.h"
#include "common/nearest.h"
#include "runner/common/files.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The first of `candidates` under `base` that holds `witness`; else the first of all, for the messages. */
static char *find(const char *variable, const char *base, const char *const *candidates, const char *witness)
{
    const char *given = getenv(variable);
    if (given && *given)
        return path_of("%s", given);
    for (const char *const *c = candidates; *c; c++) {
        char *dir = path_of("%s/%s", base, *c);
        char *file = path_of("%s/%s", dir, witness);
        int there = access(file, F_OK) == 0;
        free(file);
        char *clean = there ? realpath(dir, NULL) : NULL;
        free(dir);
        if (clean)
            return clean;
    }
    return path_of("%s/%s", base, candidates[0]);
}

int paths_find(struct paths *p, struct pvb_error *e)
{
    *p = (struct paths){0};
    /* The build tree, the build tree's tests, an installation. */
    static const char *const images[] = {".", "..", "../lib/pvbench", NULL};
    static const char *const suites[] = {"../workloads/suites", "../../workloads/suites", "../share/pvbench/suites",
                                         NULL};
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n <= 0)
        return pvb_fail(e, "/proc/self/exe: cannot be read, so the images cannot be found; mount /proc");
    self[n] = 0;
    *strrchr(self, '/') = 0;
    p->images = find("PVBENCH_IMAGES", self, images, "guest-pv.elf");
    p->suites = find("PVBENCH_SUITES", self, suites, ".");
    return 0;
}

void paths_free(struct paths *p)
{
    free(p->images);
    free(p->suites);
}

static int is_suite(const struct dirent *entry)
{
    const char *dot = strrchr(entry->d_name, '.');
    return dot && dot != entry->d_name && strcmp(dot, ".json") == 0;
}

/* "; did you mean NAME?" of the suites that there are. */
static void ask_suite(const struct paths *p, const char *name, char *into, size_t size)
{
    struct dirent **list;
    int n = scandir(p->suites, &list, is_suite, alphasort);
    const char **known = memory_zeroed(n > 0 ? (size_t)n + 1 : 1, sizeof(*known));
    for (int i = 0; i < n; i++) {
        list[i]->d_name[strlen(list[i]->d_name) - 5] = 0;
        known[i] = list[i]->d_name;
    }
    nearest_ask(name, known, into, size);
    for (int i = 0; i < n; i++)
        free(list[i]);
    if (n >= 0)
        free(list);
    free(known);
}

static void name_known_suites(const struct paths *p, char *into, size_t size)
{
    struct dirent **list;
    int n = scandir(p->suites, &list, is_suite, alphasort);
    into[0] = 0;
    for (int i = 0; i < n; i++) {
        size_t used = strlen(into);
        snprintf(into + used, size - used, "%s%.*s", i ? ", " : "", (int)(strlen(list[i]->d_name) - 5),
                 list[i]->d_name);
        free(list[i]);
    }
    if (n >= 0)
        free(list);
}

char *paths_suite(const struct paths *p, const char *name_or_path, struct pvb_error *e)
{
    if (strchr(name_or_path, '/'))
        return path_of("%s", name_or_path);
    char *path = path_of("%s/%s.json", p->suites, name_or_path);
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    /* A file of the working folder, given without a slash. */
    if (access(name_or_path, F_OK) == 0)
        return path_of("%s", name_or_path);
    char known[512], ask[300];
    name_known_suites(p, known, sizeof(known));
    ask_suite(p, name_or_path, ask, sizeof(ask));
    pvb_fail(e, "%s: no suite of that name; known are: %s; or give the path of a suite file%s", name_or_path,
             known[0] ? known : "none", ask);
    return NULL;
}
