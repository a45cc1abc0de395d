/* machines.c: the table of machines, and what is the same on all. */
#include "runner/machine/machine.h"
#include "runner/machine/lab_host.h"

#include <stdlib.h>
#include <string.h>

const struct machine *const machines[] = {&machine_lab, &machine_host, NULL};

const struct machine *machine_find(const char *name)
{
    for (size_t i = 0; machines[i]; i++)
        if (strcmp(machines[i]->name, name) == 0)
            return machines[i];
    return NULL;
}

bool machine_has_emulator(const struct machine *m, const struct hypervisor *h)
{
    return !m->is_here || h->here->threads;
}

void identity_free(struct identity *id)
{
    free(id->path);
    blob_free(&id->file);
    lab_host_free(id->host);
    *id = (struct identity){0};
}
