/*
 * catalogue.c: takes the names from one bare image, and from that of the loads of Linux; that other images have them
 * too is checked when they are loaded.
 */
#include "runner/plan/catalogue.h"
#include "runner/carrier/carrier.h"

#include "common/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool has(const struct catalogue *c, const char *name)
{
    for (size_t i = 0; i < c->names; i++)
        if (strcmp(c->name[i].name, name) == 0)
            return true;
    return false;
}

/* What both have, such as the empty loop, is named once. */
static void add(struct catalogue *c, struct pvb_workload_name *names, const struct image *image)
{
    c->name = names;
    for (size_t i = 0; i < image->names; i++)
        if (!has(c, image->name[i].name))
            names[c->names++] = image->name[i];
}

static bool is_there(const struct paths *paths, const char *name)
{
    char *path = path_of("%s/%s", paths->images, name);
    const bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

static int load(struct image *image, const struct paths *paths, const char *name, struct pvb_error *e)
{
    char *path = path_of("%s/%s", paths->images, name);
    const int bad = image_load(image, path, e);
    free(path);
    return bad;
}

int catalogue_load(struct catalogue *c, const struct paths *paths, struct pvb_error *e)
{
    struct image image[2] = {0};
    const char *const linux_image = carrier_linux.image;
    const bool linux_too = is_there(paths, linux_image), pv = is_there(paths, "guest-pv.elf"),
               bare = pv || is_there(paths, "guest-hvm.elf") || !linux_too;
    *c = (struct catalogue){0};
    int bad = (bare &&
               load(&image[0], paths, pv || !is_there(paths, "guest-hvm.elf") ? "guest-pv.elf" : "guest-hvm.elf", e)) ||
              (linux_too && load(&image[1], paths, linux_image, e));
    struct pvb_workload_name *names = memory_zeroed(image[0].names + image[1].names + 1, sizeof(*names));
    for (unsigned i = 0; i < 2; i++) {
        add(c, names, &image[i]);
        image_free(&image[i]);
    }
    return bad ? -1 : 0;
}

void catalogue_free(struct catalogue *c)
{
    free((void *)c->name);
    *c = (struct catalogue){0};
}
