/* carriers.c: the table of carriers. */
#include "runner/carrier/carrier.h"

#include <stdio.h>
#include <string.h>

static const struct carrier *const carriers[] = {&carrier_bare, &carrier_linux};
#define CARRIERS (sizeof(carriers) / sizeof(carriers[0]))

const struct carrier *carrier_find(const char *name)
{
    for (size_t i = 0; i < CARRIERS; i++)
        if (strcmp(carriers[i]->name, name) == 0)
            return carriers[i];
    return NULL;
}

bool carrier_known(const char *name)
{
    return carrier_find(name);
}

void carriers_list(char *into, size_t size)
{
    into[0] = 0;
    for (size_t i = 0, used = 0; i < CARRIERS && used < size; i++)
        used += (size_t)snprintf(into + used, size - used, "%s%s", i ? ", " : "", carriers[i]->name);
}
