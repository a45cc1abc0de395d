/*
 * compare_comparable.c: are two results about the same work on the same
 * machine? Only the hypervisor may differ. Anything else that does would be
 * mistaken for the hypervisor's doing.
 */
#include "reports/compare/compare.h"
#include "reports/common/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static int note(struct comparison *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int note(struct comparison *c, const char *format, ...)
{
    char text[sizeof(c->different[0])];
    va_list args;
    va_start(args, format);
    text_vformat(text, sizeof(text), format, args);
    va_end(args);
    for (size_t i = 0; i < c->differences; i++)
        if (strcmp(c->different[i], text) == 0)
            return 0;
    void *more = realloc(c->different, (c->differences + 1) * sizeof(c->different[0]));
    if (!more)
        return -1;
    c->different = more;
    memcpy(c->different[c->differences++], text, sizeof(text));
    return 0;
}

static const json_t *run_document(const struct result *r, const struct result_run *run)
{
    return json_array_get(json_object_get(r->document, "runs"), (size_t)(run - r->run));
}

static void show(const json_t *value, char *into, size_t size)
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    text_format(into, size, "%.90s", text ? text : "nothing");
    free(text);
}

static int machine_key(struct comparison *c, const struct result_run *run, const char *key, const json_t *old,
                       const json_t *new)
{
    char a[100], b[100];
    if ((!old && !new) || (old && new &&json_equal(old, new)))
        return 0;
    show(old, a, sizeof(a));
    show(new, b, sizeof(b));
    return note(c, "another %.20s: its %.40s is %s, and was %s", run->machine, key, b, a);
}

/* The lab's model, or the host: all that it says about itself. */
static int machines(struct comparison *c, const struct result_run *base, const struct result_run *now)
{
    json_t *old = json_object_get(run_document(c->base, base), base->machine), *value;
    json_t *new = json_object_get(run_document(c->now, now), now->machine);
    const char *key;
    json_object_foreach(old, key, value)
    {
        if (machine_key(c, now, key, value, json_object_get(new, key)))
            return -1;
    }
    json_object_foreach(new, key, value)
    {
        if (!json_object_get(old, key) && machine_key(c, now, key, NULL, value))
            return -1;
    }
    return 0;
}

static int hashes(struct comparison *c, const struct result_run *base, const struct result_run *now)
{
    if (strcmp(base->workloads_sha256, now->workloads_sha256) != 0)
        return note(c, "other workloads: their object code is %.12s, and was %.12s", now->workloads_sha256,
                    base->workloads_sha256);
    if (strcmp(base->guest_sha256, now->guest_sha256) != 0)
        return note(c, "another %.20s guest: it is %.12s, and was %.12s", now->mode, now->guest_sha256,
                    base->guest_sha256);
    return 0;
}

static const json_t *provenance(const struct result *r, const char *key)
{
    return json_object_get(json_object_get(r->document, "provenance"), key);
}

/* What emulates the lab, and what a host consists of beyond what its runs say. */
static int surroundings(struct comparison *c, const struct result_run *now)
{
    static const char *const lab[] = {"qemu", NULL}, *const host[] = {"cpu", "kernel", NULL};
    for (const char *const *key = strcmp(now->machine, "lab") == 0 ? lab : host; *key; key++) {
        const json_t *old = provenance(c->base, *key), *new = provenance(c->now, *key);
        char a[100], b[100];
        if (!json_is_string(old) || !json_is_string(new) || json_equal(old, new))
            continue;
        show(old, a, sizeof(a));
        show(new, b, sizeof(b));
        if (note(c, "another %s: it is %s, and was %s", *key, b, a))
            return -1;
    }
    return 0;
}

static bool same_column(const struct result_run *a, const struct result_run *b)
{
    return strcmp(a->hypervisor, b->hypervisor) == 0 && strcmp(a->mode, b->mode) == 0 &&
           strcmp(a->machine, b->machine) == 0;
}

/* Every boot is held against the first of the base; boots that never were say nothing. */
int compare_comparable(struct comparison *c)
{
    for (size_t i = 0; i < c->now->runs; i++) {
        const struct result_run *now = &c->now->run[i], *base = NULL;
        for (size_t j = 0; j < c->base->runs && !base; j++)
            if (same_column(&c->base->run[j], now) && c->base->run[j].benchmarks)
                base = &c->base->run[j];
        if (!base || !now->benchmarks)
            continue;
        if (machines(c, base, now) || hashes(c, base, now) || surroundings(c, now))
            return -1;
    }
    return 0;
}
