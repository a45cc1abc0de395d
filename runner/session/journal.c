/* journal.c: one line a boot, synced; and the careful way back in. */
#include "runner/session/journal.h"
#include "runner/session/journal_read.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define JOURNAL_SIZE_MAX (1u << 30)

/* The line with its seal in place of its last brace, and a newline; NULL when out of memory. `seal` becomes its own. */
static char *sealed(const json_t *line, char seal[SHA256_HEX])
{
    char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER), *whole = NULL;
    if (!text)
        return NULL;
    size_t body = strlen(text) - 1;
    journal_seal(seal, text, body);
    if (asprintf(&whole, "%.*s" JOURNAL_SEAL "%s\"}\n", (int)body, text, seal) < 0)
        whole = NULL;
    free(text);
    return whole;
}

/* 0, or errno. */
static int add_line(struct journal *j, const json_t *line)
{
    char seal[SHA256_HEX];
    memcpy(seal, j->seal, sizeof(seal));
    char *text = line ? sealed(line, seal) : NULL;
    if (!text)
        return ENOMEM;
    /* One write: an interruption leaves the whole line or a torn last one. */
    off_t before = lseek(j->fd, 0, SEEK_END);
    int failed = write_all(j->fd, text, strlen(text)) || fsync(j->fd) ? errno : 0;
    free(text);
    if (!failed)
        memcpy(j->seal, seal, sizeof(seal));
    /* A part of a line would end the journal for whoever resumes. */
    if (failed && before >= 0 && ftruncate(j->fd, before))
        return errno;
    return failed;
}

/* Moves an earlier run's journal aside. */
static int keep_older(const char *path, const char *older, bool *kept, struct pvb_error *e)
{
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return 0;
    /* The kernel lets go of the lock when its owner dies. */
    int busy = flock(fd, LOCK_EX | LOCK_NB);
    close(fd);
    if (busy)
        return pvb_fail(e, "%s: another pvbench is writing it; give another file with -o", path);
    if (rename(path, older))
        return pvb_fail(e, "%s: an interrupted run's journal is there and cannot be moved: %s", path, strerror(errno));
    *kept = true;
    return 0;
}

/* Under its name, unless another has it. */
static int name(const char *temporary, const char *path)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    return link(temporary, path) || unlink(temporary) ? -1 : 0;
}

/* It has its name once its first line is whole: a run that ends before has no journal. */
static int begin(struct journal *j, const json_t *header, struct pvb_error *e)
{
    char *temporary;
    j->fd = temporary_open(j->path, &temporary);
    if (j->fd < 0)
        return pvb_fail(e, "%s: cannot be created: %s", j->path, strerror(errno));
    json_t *line = json_pack("{s:s}", "schema", JOURNAL_SCHEMA);
    json_object_update(line, (json_t *)header);
    int failed = add_line(j, line);
    json_decref(line);
    if (!failed && name(temporary, j->path))
        failed = errno;
    if (failed)
        unlink(temporary);
    free(temporary);
    return failed ? pvb_fail(e, "%s: cannot be written: %s; nothing was booted", j->path, strerror(failed)) : 0;
}

int journal_create(struct journal *j, const char *path, const json_t *header, struct pvb_error *e)
{
    bool kept = false;
    char *older = path_of("%s~", path);
    *j = (struct journal){.path = path_of("%s", path), .fd = -1};
    int result = keep_older(path, older, &kept, e);
    if (!result)
        result = begin(j, header, e);
    /* What could not be replaced is put back. */
    if (result && kept)
        rename(older, path);
    if (result && j->fd >= 0) {
        close(j->fd);
        j->fd = -1;
    }
    free(older);
    return result;
}

unsigned journal_seed(const char *path)
{
    struct blob file;
    struct pvb_error e;
    json_int_t seed = 0;
    if (blob_read(&file, path, JOURNAL_SIZE_MAX, &e))
        return 0;
    const char *newline = memchr(file.bytes, '\n', file.size);
    json_t *line = newline ? json_loadb((char *)file.bytes, (size_t)(newline - (char *)file.bytes), 0, NULL) : NULL;
    if (line)
        json_unpack(line, "{s:{s:{s:I}}}", "provenance", "schedule", "seed", &seed);
    json_decref(line);
    blob_free(&file);
    return seed > 0 && seed <= UINT32_MAX ? (unsigned)seed : 0;
}

/* Nobody else may be writing what is read. */
static int open_locked(struct journal *j, struct pvb_error *e)
{
    j->fd = open(j->path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (j->fd < 0 && errno == ENOENT)
        return pvb_fail(e, "%s: no interrupted run to go on from" AFRESH, j->path);
    if (j->fd < 0)
        return pvb_fail(e, "%s: cannot be written: %s", j->path, strerror(errno));
    return flock(j->fd, LOCK_EX | LOCK_NB) ? pvb_fail(e, "%s: another pvbench is writing it; wait for its end", j->path)
                                           : 0;
}

int journal_resume(struct journal *j, const char *path, const json_t *header, json_t *runs, struct pvb_error *e)
{
    struct blob file;
    size_t good = 0;
    *j = (struct journal){.path = path_of("%s", path), .fd = -1};
    if (open_locked(j, e) || blob_read(&file, path, JOURNAL_SIZE_MAX, e))
        return -1;
    int bad = journal_read(j, (char *)file.bytes, file.size, header, runs, &good, e);
    if (!bad && good < file.size && ftruncate(j->fd, (off_t)good))
        bad = pvb_fail(e, "%s: cannot be written: %s", path, strerror(errno));
    blob_free(&file);
    return bad;
}

int journal_add(struct journal *j, size_t unit, json_t *run, struct pvb_error *e)
{
    json_t *line = json_pack("{s:I, s:O}", "unit", (json_int_t)unit, "run", run);
    int failed = add_line(j, line);
    json_decref(line);
    return failed ? pvb_fail(e, "%s: cannot be written: %s; make room, then go on with --resume", j->path,
                             strerror(failed))
                  : 0;
}

void journal_close(struct journal *j, int remove)
{
    if (j->fd >= 0)
        close(j->fd);
    if (remove && j->path)
        unlink(j->path);
    free(j->path);
    *j = (struct journal){.fd = -1};
}
