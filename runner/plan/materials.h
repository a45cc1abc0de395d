/* materials.h: the guests' images and the hypervisors of a plan, loaded and hashed before anything boots. */
#ifndef RUNNER_MATERIALS_H
#define RUNNER_MATERIALS_H

#include "runner/plan/plan.h"

/* What all boots of a hypervisor or a mode share; found and hashed once. */
struct materials {
    struct paths paths;
    struct image image[SUITE_LIST_MAX]; /* one a guest image in use */
    const char *image_name[SUITE_LIST_MAX];
    unsigned images;
    struct identity identity[SUITE_LIST_MAX]; /* one a hypervisor in use */
    const struct hypervisor *hypervisor[SUITE_LIST_MAX];
    unsigned identities;
    char workloads_sha256[SHA256_HEX];
};

int materials_load(struct materials *m, const struct plan *plan, struct pvb_error *e);
void materials_free(struct materials *m);

/* {name: sha256} of everything that decides a result. */
json_t *materials_json(const struct materials *m);

/* {hypervisor: where its host in the lab comes from}; NULL when none has one. */
json_t *materials_lab_hosts(const struct materials *m);

/* Of those that were loaded for the unit's plan. */
const struct image *materials_image(const struct materials *m, const struct unit *u);
const struct identity *materials_identity(const struct materials *m, const struct hypervisor *h);

#endif
