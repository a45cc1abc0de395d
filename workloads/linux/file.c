/* file.c: files of the file system in memory that loads work on. */
#include "load.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int load_file(const char *path, size_t size)
{
    static char page[PAGE];
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    must(fd >= 0, path);
    for (size_t i = 0; i < size; i += PAGE)
        must(write(fd, page, PAGE) == (ssize_t)PAGE, path);
    return fd;
}
