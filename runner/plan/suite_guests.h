/*
 * suite_guests.h: guests beside the one that is measured.
 *
 * What a guest costs its host when there are many, and what it loses by what others do, is told by boots that differ
 * in nothing else. A suite names them:
 *
 *     "guests": ["one", {"neighbours": 31}, {"neighbours": 1, "load": "memory_walk", "parameter": 2048}]
 *
 * The first guest is measured, by the suite's workloads; its neighbours do their load, which is a workload too, again
 * and again until it is done. Without a load they are idle. There is one processor for all of them, of which "weight"
 * and "cap" say how much a neighbour is to get where the hypervisor's scheduler has them.
 */
#ifndef RUNNER_SUITE_GUESTS_H
#define RUNNER_SUITE_GUESTS_H

#include "runner/plan/suite.h"
#include "runner/setting/setting.h"

#include <jansson.h>

#define SUITE_GUESTS_ONE      "one" /* the measured guest alone; its name is in no key */
#define SUITE_GUESTS_NAME_MAX 72    /* with the closing NUL */

/* `array`: the suite's; NULL: it has none. -1 with an error that names the place. */
int suite_guests_read(struct suite *s, const char *path, const json_t *array, struct pvb_error *e);

/* "one", "32guests", "2guests-compute": by what --guests knows them, as it stands in the key. */
void suite_guests_name(const struct suite_guests *g, char *into, size_t size);

/* What they add to a guest's setting; the suite must outlive it. */
void suite_guests_set(const struct suite_guests *g, struct guest_setting *setting);

/* As the suite's file says it; a new reference. */
json_t *suite_guests_json(const struct suite_guests *g);

#endif
