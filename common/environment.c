/* environment.c: see environment.h. */
#include "common/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PRELOAD "LD_PRELOAD="

char **environment_with(const char *preload, char *more)
{
    size_t n = 0;
    while (environ[n])
        n++;
    char **env = calloc(n + 3, sizeof(*env));
    const char *theirs = getenv("LD_PRELOAD");
    if (!env || asprintf(&env[0], PRELOAD "%s%s%s", preload, theirs ? ":" : "", theirs ? theirs : "") < 0) {
        free(env);
        return NULL;
    }
    size_t used = 1;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], PRELOAD, sizeof(PRELOAD) - 1) != 0)
            env[used++] = environ[i];
    env[used] = more;
    return env;
}

void environment_free(char **env)
{
    if (!env || env == environ)
        return;
    free(env[0]);
    free(env);
}
