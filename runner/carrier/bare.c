/* bare.c: the guest image alone, its parameter section filled. */
#include "runner/carrier/carrier.h"

#include <stdlib.h>

static int load(struct image *image, const struct paths *paths, const char *name, struct pvb_error *e)
{
    char *path = path_of("%s/%s", paths->images, name);
    const int bad = image_load(image, path, e);
    free(path);
    return bad;
}

static int write_guest(const struct image *image, const struct pvb_param_workload *workloads, unsigned count,
                       uint32_t flags, const char *dir, struct pvb_error *e)
{
    char *path = path_of("%s/" GUEST_FILE, dir);
    const int bad = image_write_filled(image, workloads, count, flags, path, e);
    free(path);
    return bad;
}

const struct carrier carrier_bare = {.name = "bare", .load = load, .write = write_guest};
