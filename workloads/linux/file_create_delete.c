/* file_create_delete.c: lmbench's file system latency: an empty file is made and taken away, in a tmpfs. */
#include "load.h"

#include <fcntl.h>
#include <unistd.h>

static void op(void)
{
    int fd = open("/tmp/created", O_WRONLY | O_CREAT | O_EXCL, 0644);
    must(fd >= 0 && close(fd) == 0 && unlink("/tmp/created") == 0, "a file that is made and taken away");
}

LOAD(file_create_delete, "files", "an empty file is made and taken away, in a file system in memory", .op = op);
