/* stale.c: locks tell the living from the dead; stale.h says why. */
#include "common/stale.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK  ".pvbench-lock" /* in a folder that is worked in */
#define NAMES 100
#define TRIES 5 /* a process that is being killed may still write, or have the last descriptor */

static int first_failure;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    if (remove(path) && errno != ENOENT && !first_failure)
        first_failure = errno;
    return 0;
}

int remove_tree(const char *path)
{
    const struct timespec moment = {.tv_nsec = 20000000};
    for (int i = 0; i < TRIES; i++) {
        first_failure = 0;
        if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT && !first_failure)
            first_failure = errno;
        if (!first_failure)
            break;
        nanosleep(&moment, NULL);
    }
    return first_failure;
}

char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return !slash ? strdup(".") : slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}

/* True once it is locked under its name: whoever removes what the dead left may have been faster. */
static bool hold(int fd)
{
    struct stat st;
    while (flock(fd, LOCK_EX) && errno == EINTR)
        continue;
    return fstat(fd, &st) == 0 && st.st_nlink > 0;
}

/* -1 with errno; EEXIST: try another name. */
static int open_new(const char *folder, char **name)
{
    uint64_t number;
    if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
        return -1;
    if (asprintf(name, "%s/" STALE_FILE "%016llx", folder, (unsigned long long)number) < 0) {
        *name = NULL;
        errno = ENOMEM;
        return -1;
    }
    int fd = open(*name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd >= 0 && hold(fd))
        return fd;
    int failure = fd >= 0 ? EEXIST : errno;
    if (fd >= 0)
        close(fd);
    free(*name);
    *name = NULL;
    errno = failure;
    return -1;
}

int temporary_open(const char *path, char **name)
{
    char *folder = folder_of(path);
    int fd = -1;
    *name = NULL;
    if (folder)
        stale_remove(folder, STALE_FILE);
    for (int i = 0; folder && i < NAMES && fd < 0; i++) {
        fd = open_new(folder, name);
        if (fd < 0 && errno != EEXIST)
            break;
    }
    int saved = errno;
    free(folder);
    errno = saved;
    return fd;
}

/* What a program that ends in the middle, for want of memory, would leave. One is worked in at a time. */
static char *live;

static void remove_live(void)
{
    if (live)
        remove_tree(live);
}

static void let_live(const char *path)
{
    static bool registered;
    free(live);
    live = path ? strdup(path) : NULL;
    registered = registered || atexit(remove_live) == 0;
}

/* With its lock, held: between the making of that and the taking it looks like one of the dead's, and may be removed by
 * another process. -1 with errno; EEXIST: it was. */
static int make_folder(struct work_folder *w, const char *parent, const char *prefix)
{
    char *name = NULL;
    if (asprintf(&w->path, "%s/%sXXXXXX", parent, prefix) < 0) {
        w->path = NULL;
        errno = ENOMEM;
        return -1;
    }
    if (!mkdtemp(w->path))
        return -1;
    if (asprintf(&name, "%s/" LOCK, w->path) < 0)
        name = NULL;
    w->lock = name ? open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;
    int failure = w->lock < 0 ? errno : hold(w->lock) ? 0 : EEXIST;
    free(name);
    if (!failure)
        return 0;
    remove_tree(w->path);
    if (w->lock >= 0)
        close(w->lock);
    w->lock = -1;
    errno = failure;
    return -1;
}

int work_folder_make(struct work_folder *w, const char *parent, const char *prefix)
{
    *w = (struct work_folder){NULL, -1};
    stale_remove(parent, prefix);
    for (int i = 0; i < NAMES; i++) {
        free(w->path);
        if (make_folder(w, parent, prefix) == 0) {
            let_live(w->path);
            return 0;
        }
        if (errno != EEXIST)
            break;
    }
    return -1;
}

static void let_go(struct work_folder *w)
{
    if (w->lock >= 0)
        close(w->lock);
    if (w->path && live && strcmp(w->path, live) == 0)
        let_live(NULL);
    free(w->path);
    *w = (struct work_folder){NULL, -1};
}

int work_folder_remove(struct work_folder *w)
{
    int failed = w->path ? remove_tree(w->path) : 0;
    let_go(w);
    return failed;
}

void work_folder_keep(struct work_folder *w)
{
    char *name = NULL;
    if (w->path && asprintf(&name, "%s/" LOCK, w->path) >= 0) {
        unlink(name);
        free(name);
    }
    let_go(w);
}

/* Its lock, taken, when it is ours and nobody has it; else -1. */
static int lock_of_the_dead(int folder, const char *name)
{
    struct stat st;
    if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) || st.st_uid != geteuid())
        return -1;
    int inside = S_ISDIR(st.st_mode) ? openat(folder, name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    int lock = inside >= 0           ? openat(inside, LOCK, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
               : S_ISREG(st.st_mode) ? openat(folder, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
                                     : -1;
    if (inside >= 0)
        close(inside);
    if (lock < 0)
        return -1;
    if (fstat(lock, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && !flock(lock, LOCK_EX | LOCK_NB))
        return lock;
    close(lock);
    return -1;
}

void stale_remove(const char *folder, const char *prefix)
{
    DIR *d = opendir(folder);
    for (struct dirent *entry; d && (entry = readdir(d));) {
        char *path = NULL;
        int lock = strncmp(entry->d_name, prefix, strlen(prefix)) == 0 ? lock_of_the_dead(dirfd(d), entry->d_name) : -1;
        if (lock < 0)
            continue;
        if (asprintf(&path, "%s/%s", folder, entry->d_name) >= 0)
            remove_tree(path);
        free(path);
        close(lock);
    }
    if (d)
        closedir(d);
}
