/* said.c: said.h says of which programs. */
#include "said.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool said_cyclictest(const char *words, unsigned sleeps, uint64_t *ns)
{
    uint64_t one;
    unsigned thread, number, found = 0;
    *ns = 0;
    for (const char *line = words; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (sscanf(line, " %u : %u : %lu", &thread, &number, &one) == 3) {
            *ns += one;
            found++;
        }
    return found == sleeps;
}

/* Behind `"key" :`, with any blanks there. */
static const char *behind_key(const char *json, const char *key, size_t size)
{
    for (const char *at = json; (at = strchr(at, '"')); at++)
        if (strncmp(at + 1, key, size) == 0 && at[1 + size] == '"') {
            const char *colon = at + size + 2;
            colon += strspn(colon, " \t\n");
            if (*colon == ':')
                return colon + 1 + strspn(colon + 1, " \t\n");
        }
    return NULL;
}

/* The number under it, or NULL. */
static const char *find(const char *json, const char *path)
{
    while (json && *path) {
        const size_t size = strcspn(path, "/");
        json = behind_key(json, path, size);
        path += size + (path[size] == '/');
    }
    return json && *json >= '0' && *json <= '9' ? json : NULL;
}

bool said_number(const char *json, const char *path, uint64_t *number)
{
    json = find(json, path);
    if (json)
        *number = strtoull(json, NULL, 10);
    return json;
}

bool said_seconds(const char *json, const char *path, uint64_t *ns)
{
    enum { DAY_S = 24 * 60 * 60 };
    json = find(json, path);
    const double seconds = json ? strtod(json, NULL) : 0;
    if (!json || seconds > DAY_S)
        return false;
    *ns = (uint64_t)(seconds * 1e9 + 0.5);
    return true;
}
