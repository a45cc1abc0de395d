/* journal_read.c: a journal's lines, read strictly; journal_read.h says why. */
#include "runner/session/journal_read.h"

#include <sha2.h>
#include <string.h>

struct reader {
    struct journal *j;
    unsigned line; /* from 1 */
    struct pvb_error *e;
};

#define BAD(r, format, ...) pvb_fail((r)->e, "%s:%u: " format, (r)->j->path, (r)->line __VA_OPT__(, ) __VA_ARGS__)

static const char *const run_statuses[] = {"ok", "skipped", "error", "failed", "crashed", "timeout", NULL};
static const char *const bench_statuses[] = {"ok",      "skipped", "error",          "failed",
                                             "crashed", "timeout", "not_applicable", NULL};

void journal_seal(char seal[SHA256_HEX], const char *line, size_t size)
{
    SHA2_CTX context;
    SHA256Init(&context);
    SHA256Update(&context, (const uint8_t *)seal, strlen(seal));
    SHA256Update(&context, (const uint8_t *)line, size);
    SHA256End(&context, seal);
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A status that is none, or one that is not good without its reason, is `NULL`'s opposite: the word for what is wrong.
 */
static const char *status_fault(const json_t *object, const char *const *known)
{
    const char *status = text_of(object, "status");
    if (!status)
        return "status is missing, or no string";
    while (*known && strcmp(*known, status) != 0)
        known++;
    if (!*known)
        return "status is none that there is";
    return strcmp(status, "ok") == 0 || text_of(object, "reason") ? NULL : "reason is missing, or no string";
}

static int check_benchmark(struct reader *r, const json_t *bench, size_t number)
{
    const char *fault = !json_is_object(bench)    ? "is no object"
                        : !text_of(bench, "name") ? "name is missing, or no string"
                                                  : status_fault(bench, bench_statuses);
    if (!fault && strcmp(text_of(bench, "status"), "ok") == 0 && !json_is_object(json_object_get(bench, "cost")))
        fault = "cost is missing, or no object";
    return fault ? BAD(r, "run.benchmarks[%zu]: %s; the journal is damaged" AFRESH, number, fault) : 0;
}

static int check_run(struct reader *r, const json_t *run)
{
    const json_t *benchmarks = json_object_get(run, "benchmarks");
    size_t i;
    json_t *bench;
    const char *fault = status_fault(run, run_statuses);
    if (!text_of(run, "mode") || !text_of(run, "machine") || !text_of(json_object_get(run, "hypervisor"), "name"))
        fault = "hypervisor, mode or machine is missing, or no string";
    if (!json_array_size(benchmarks))
        fault = "benchmarks is missing, or holds nothing";
    if (fault)
        return BAD(r, "run: %s; the journal is damaged" AFRESH, fault);
    json_array_foreach(benchmarks, i, bench) if (check_benchmark(r, bench, i)) return -1;
    return 0;
}

/* The first image whose hash is not the journal's. */
static const char *changed_image(const json_t *then, const json_t *now)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)now, key, value) if (!json_equal(value, json_object_get(then, key))) return key;
    return NULL;
}

static int check_header(struct reader *r, const json_t *line, const json_t *header)
{
    const char *schema = text_of(line, "schema");
    if (!schema || strncmp(schema, "pvbench.journal/", strlen("pvbench.journal/")) != 0)
        return BAD(r, "is not a journal of pvbench" AFRESH);
    if (strcmp(schema, JOURNAL_SCHEMA) != 0)
        return BAD(r, "is the journal of another version of pvbench; resume with that one, or leave out --resume to "
                      "start afresh");
    if (!text_of(line, "plan") || !json_is_object(json_object_get(line, "images")))
        return BAD(r, "plan or images is missing; the journal is damaged" AFRESH);
    if (!json_equal(json_object_get(line, "plan"), json_object_get(header, "plan")))
        return BAD(r, "was made for another plan (suite, workloads, iterations, repeats, time-out); give the same "
                      "ones again, or leave out --resume to start afresh");
    const char *changed = changed_image(json_object_get(line, "images"), json_object_get(header, "images"));
    return changed ? BAD(r, "%s has changed since, so its boots do not belong together" AFRESH, changed) : 0;
}

static int take_boot(struct reader *r, const json_t *line, json_t *runs)
{
    const json_t *unit = json_object_get(line, "unit");
    json_t *run = json_object_get(line, "run");
    json_int_t number = json_integer_value(unit);
    if (!json_is_integer(unit) || number < 0 || (size_t)number >= json_array_size(runs) || !json_is_object(run))
        return BAD(r, "is not a boot of this plan" AFRESH);
    if (check_run(r, run))
        return -1;
    return json_array_append(json_array_get(runs, (size_t)number), run) ? BAD(r, "out of memory") : 0;
}

/* The line's end is the seal of what is before it. */
static int check_seal(struct reader *r, const char *text, size_t size)
{
    const size_t body = size > JOURNAL_SEAL_SIZE ? size - JOURNAL_SEAL_SIZE : 0;
    const char *seal = text + body + sizeof(JOURNAL_SEAL) - 1;
    if (!body || memcmp(text + body, JOURNAL_SEAL, sizeof(JOURNAL_SEAL) - 1) != 0)
        return BAD(r, "does not end with its sha256; the journal is damaged" AFRESH);
    journal_seal(r->j->seal, text, body);
    if (memcmp(seal, r->j->seal, SHA256_HEX - 1) != 0)
        return BAD(r, "is not as it was written, or not behind the line that it was written behind; the journal is "
                      "damaged" AFRESH);
    return 0;
}

static int take_line(struct reader *r, const char *text, size_t size, const json_t *header, json_t *runs)
{
    json_error_t error;
    json_t *line = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    int bad = 0;
    if (!line)
        return pvb_fail(r->e, "%s:%u:%d: %s; the journal is damaged" AFRESH, r->j->path, r->line, error.column,
                        error.text);
    if (r->line == 1)
        bad = check_header(r, line, header) || check_seal(r, text, size);
    else
        bad = check_seal(r, text, size) || take_boot(r, line, runs);
    json_decref(line);
    return bad ? -1 : 0;
}

int journal_read(struct journal *j, const char *text, size_t size, const json_t *header, json_t *runs, size_t *good,
                 struct pvb_error *e)
{
    struct reader r = {j, 0, e};
    const char *at = text, *end = text + size, *newline;
    j->seal[0] = 0;
    /* No newline: the interruption hit this line. */
    while (at < end && (newline = memchr(at, '\n', (size_t)(end - at)))) {
        r.line++;
        if (take_line(&r, at, (size_t)(newline - at), header, runs))
            return -1;
        at = newline + 1;
    }
    *good = (size_t)(at - text);
    return r.line ? 0 : pvb_fail(e, "%s: holds nothing" AFRESH, j->path);
}
