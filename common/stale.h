/*
 * stale.h: a place to work in, and what is left of the places of those who died.
 *
 * Each temporary file or folder is locked by its owner as long as that lives; the kernel
 * lets go of the lock when it dies, however that happens. What has one of our names, is
 * ours and is not locked is nobody's any more, and is removed. Numbers of
 * processes would not do: they are used again.
 */
#ifndef COMMON_STALE_H
#define COMMON_STALE_H

#define STALE_FILE ".pvbench-new-" /* how the temporary files of publish.h begin; locked themselves */

/* The folder that `path` is in; the caller frees it. NULL: out of memory. */
char *folder_of(const char *path);

/*
 * A new file beside `path`, locked, to be written to; stale ones are removed first. `*name` is to be freed, and the
 * file to be renamed or unlinked, by the caller. -1 with errno.
 */
int temporary_open(const char *path, char **name);

struct work_folder {
    char *path; /* NULL: none */
    int lock;
};

/* PREFIXxxxxxx in `parent`, whose stale ones are removed first. -1 with errno; `path` is then where it was tried. */
int work_folder_make(struct work_folder *w, const char *parent, const char *prefix);

/* With all that is in it. 0, or errno of the first thing that could not be removed. */
int work_folder_remove(struct work_folder *w);

/* It stays, for people to look at. */
void work_folder_keep(struct work_folder *w);

/* What begins with `prefix` in `folder`, is ours and has no owner any more. */
void stale_remove(const char *folder, const char *prefix);

/* 0, or errno of the first thing that could not be removed. */
int remove_tree(const char *path);

#endif
