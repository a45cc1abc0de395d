/* bare.c: the guest image alone, its parameter section filled. */
#include "runner/carrier/carrier.h"

#include <stdlib.h>

static int load(struct image *image, const char *folder, const char *name, struct pvb_error *e)
{
    char *path = path_of("%s/%s", folder, name);
    const int bad = image_load(image, path, e);
    free(path);
    return bad;
}

const struct carrier carrier_bare = {.name = "bare", .load = load, .write = image_write_filled};
