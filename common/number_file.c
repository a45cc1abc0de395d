/* number_file.c: see number_file.h. */
#include "common/number_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

bool number_file(const char *path, uint64_t *number)
{
    FILE *f = fopen(path, "re");
    uint64_t found;
    const bool good = f && fscanf(f, "%" SCNu64, &found) == 1;
    const int failure = errno;
    if (f)
        fclose(f);
    errno = failure;
    if (good)
        *number = found;
    return good;
}
