/* leftovers.c: the names in a few folders, one a line. */
#include "leftovers.h"
#include "tests/lab/probes/tap.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *names_in(const char *const *folders)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (; out && *folders; folders++) {
        struct dirent **entry = NULL;
        const int count = scandir(*folders, &entry, NULL, alphasort);
        for (int i = 0; i < count; i++) {
            fprintf(out, "%s/%s\n", *folders, entry[i]->d_name);
            free(entry[i]);
        }
        free(entry);
    }
    if (out)
        fclose(out);
    return text;
}

void check_left(const char *before, const char *after, const char *what)
{
    if (!check(before && after && *before && strcmp(before, after) == 0, what))
        note("before:\n%s\nafter:\n%s", before ? before : "", after ? after : "");
}
