/*
 * xen_block.c: in the place of /etc/xen/scripts/block, which libxenlight runs for a domain's disk: tells the back
 * end the number of its block device (docs/misc/block-scripts.txt of Xen). The script also makes devices of files and
 * looks whether others have them; here the disk is a block device already, and nobody else's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <xenstore.h>

static char *path_of(const char *back, const char *name)
{
    static char path[256];
    snprintf(path, sizeof(path), "%s/%s", back, name);
    return path;
}

static int tell(struct xs_handle *store, const char *back)
{
    struct stat s;
    unsigned size;
    char number[32];
    char *device = xs_read(store, XBT_NULL, path_of(back, "params"), &size);
    if (!device || stat(device, &s) || !S_ISBLK(s.st_mode))
        return 1;
    snprintf(number, sizeof(number), "%x:%x", major(s.st_rdev), minor(s.st_rdev));
    return !xs_write(store, XBT_NULL, path_of(back, "physical-device"), number, (unsigned)strlen(number)) ||
           !xs_write(store, XBT_NULL, path_of(back, "hotplug-status"), "connected", strlen("connected"));
}

int main(int argc, char **argv)
{
    const char *back = getenv("XENBUS_PATH");
    if (argc != 2 || !back)
        return 2;
    if (strcmp(argv[1], "add") != 0)
        return 0;
    struct xs_handle *store = xs_open(0);
    return store ? tell(store, back) : 1;
}
