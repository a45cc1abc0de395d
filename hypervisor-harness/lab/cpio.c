/* cpio.c: headers of 110 characters, names and contents padded to four; cpio.h says why. */
#include "hypervisor-harness/lab/cpio.h"

#include <string.h>

enum { FOLDER = 0040755, FILE_READ = 0100644, FILE_EXECUTE = 0100755, LINK = 0120777 };

static int put(struct cpio *c, const void *bytes, size_t size)
{
    c->written += size;
    return fwrite(bytes, 1, size, c->out) == size ? 0 : -1;
}

static int pad(struct cpio *c, size_t to)
{
    static const char zeros[512];
    size_t over = c->written % to;
    return over ? put(c, zeros, to - over) : 0;
}

static int entry(struct cpio *c, const char *name, unsigned mode, const void *bytes, size_t size)
{
    char header[111];
    size_t length = strlen(name) + 1;
    snprintf(header, sizeof(header), "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", c->inode++, mode, 0,
             0, mode == FOLDER ? 2 : 1, 0, (unsigned)size, 0, 0, 0, 0, (unsigned)length, 0);
    return put(c, header, 110) || put(c, name, length) || pad(c, 4) || put(c, bytes, size) || pad(c, 4) ? -1 : 0;
}

void cpio_begin(struct cpio *c, FILE *out)
{
    *c = (struct cpio){.out = out, .inode = 1};
}

int cpio_folder(struct cpio *c, const char *name)
{
    return entry(c, name, FOLDER, "", 0);
}

int cpio_file(struct cpio *c, const char *name, int executable, const void *bytes, size_t size)
{
    return entry(c, name, executable ? FILE_EXECUTE : FILE_READ, bytes, size);
}

int cpio_link(struct cpio *c, const char *name, const char *target)
{
    return entry(c, name, LINK, target, strlen(target));
}

/* Padded to what the kernel skips between two archives. */
int cpio_end(struct cpio *c)
{
    c->inode = 0;
    return entry(c, "TRAILER!!!", 0, "", 0) || pad(c, 512) || fflush(c->out) ? -1 : 0;
}
