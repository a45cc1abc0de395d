/* vcpus.c: columns that differ in their vCPUs alone, and the laws of their rows; vcpus.h says what for. */
#include "reports/result/vcpus.h"
#include "common/text.h"

#include <stdlib.h>
#include <string.h>

/* More than that between the fewest and the most vCPUs is growth, less is how caches and lists happen to be. */
#define GROWTH 1.2

unsigned vcpus_of(const char *mode, char rest[VCPUS_MODE])
{
    for (const char *at = strchr(mode, '+'); at; at = strchr(at + 1, '+')) {
        char *end;
        const unsigned long n = strtoul(at + 1, &end, 10);
        if (end == at + 1 || strncmp(end, "vcpus", 5) != 0)
            continue;
        if (rest)
            text_format(rest, VCPUS_MODE, "%.*s%s", (int)(at - mode), mode, end + 5);
        return (unsigned)n;
    }
    if (rest)
        text_format(rest, VCPUS_MODE, "%s", mode);
    return 1;
}

static bool belongs(const struct model *m, const struct vcpus_group *g, unsigned column, const char *mode)
{
    const struct model_column *a = &m->column[g->column[0]], *b = &m->column[column];
    return strcmp(g->mode, mode) == 0 && strcmp(a->hypervisor, b->hypervisor) == 0 &&
           strcmp(a->machine, b->machine) == 0;
}

size_t vcpus_groups(const struct model *m, struct vcpus_group into[MODEL_COLUMNS_MAX])
{
    size_t n = 0, kept = 0;
    for (unsigned c = 0; c < m->columns; c++) {
        char mode[VCPUS_MODE];
        size_t at = 0;
        vcpus_of(m->column[c].mode, mode);
        while (at < n && !belongs(m, &into[at], c, mode))
            at++;
        if (at == n) {
            into[n] = (struct vcpus_group){.columns = 0};
            memcpy(into[n++].mode, mode, sizeof(mode));
        }
        into[at].column[into[at].columns++] = c;
    }
    for (size_t i = 0; i < n; i++)
        if (into[i].columns >= 3)
            into[kept++] = into[i];
    return kept;
}

enum vcpus_growth vcpus_laws(const struct model *m, const struct vcpus_group *g, size_t row, struct vcpus_laws *into)
{
    double vcpus[MODEL_COLUMNS_MAX], cost[MODEL_COLUMNS_MAX], entries[MODEL_COLUMNS_MAX];
    double least = 0, most = 0;
    *into = (struct vcpus_laws){.has_entries = true};
    for (unsigned i = 0; i < g->columns; i++) {
        const struct model_cell *cell = model_at(m, row, g->column[i]);
        if (!cell->has_cost || cell->cost <= 0)
            return VCPUS_UNKNOWN;
        vcpus[i] = vcpus_of(m->column[g->column[i]].mode, NULL);
        cost[i] = cell->cost;
        entries[i] = cell->entries;
        into->has_entries = into->has_entries && cell->has_entries;
        least = !i || cost[i] < least ? cost[i] : least;
        most = cost[i] > most ? cost[i] : most;
    }
    into->spread = most / least - 1;
    if (most < least * GROWTH)
        return VCPUS_SAME;
    into->has_entries = into->has_entries && law_fit(vcpus, entries, g->columns, &into->entries);
    return law_fit(vcpus, cost, g->columns, &into->cost) ? VCPUS_GROWS : VCPUS_UNKNOWN;
}
