/* journal.c: one line a boot, synced; and the careful way back in. */
#include "runner/session/journal.h"
#include "runner/common/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define JOURNAL_SCHEMA   "pvbench.journal/1"
#define JOURNAL_SIZE_MAX (1u << 30)
#define AFRESH           "; leave out --resume to start afresh"

/* 0, or errno. */
static int add_line(struct journal *j, const json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (!text)
        return ENOMEM;
    /* One write: an interruption leaves the whole line or a torn last one. */
    size_t size = strlen(text);
    text[size] = '\n';
    off_t before = lseek(j->fd, 0, SEEK_END);
    int failed = write_all(j->fd, text, size + 1) || fsync(j->fd) ? errno : 0;
    free(text);
    /* A part of a line would end the journal for whoever resumes. */
    if (failed && before >= 0 && ftruncate(j->fd, before))
        return errno;
    return failed;
}

/* Moves an earlier run's journal aside. */
static int keep_older(const char *path, const char *older, bool *kept, struct pvb_error *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
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

static int begin(struct journal *j, const json_t *header, struct pvb_error *e)
{
    j->fd = open(j->path, O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
    if (j->fd < 0)
        return pvb_fail(e, "%s: cannot be created: %s", j->path, strerror(errno));
    flock(j->fd, LOCK_EX | LOCK_NB);
    json_t *line = json_pack("{s:s}", "schema", JOURNAL_SCHEMA);
    json_object_update(line, (json_t *)header);
    int failed = add_line(j, line);
    json_decref(line);
    if (!failed)
        return 0;
    unlink(j->path);
    return pvb_fail(e, "%s: cannot be written: %s; nothing was booted", j->path, strerror(failed));
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

/* The first image whose hash is not the journal's. */
static const char *changed_image(const json_t *then, const json_t *now)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)now, key, value) if (!json_equal(value, json_object_get(then, key))) return key;
    return NULL;
}

static int check_header(const char *path, const json_t *line, const json_t *header, struct pvb_error *e)
{
    const char *schema = json_string_value(json_object_get(line, "schema"));
    if (!schema || strcmp(schema, JOURNAL_SCHEMA) != 0)
        return pvb_fail(e, "%s:1: is not a journal of pvbench%s", path, AFRESH);
    if (!json_equal(json_object_get(line, "plan"), json_object_get(header, "plan")))
        return pvb_fail(
            e,
            "%s:1: was made for another plan (suite, workloads, iterations, repeats, time-out); give the same "
            "ones again, or leave out --resume to start afresh",
            path);
    const char *changed = changed_image(json_object_get(line, "images"), json_object_get(header, "images"));
    if (changed)
        return pvb_fail(e, "%s:1: %s has changed since, so its boots do not belong together%s", path, changed, AFRESH);
    return 0;
}

static bool is_run(const json_t *run)
{
    return json_is_string(json_object_get(run, "status")) && json_is_array(json_object_get(run, "benchmarks"));
}

static int take_line(const char *path, unsigned number, const json_t *line, json_t *runs, struct pvb_error *e)
{
    const json_t *unit = json_object_get(line, "unit");
    json_t *run = json_object_get(line, "run");
    if (!json_is_integer(unit) || json_integer_value(unit) < 0 ||
        (size_t)json_integer_value(unit) >= json_array_size(runs) || !is_run(run))
        return pvb_fail(e, "%s:%u: is not a boot of this plan%s", path, number, AFRESH);
    json_array_append(json_array_get(runs, (size_t)json_integer_value(unit)), run);
    return 0;
}

/* Reads whole lines; `good` gets the size of the part that is sound. */
static int read_lines(const char *path, char *text, size_t size, const json_t *header, json_t *runs, size_t *good,
                      struct pvb_error *e)
{
    unsigned number = 0;
    char *at = text, *end = text + size;
    while (at < end) {
        char *newline = memchr(at, '\n', (size_t)(end - at));
        json_error_t error;
        /* No newline: the interruption hit this line. */
        if (!newline)
            break;
        json_t *line = json_loadb(at, (size_t)(newline - at), JSON_REJECT_DUPLICATES, &error);
        number++;
        int bad = line ? (number == 1 ? check_header(path, line, header, e) : take_line(path, number, line, runs, e))
                       : pvb_fail(e, "%s:%u:%d: %s; the journal is damaged%s", path, number, error.column, error.text,
                                  AFRESH);
        json_decref(line);
        if (bad)
            return -1;
        at = newline + 1;
    }
    *good = (size_t)(at - text);
    return number ? 0 : pvb_fail(e, "%s: holds nothing%s", path, AFRESH);
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

int journal_resume(struct journal *j, const char *path, const json_t *header, json_t *runs, struct pvb_error *e)
{
    struct blob file;
    size_t good = 0;
    j->path = path_of("%s", path);
    j->fd = -1;
    if (access(path, F_OK))
        return pvb_fail(e, "%s: no interrupted run to go on from%s", path, AFRESH);
    if (blob_read(&file, path, JOURNAL_SIZE_MAX, e))
        return -1;
    int result = read_lines(path, (char *)file.bytes, file.size, header, runs, &good, e);
    blob_free(&file);
    if (result)
        return -1;
    j->fd = open(path, O_RDWR | O_APPEND | O_CLOEXEC);
    if (j->fd >= 0 && flock(j->fd, LOCK_EX | LOCK_NB))
        return pvb_fail(e, "%s: another pvbench is writing it; wait for its end", path);
    if (j->fd < 0 || ftruncate(j->fd, (off_t)good))
        return pvb_fail(e, "%s: cannot be written: %s", path, strerror(errno));
    return 0;
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
