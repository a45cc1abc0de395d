/* catalogue.c: takes the names from one image; that the others have them too is checked when they are loaded. */
#include "runner/plan/catalogue.h"

#include <stdlib.h>
#include <unistd.h>

int catalogue_load(struct catalogue *c, struct image *image, const struct paths *paths, struct pvb_error *e)
{
    char *pv = path_of("%s/guest-pv.elf", paths->images), *hvm = path_of("%s/guest-hvm.elf", paths->images);
    const char *path = access(pv, F_OK) && access(hvm, F_OK) == 0 ? hvm : pv;
    int result = image_load(image, path, e);
    *c = (struct catalogue){image->name, image->names};
    free(pv);
    free(hvm);
    return result;
}
