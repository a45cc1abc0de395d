/*
 * merge_sources.c: where the parts of a merged result come from: when each was measured, where, by which command. What
 * they share is said once above them, so that a merged result of one computer reads as one run's.
 */
#include "common/memory.h"
#include "common/json_text.h"
#include "reports/result/merge.h"

#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* --- each once, in order --------------------------------------------------------------- */

/* The settings of an input in the merged order; `of`: those of them alone, unless it is NULL. */
static json_t *settings_of(const struct merge *m, size_t input, const json_t *of)
{
    json_t *list = json_array();
    for (size_t i = 0; i < m->settings; i++)
        if (m->setting[i].input == input && (!of || json_has_text(of, m->setting[i].key)))
            json_array_append_new(list, json_string(m->setting[i].key));
    return list;
}

static int add(struct merge *m, size_t input, json_t *source)
{
    for (size_t i = 0; i < json_array_size(m->sources); i++)
        if (merge_same_bytes(json_array_get(m->sources, i), source)) {
            json_decref(source);
            return 0;
        }
    if (json_array_size(m->sources) == RESULT_SOURCES_MAX) {
        json_decref(source);
        return report_fail(m->e, "%s: is one of more than %d results; merge fewer of them", m->input[input].path,
                           RESULT_SOURCES_MAX);
    }
    m->from[json_array_size(m->sources)] = input;
    json_array_append_new(m->sources, source);
    return 0;
}

static int add_merged(struct merge *m, size_t input, const json_t *sources)
{
    const json_t *value;
    size_t i;
    json_array_foreach(sources, i, value)
    {
        json_t *source = json_deep_copy(value);
        json_object_set_new(source, "settings", settings_of(m, input, json_object_get(value, "settings")));
        if (add(m, input, source))
            return -1;
    }
    return 0;
}

static int add_input(struct merge *m, size_t input)
{
    const json_t *document = m->input[input].document;
    json_t *provenance = json_object_get(document, "provenance");
    json_t *only = json_object_get(json_object_get(document, "suite"), "only"), *source = json_object();
    if (result_sources(&m->input[input].result)) {
        json_decref(source);
        return add_merged(m, input, json_object_get(provenance, "merged"));
    }
    json_object_set_new(source, "settings", settings_of(m, input, NULL));
    if (json_is_object(only))
        json_object_set(source, "only", only);
    if (json_is_object(provenance))
        json_object_update_missing(source, provenance);
    return add(m, input, source);
}

struct ordered {
    json_t *source;
    size_t first; /* of its settings, its place among all */
    size_t from;
    char *text;
};

static int by_first(const void *one, const void *other)
{
    const struct ordered *a = one, *b = other;
    if (a->first != b->first)
        return a->first > b->first ? 1 : -1;
    int order = strcmp(text_of(a->source, "date"), text_of(b->source, "date"));
    return order ? order : strcmp(a->text, b->text);
}

static size_t first_of(const struct merge *m, const json_t *source)
{
    const char *key = json_string_value(json_array_get(json_object_get(source, "settings"), 0));
    size_t i = 0;
    while (key && i < m->settings && strcmp(m->setting[i].key, key) != 0)
        i++;
    return i;
}

static void put_in_order(struct merge *m)
{
    const size_t count = json_array_size(m->sources);
    struct ordered *list = memory_zeroed(count + 1, sizeof(*list));
    for (size_t i = 0; i < count; i++) {
        json_t *source = json_incref(json_array_get(m->sources, i));
        char *text = json_dumps(source, JSON_COMPACT | JSON_PRESERVE_ORDER);
        list[i] = (struct ordered){source, first_of(m, source), m->from[i], text};
        if (!list[i].text)
            out_of_memory();
    }
    qsort(list, count, sizeof(*list), by_first);
    json_array_clear(m->sources);
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(m->sources, list[i].source);
        m->from[i] = list[i].from;
        free(list[i].text);
    }
    free(list);
}

int merge_sources(struct merge *m)
{
    m->sources = json_array();
    for (size_t i = 0; i < m->inputs; i++)
        if (add_input(m, i))
            return -1;
    put_in_order(m);
    return 0;
}

/* --- what they share ------------------------------------------------------------------- */

/* The value that all of them have; NULL: they have several, or one has none. */
static json_t *shared(const struct merge *m, const char *key)
{
    json_t *value = json_object_get(json_array_get(m->sources, 0), key);
    for (size_t i = 1; i < json_array_size(m->sources) && value; i++) {
        const json_t *other = json_object_get(json_array_get(m->sources, i), key);
        value = other && json_equal(value, other) ? value : NULL;
    }
    return value;
}

/* A merged result is as old as the newest that is in it; it has no date where one of them has none. */
static json_t *latest(const struct merge *m)
{
    json_t *newest = json_null(), *source;
    size_t i;
    json_array_foreach(m->sources, i, source)
    {
        json_t *date = json_object_get(source, "date");
        if (!json_is_string(date))
            return json_null();
        if (!json_is_string(newest) || strcmp(json_string_value(date), json_string_value(newest)) > 0)
            newest = date;
    }
    return json_incref(newest);
}

static json_t *all_seconds(const struct merge *m)
{
    const json_t *source;
    size_t i;
    double sum = 0;
    json_array_foreach(m->sources, i, source) sum += json_number_value(json_object_get(source, "wall_s"));
    return json_real(sum);
}

/* NULL: not all of them were run twice. */
static json_t *all_reproducible(const struct merge *m)
{
    const json_t *source;
    size_t i;
    bool all = true;
    json_array_foreach(m->sources, i, source)
    {
        const json_t *one = json_object_get(source, "reproducible");
        if (!json_is_boolean(one))
            return NULL;
        all = all && json_is_true(one);
    }
    return json_boolean(all);
}

/* What is kept by hypervisor or setting, of all of them; that no two lab hosts differ was checked. NULL: there is none.
 */
static json_t *all_of(const struct merge *m, const char *key)
{
    json_t *hosts = json_object(), *source;
    size_t i;
    json_array_foreach(m->sources, i, source)
    {
        json_t *of = json_object_get(source, key);
        if (json_is_object(of))
            json_object_update_missing(hosts, of);
    }
    if (json_object_size(hosts))
        return hosts;
    json_decref(hosts);
    return NULL;
}

static void set(json_t *object, const char *key, json_t *value)
{
    if (value)
        json_object_set_new(object, key, value);
}

static void set_shared(const struct merge *m, json_t *object, const char *key)
{
    set(object, key, json_incref(shared(m, key)));
}

/* It has to be there: null stands for several. */
static void set_shared_or_null(const struct merge *m, json_t *object, const char *key)
{
    json_t *value = shared(m, key);
    set(object, key, value ? json_incref(value) : json_null());
}

static bool any_has(const struct merge *m, const char *key)
{
    const json_t *source;
    size_t i;
    json_array_foreach(m->sources, i, source)
    {
        if (json_object_get(source, key))
            return true;
    }
    return false;
}

/* What is known is in the order in which a run writes it. */
json_t *merge_provenance(const struct merge *m)
{
    static const char *const before[] = {"host", "kernel", "cpu", "cpus", "mitigations"};
    static const char *const behind[] = {"schedule", "pin", "environment"};
    json_t *p = json_object(), *revision = shared(m, "git_revision");
    json_object_set_new(p, "date", latest(m));
    for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
        set_shared(m, p, before[i]);
    set_shared_or_null(m, p, "pvbench");
    if (any_has(m, "git_revision"))
        set_shared_or_null(m, p, "git_revision");
    if (any_has(m, "git_revision") && !json_is_string(revision)) {
        json_t *why = revision ? shared(m, "git_revision_unknown") : NULL;
        set(p, "git_revision_unknown", why ? json_incref(why) : json_string("it was merged from several"));
    }
    set_shared(m, p, "qemu");
    json_object_set_new(p, "command_line", json_array()); /* no single one gives it again */
    for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
        set_shared(m, p, behind[i]);
    set(p, "lab_hosts", all_of(m, "lab_hosts"));
    set(p, "boot_seconds", all_of(m, "boot_seconds"));
    set(p, "reproducible", all_reproducible(m));
    json_object_set_new(p, "wall_s", all_seconds(m));
    json_object_set(p, "merged", m->sources);
    return p;
}

/* --- what was asked for ------------------------------------------------------------------ */

/* All that any of them names, in the order of the settings; NULL: one of them names none, so it asked for all. */
static json_t *all_named(const struct merge *m, const char *key)
{
    json_t *all = json_array(), *source, *value;
    size_t i, j;
    json_array_foreach(m->sources, i, source)
    {
        const json_t *list = json_object_get(json_object_get(source, "only"), key);
        if (!json_is_array(list)) {
            json_decref(all);
            return NULL;
        }
        json_array_foreach(list, j, value)
        {
            bool known = !json_is_string(value) && !json_is_integer(value);
            for (size_t k = 0; k < json_array_size(all) && !known; k++)
                known = json_equal(json_array_get(all, k), value);
            if (!known)
                json_array_append(all, value);
        }
    }
    return all;
}

json_t *merge_only(const struct merge *m)
{
    static const char *const keys[] = {"hypervisors", "modes", "vcpus", "devices", "guests", "variants", "workloads"};
    json_t *only = json_object();
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        set(only, keys[i], all_named(m, keys[i]));
    if (json_object_size(only))
        return only;
    json_decref(only);
    return NULL;
}
