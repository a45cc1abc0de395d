/* carriers.c: the table of carriers. */
#include "runner/carrier/carrier.h"

#include <string.h>

static const struct carrier *const carriers[] = {&carrier_bare};

const struct carrier *carrier_find(const char *name)
{
    for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++)
        if (strcmp(carriers[i]->name, name) == 0)
            return carriers[i];
    return NULL;
}
