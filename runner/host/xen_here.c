/* xen_here.c: reads what xenfs says, where it is mounted. */
#include "runner/host/xen_here.h"
#include "runner/common/files.h"

#include <stdlib.h>
#include <string.h>

#define CAPABILITY "control_d"

bool xen_first_domain(const char *root)
{
    struct blob capabilities = {0};
    struct pvb_error e;
    char *path = path_of("%s" XEN_CAPABILITIES, root);
    bool first = blob_read(&capabilities, path, 4096, &e) == 0 &&
                 memmem(capabilities.bytes, capabilities.size, CAPABILITY, strlen(CAPABILITY));
    blob_free(&capabilities);
    free(path);
    return first;
}
