/* xen_program.c: where the program is that talks to Xen, and whether there is a Xen to talk to. */
#include "runner/hypervisor/xen_program.h"
#include "runner/common/files.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *xen_program_find(void)
{
    static const char *const places[] = {"/" XEN_PROGRAM, "/../lib/pvbench/" XEN_PROGRAM};
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (n <= 0)
        return NULL;
    self[n] = 0;
    int folder = (int)(strrchr(self, '/') - self);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *path = path_of("%.*s%s", folder, self, places[i]);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}
