/* publish.c: temporary file, fsync, rename; publish.h says why. */
#include "common/publish.h"
#include "common/stale.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a result goes: `path` as it will be called, or a descriptor to be written to. */
struct place {
    char *path, *temporary;
    int fd;
    bool direct;
    struct stat before; /* of what is there now; st_nlink is 0 when nothing is */
};

static struct {
    dev_t dev;
    ino_t ino;
} * inputs;
static size_t input_count;

int write_all(int fd, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    while (size) {
        ssize_t n = write(fd, at, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

int sync_and_close(int fd)
{
    int bad = fsync(fd), saved = errno;
    if (close(fd) && !bad)
        return -1;
    errno = saved;
    return bad;
}

void publish_note_input(int fd)
{
    struct stat st;
    if (fstat(fd, &st) || !S_ISREG(st.st_mode))
        return;
    void *more = realloc(inputs, (input_count + 1) * sizeof(*inputs));
    if (!more)
        return;
    inputs = more;
    inputs[input_count].dev = st.st_dev;
    inputs[input_count++].ino = st.st_ino;
}

static bool is_input(const struct stat *st)
{
    for (size_t i = 0; i < input_count; i++)
        if (inputs[i].dev == st->st_dev && inputs[i].ino == st->st_ino)
            return true;
    return false;
}

/* The descriptor that the path names, or -1: to open it anew would lose its place in the file. */
static int descriptor_of(const char *path)
{
    static const char *const folders[] = {"/dev/fd/", "/proc/self/fd/"};
    char *end;
    if (strcmp(path, "/dev/stdout") == 0)
        return STDOUT_FILENO;
    if (strcmp(path, "/dev/stderr") == 0)
        return STDERR_FILENO;
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        const char *number = path + strlen(folders[i]);
        if (strncmp(path, folders[i], strlen(folders[i])) != 0 || *number < '0' || *number > '9')
            continue;
        long fd = strtol(number, &end, 10);
        return *end || fd > INT_MAX ? -1 : (int)fd;
    }
    return -1;
}

bool publish_in_place(const char *path)
{
    struct stat st;
    return descriptor_of(path) >= 0 || (stat(path, &st) == 0 && !S_ISREG(st.st_mode));
}

/* What a link leads to, also where nothing is yet. NULL with errno. */
static char *follow(const char *path)
{
    char target[PATH_MAX];
    char *at = strdup(path);
    for (int links = 0; at && links < 40; links++) {
        ssize_t n = readlink(at, target, sizeof(target) - 1);
        if (n < 0)
            return at;
        target[n] = 0;
        const char *slash = strrchr(at, '/');
        char *next = NULL;
        if (target[0] == '/' || !slash)
            next = strdup(target);
        else if (asprintf(&next, "%.*s/%s", (int)(slash - at), at, target) < 0)
            next = NULL;
        free(at);
        at = next;
    }
    bool endless = at != NULL;
    free(at);
    errno = endless ? ELOOP : ENOMEM;
    return NULL;
}

/* What is there already, and whether it may be replaced. */
static const char *look(struct place *p)
{
    struct stat st;
    if (p->direct || stat(p->path, &st))
        return NULL;
    p->before = st;
    if (S_ISDIR(st.st_mode))
        return strerror(EISDIR);
    if (is_input(&st))
        return "this command reads it";
    /* The folder's permission would let it go; but somebody has protected it. */
    return faccessat(AT_FDCWD, p->path, W_OK, AT_EACCESS) ? strerror(errno) : NULL;
}

static const char *find(struct place *p, const char *path)
{
    char *to = publish_in_place(path) ? strdup(path) : follow(path);
    *p = (struct place){.path = to, .fd = -1, .direct = publish_in_place(path)};
    return to ? look(p) : errno == ELOOP ? "Too many levels of symbolic links" : "out of memory";
}

static int open_place(struct place *p)
{
    int named = descriptor_of(p->path);
    if (p->direct)
        return named >= 0 ? fcntl(named, F_DUPFD_CLOEXEC, 0) : open(p->path, O_WRONLY | O_NOCTTY | O_CLOEXEC);
    char *name;
    int fd = temporary_open(p->path, &name);
    p->temporary = name;
    return fd;
}

/* As the one before: who may read it, and whose it is as far as that can be given. */
static int take_mode(const struct place *p)
{
    if (!p->before.st_nlink)
        return 0;
    if (fchown(p->fd, p->before.st_uid, p->before.st_gid) && errno != EPERM && errno != EINVAL)
        return -1;
    return fchmod(p->fd, p->before.st_mode & 07777);
}

/* A power failure must not bring the old name back after we have said that it is written. */
static int sync_folder(const char *path)
{
    char *folder = folder_of(path);
    int fd = !folder ? -1 : open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int bad = fd < 0 || (fsync(fd) && errno != EINVAL && errno != EROFS);
    int saved = errno;
    if (fd >= 0)
        close(fd);
    free(folder);
    errno = saved;
    return bad && saved == EIO ? -1 : 0;
}

static int write_place(struct place *p, const void *bytes, size_t size)
{
    p->fd = open_place(p);
    if (p->fd < 0)
        return -1;
    if (write_all(p->fd, bytes, size) || (!p->direct && (take_mode(p) || fsync(p->fd))))
        return -1;
    /* The lock goes with the descriptor; until then the name is taken. */
    if (!p->direct && rename(p->temporary, p->path))
        return -1;
    free(p->temporary);
    p->temporary = NULL;
    int bad = close(p->fd);
    p->fd = -1;
    return bad || (!p->direct && sync_folder(p->path)) ? -1 : 0;
}

static void leave(struct place *p)
{
    int saved = errno;
    if (p->temporary)
        unlink(p->temporary);
    if (p->fd >= 0)
        close(p->fd);
    free(p->path);
    free(p->temporary);
    errno = saved;
}

const char *publish(const char *path, const void *bytes, size_t size)
{
    struct place p;
    const char *why = find(&p, path);
    if (!why && write_place(&p, bytes, size))
        why = strerror(errno);
    leave(&p);
    return why;
}

const char *publish_try(const char *path)
{
    struct place p;
    struct stat st;
    const char *why = find(&p, path);
    /* Who reads a pipe would take the trial's end for the result's. */
    bool pipe = !why && descriptor_of(path) < 0 && stat(path, &st) == 0 && S_ISFIFO(st.st_mode);
    if (!why && (pipe ? faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) : (p.fd = open_place(&p)) < 0))
        why = strerror(errno);
    leave(&p);
    return why;
}

const char *publish_file(const char *from, const char *path)
{
    struct stat st;
    int fd = open(from, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return strerror(errno);
    if (sync_and_close(fd))
        return strerror(errno);
    if (stat(path, &st) == 0 && is_input(&st))
        return "this command reads it";
    return rename(from, path) ? strerror(errno) : NULL;
}
