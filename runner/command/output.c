/* output.c: temporary file, fsync, rename; output.h says why. */
#include "runner/command/output.h"
#include "runner/common/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *temporary_name(const struct output *o)
{
    return path_of("%s.%d.tmp", o->path, (int)getpid());
}

/* The place must take a file now, not after an hour of measuring. */
static int try_it(const struct output *o, struct pvb_error *e)
{
    char *name = o->direct ? path_of("%s", o->path) : temporary_name(o);
    int fd = open(name, o->direct ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        pvb_fail(e, "%s: cannot be written: %s; give another file with -o", o->path, strerror(errno));
    else
        close(fd);
    if (fd >= 0 && !o->direct)
        unlink(name);
    free(name);
    return fd < 0 ? -1 : 0;
}

int output_open(struct output *o, const char *path, struct pvb_error *e)
{
    struct stat st;
    o->direct = strcmp(path, "-") == 0;
    /* A link is written through, not replaced. */
    bool link = !o->direct && lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
    o->path = o->direct ? path_of("/dev/stdout") : link ? realpath(path, NULL) : NULL;
    if (!o->path)
        o->path = path_of("%s", path);
    if (o->direct)
        return 0;
    if (stat(o->path, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return pvb_fail(e, "%s: is a directory; give a file with -o", path);
        o->direct = !S_ISREG(st.st_mode);
    } else if (make_parents(o->path, e)) {
        return -1;
    }
    return try_it(o, e);
}

static int write_to(int fd, const char *text, bool sync)
{
    if (write_all(fd, text, strlen(text)) || write_all(fd, "\n", 1))
        return -1;
    return sync ? fsync(fd) : 0;
}

int output_write(const struct output *o, const json_t *document, struct pvb_error *e)
{
    char *text = json_dumps(document, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(15));
    if (!text)
        return pvb_fail(e, "%s: out of memory, or a string that is not UTF-8", o->path);
    char *name = o->direct ? path_of("%s", o->path) : temporary_name(o);
    int fd = strcmp(name, "/dev/stdout") == 0
                 ? dup(STDOUT_FILENO)
                 : open(name, o->direct ? O_WRONLY | O_CLOEXEC : O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    int failed = fd < 0 || write_to(fd, text, !o->direct);
    int saved = errno;
    if (fd >= 0 && close(fd) && !failed) {
        failed = 1;
        saved = errno;
    }
    if (!failed && !o->direct && rename(name, o->path)) {
        failed = 1;
        saved = errno;
    }
    if (failed && !o->direct)
        unlink(name);
    free(name);
    free(text);
    return failed ? pvb_fail(e, "%s: cannot be written: %s", o->path, strerror(saved)) : 0;
}

void output_close(struct output *o)
{
    free(o->path);
    o->path = NULL;
}
