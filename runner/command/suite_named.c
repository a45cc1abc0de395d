/* suite_named.c: see suite_named.h. */
#include "runner/command/suite_named.h"
#include "runner/plan/catalogue.h"

#include <stdlib.h>

int suite_named(struct suite *s, const char *name_or_path, const struct narrowing *n, struct pvb_error *e)
{
    struct paths paths;
    struct catalogue known = {0};
    if (paths_find(&paths, e))
        return -1;
    char *path = paths_suite(&paths, name_or_path, e);
    int bad = !path || catalogue_load(&known, &paths, e) || suite_load(s, path, &known, e);
    for (unsigned i = 0; i < n->workload_count && !bad; i++)
        suite_add(s, n->workloads[i], &known);
    free(path);
    catalogue_free(&known);
    paths_free(&paths);
    return bad ? -1 : 0;
}
