/* suite.c: the strict reader of suite files; suite.h says why. */
#include "runner/plan/suite.h"
#include "common/memory.h"
#include "common/nearest.h"
#include "common/text.h"
#include "runner/carrier/carrier.h"
#include "runner/hypervisor/hypervisor.h"
#include "runner/plan/suite_guests.h"
#include "runner/plan/suite_variants.h"
#include "runner/setting/setting.h"

#include <jansson.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
    const char *path;
    const struct catalogue *known;
    struct pvb_error *e;
};

/* path: PLACE: what and mend */
#define BAD(r, place, format, ...) pvb_fail((r)->e, "%s: %s: " format, (r)->path, (place), ##__VA_ARGS__)

static const char *type_name(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object",   [JSON_ARRAY] = "an array",  [JSON_STRING] = "a string",
        [JSON_INTEGER] = "an integer", [JSON_REAL] = "a fraction", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",        [JSON_NULL] = "null"};
    return names[json_typeof(value)];
}

/* Every key of `object` must be one of the words in `known`, which are separated by ", ". */
static int check_keys(struct reader *r, const char *place, json_t *object, const char *known)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        bool found = false;
        for (const char *at = known; at && !found; at = strstr(at, ", ")) {
            at += at == known ? 0 : 2;
            size_t n = strcspn(at, ",");
            found = strlen(key) == n && strncmp(at, key, n) == 0;
        }
        if (!found)
            return pvb_fail(r->e, "%s: %s%s%.64s: no such key; known are: %s", r->path, place, *place ? "." : "", key,
                            known);
    }
    return 0;
}

static int read_number(struct reader *r, json_t *object, const char *place, const char *key, uint64_t min, uint64_t max,
                       uint64_t *number)
{
    json_t *value = json_object_get(object, key);
    char at[96];
    if (!value)
        return 0;
    snprintf(at, sizeof(at), "%s%s%s", place, *place ? "." : "", key);
    if (!json_is_integer(value))
        return BAD(r, at, "is %s, not an integer; give a number from %" PRIu64 " to %" PRIu64, type_name(value), min,
                   max);
    json_int_t n = json_integer_value(value);
    if (n < 0 || (uint64_t)n < min || (uint64_t)n > max)
        return BAD(r, at, "is %" JSON_INTEGER_FORMAT "; give a number from %" PRIu64 " to %" PRIu64, n, min, max);
    *number = (uint64_t)n;
    return 0;
}

static int read_string(struct reader *r, json_t *object, const char *key, size_t size, bool required, char *into)
{
    json_t *value = json_object_get(object, key);
    if (!value && !required)
        return 0;
    if (!value)
        return BAD(r, key, "is missing; add it");
    if (!json_is_string(value))
        return BAD(r, key, "is %s, not a string; give a string", type_name(value));
    if (json_string_length(value) >= size)
        return BAD(r, key, "is too long; %zu characters are the most", size - 1);
    memcpy(into, json_string_value(value), json_string_length(value) + 1);
    text_clean(into);
    return 0;
}

static bool plain_name(const char *name)
{
    return *name && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(name);
}

/* A list of words that `is_known` knows, each once. */
static int read_words(struct reader *r, json_t *root, const char *key, bool (*is_known)(const char *),
                      void (*list)(char *, size_t), char into[][PVB_NAME_SIZE], unsigned *count)
{
    json_t *array = json_object_get(root, key), *value;
    char place[64], known[256];
    size_t i;
    list(known, sizeof(known));
    if (!array)
        return BAD(r, key, "is missing; give a list of: %s", known);
    if (!json_is_array(array) || !json_array_size(array) || json_array_size(array) > SUITE_LIST_MAX)
        return BAD(r, key, "is not a list of 1 to %d; give a list of: %s", SUITE_LIST_MAX, known);
    json_array_foreach(array, i, value)
    {
        snprintf(place, sizeof(place), "%s[%zu]", key, i);
        if (!json_is_string(value))
            return BAD(r, place, "is %s, not a string; known are: %s", type_name(value), known);
        const char *word = json_string_value(value);
        if (!is_known(word))
            return BAD(r, place, "\"%.32s\" is not known; known are: %s", word, known);
        for (unsigned j = 0; j < *count; j++)
            if (strcmp(into[j], word) == 0)
                return BAD(r, place, "\"%s\" stands there twice; take one out", word);
        snprintf(into[(*count)++], PVB_NAME_SIZE, "%s", word);
    }
    return 0;
}

static bool hypervisor_known(const char *name)
{
    return hypervisor_find(name) != NULL;
}

static bool workload_known(const struct reader *r, const char *name)
{
    if (!r->known)
        return strlen(name) < PVB_NAME_SIZE && plain_name(name) && !strchr(name, '-');
    for (size_t i = 0; i < r->known->names; i++)
        if (strcmp(r->known->name[i].name, name) == 0)
            return true;
    return false;
}

static int unknown_workload(struct reader *r, const char *place, const char *name)
{
    char known[700] = "", ask[100] = "";
    const size_t count = r->known ? r->known->names : 0;
    const char **names = memory_zeroed(count + 1, sizeof(*names));
    for (size_t i = 0; i < count; i++) {
        size_t used = strlen(known);
        names[i] = r->known->name[i].name;
        snprintf(known + used, sizeof(known) - used, "%s%s", i ? ", " : "", names[i]);
    }
    nearest_ask(name, names, ask, sizeof(ask));
    free(names);
    return BAD(r, place, "\"%.32s\" is not known; known are: %s%s", name,
               r->known ? known : "names like null_hypercall", ask);
}

static int read_counts(struct reader *r, json_t *object, const char *place, struct pvb_param_workload *w)
{
    uint64_t iterations = w->iterations, warmup = w->warmup;
    if (read_number(r, object, place, "iterations", 1, PVB_MAX_ITERATIONS, &iterations) ||
        read_number(r, object, place, "warmup", 0, PVB_MAX_ITERATIONS, &warmup))
        return -1;
    w->iterations = (uint32_t)iterations;
    w->warmup = (uint32_t)warmup;
    return 0;
}

static int read_workload(struct reader *r, struct suite *s, json_t *value, size_t index,
                         const struct pvb_param_workload *defaults)
{
    struct pvb_param_workload *w = &s->workload[s->workload_count];
    char place[48], name_place[64];
    const char *name = json_string_value(value);
    snprintf(place, sizeof(place), "workloads[%zu]", index);
    snprintf(name_place, sizeof(name_place), "%s%s", place, name ? "" : ".name");
    *w = *defaults;
    if (!name) {
        if (!json_is_object(value))
            return BAD(r, place, "is %s; give a name or an object with one", type_name(value));
        if (check_keys(r, place, value, "name, iterations, warmup, parameter"))
            return -1;
        name = json_string_value(json_object_get(value, "name"));
        if (!name)
            return BAD(r, name_place, "is not given as a string; give the workload's name");
        if (read_counts(r, value, place, w) || read_number(r, value, place, "parameter", 0, INT64_MAX, &w->parameter))
            return -1;
    }
    if (!workload_known(r, name))
        return unknown_workload(r, name_place, name);
    snprintf(w->name, sizeof(w->name), "%s", name);
    for (unsigned i = 0; i < s->workload_count; i++)
        if (strcmp(s->workload[i].name, w->name) == 0 && s->workload[i].parameter == w->parameter)
            return BAD(r, place, "\"%s\" stands there twice with the same parameter (workloads[%u]); take one out",
                       w->name, i);
    s->workload_count++;
    return 0;
}

static int read_workloads(struct reader *r, struct suite *s, json_t *root)
{
    struct pvb_param_workload defaults = {.iterations = SUITE_DEFAULT_ITERATIONS, .warmup = SUITE_DEFAULT_WARMUP};
    json_t *given = json_object_get(root, "defaults"), *array = json_object_get(root, "workloads"), *value;
    size_t i;
    if (given) {
        if (!json_is_object(given))
            return BAD(r, "defaults", "is %s, not an object; give {\"iterations\": …, \"warmup\": …}",
                       type_name(given));
        if (check_keys(r, "defaults", given, "iterations, warmup") || read_counts(r, given, "defaults", &defaults))
            return -1;
    }
    s->defaults = defaults;
    if (!array)
        return BAD(r, "workloads", "is missing; give a list of workload names");
    if (!json_is_array(array) || !json_array_size(array))
        return BAD(r, "workloads", "is not a list with something in it; give a list of workload names");
    if (json_array_size(array) > PVB_MAX_WORKLOADS)
        return BAD(r, "workloads", "has %zu elements; %d are the most, so make two suites of it",
                   json_array_size(array), PVB_MAX_WORKLOADS);
    json_array_foreach(array, i, value) if (read_workload(r, s, value, i, &defaults)) return -1;
    return 0;
}

static int read_events(struct reader *r, struct suite *s, json_t *root)
{
    json_t *array = json_object_get(root, "events"), *value;
    char place[48], why[256];
    size_t i;
    if (!array)
        return 0;
    if (!json_is_array(array))
        return BAD(r, "events", "is %s, not a list; give a list of events as libpfm4 names them", type_name(array));
    json_array_foreach(array, i, value)
    {
        snprintf(place, sizeof(place), "events[%zu]", i);
        if (!json_is_string(value))
            return BAD(r, place, "is %s, not a string; give an event as libpfm4 names it", type_name(value));
        if (!pmu_names_add(&s->events, json_string_value(value), why, sizeof(why)))
            return BAD(r, place, "%s", why);
    }
    return 0;
}

/* "auto", "none" or {"vcpus": "2-3", "helpers": "0-1"}. */
static int read_pin(struct reader *r, struct suite *s, json_t *root)
{
    json_t *pin = json_object_get(root, "pin");
    const char *text = json_string_value(pin), *vcpus, *helpers = NULL;
    char place[256], both[256];
    if (!pin)
        return 0;
    snprintf(place, sizeof(place), "%.200s: pin", r->path);
    if (!text && (json_unpack(pin, "{s:s, s?s}", "vcpus", &vcpus, "helpers", &helpers) ||
                  check_keys(r, "pin", pin, "vcpus, helpers")))
        return BAD(r, "pin",
                   "is not understood; give \"auto\", \"none\" or {\"vcpus\": \"2-3\", \"helpers\": \"0-1\"}");
    if (!text)
        snprintf(both, sizeof(both), helpers ? "%s:%s" : "%s", vcpus, helpers);
    return pinning_read(&s->pin, place, text ? text : both, r->e);
}

static int read_flag(struct reader *r, json_t *root, const char *key, bool *flag)
{
    json_t *value = json_object_get(root, key);
    if (value && !json_is_boolean(value))
        return BAD(r, key, "is %s; give true or false", type_name(value));
    *flag = json_is_true(value);
    return 0;
}

/* The usual one, when it is not said. */
static int read_carrier(struct reader *r, json_t *root, struct suite *s)
{
    char known[128];
    snprintf(s->carrier, sizeof(s->carrier), "%s", SETTING_CARRIER);
    if (read_string(r, root, "carrier", sizeof(s->carrier), false, s->carrier))
        return -1;
    carriers_list(known, sizeof(known));
    if (!carrier_known(s->carrier))
        return BAD(r, "carrier", "\"%s\" is not known; known are: %s", s->carrier, known);
    return 0;
}

/* How many virtual processors a guest has: a list, since each number is a setting of its own. */
static int read_vcpus(struct reader *r, struct suite *s, json_t *root)
{
    json_t *array = json_object_get(root, "vcpus"), *value;
    size_t i;
    if (!array)
        return 0;
    if (!json_is_array(array) || !json_array_size(array) || json_array_size(array) > SUITE_LIST_MAX)
        return BAD(r, "vcpus", "is not a list of 1 to %d; give numbers from 1 to %d", SUITE_LIST_MAX, PVB_VCPUS_MAX);
    json_array_foreach(array, i, value)
    {
        const json_int_t n = json_integer_value(value);
        if (n < 1 || n > PVB_VCPUS_MAX)
            return pvb_fail(r->e, "%s: vcpus[%zu]: is none; give a number from 1 to %d", r->path, i, PVB_VCPUS_MAX);
        for (unsigned j = 0; j < s->vcpu_count; j++)
            if (s->vcpus[j] == n)
                return pvb_fail(r->e, "%s: vcpus[%zu]: %u stands there twice; take one out", r->path, i, s->vcpus[j]);
        s->vcpus[s->vcpu_count++] = (unsigned)n;
    }
    return 0;
}

static int check_loads(struct reader *r, const struct suite *s)
{
    char place[48];
    for (unsigned i = 0; i < s->guests_count; i++) {
        snprintf(place, sizeof(place), "guests[%u].load", i);
        if (s->guests[i].neighbours && !workload_known(r, s->guests[i].load))
            return unknown_workload(r, place, s->guests[i].load);
    }
    return 0;
}

static int read_root(struct reader *r, struct suite *s, json_t *root)
{
    char schema[SUITE_NAME_SIZE];
    uint64_t repeats = 1, blocks = 0, timeout = SUITE_DEFAULT_TIMEOUT;
    if (!json_is_object(root))
        return BAD(r, "the whole", "is %s, not an object; a suite is {\"schema\": \"" SUITE_SCHEMA "\", …}",
                   type_name(root));
    if (read_string(r, root, "schema", sizeof(schema), true, schema))
        return -1;
    if (strcmp(schema, SUITE_SCHEMA) != 0)
        return BAD(r, "schema", "is \"%s\"; give \"" SUITE_SCHEMA "\"", schema);
    if (check_keys(r, "", root,
                   "schema, name, description, carrier, hypervisors, modes, vcpus, devices, guests, variants, repeats, "
                   "blocks, "
                   "pin, events, parts, timeout_s, defaults, workloads"))
        return -1;
    if (read_string(r, root, "name", sizeof(s->name), true, s->name) ||
        read_string(r, root, "description", sizeof(s->description), false, s->description))
        return -1;
    if (!plain_name(s->name))
        return BAD(r, "name", "\"%s\" is not a plain name; use the characters a-z 0-9 _ -", s->name);
    if (read_carrier(r, root, s) ||
        read_words(r, root, "hypervisors", hypervisor_known, hypervisors_list, s->hypervisors, &s->hypervisor_count) ||
        read_words(r, root, "modes", mode_known, modes_list, s->modes, &s->mode_count) || read_vcpus(r, s, root) ||
        (json_object_get(root, "devices") &&
         read_words(r, root, "devices", devices_known, devices_list, s->devices, &s->device_count)) ||
        suite_guests_read(s, r->path, json_object_get(root, "guests"), r->e) ||
        suite_variants_read(s, r->path, json_object_get(root, "variants"), r->e) ||
        read_number(r, root, "", "repeats", 1, SUITE_REPEATS_MAX, &repeats) ||
        read_number(r, root, "", "blocks", 1, SUITE_BLOCKS_MAX, &blocks) || read_pin(r, s, root) ||
        read_flag(r, root, "parts", &s->parts) || read_events(r, s, root) ||
        read_number(r, root, "", "timeout_s", 1, SUITE_TIMEOUT_MAX, &timeout))
        return -1;
    if (s->vcpu_count && s->device_count)
        return BAD(r, "vcpus", "guests with several have no devices yet; give \"devices\" a suite of its own");
    s->repeats = (unsigned)repeats;
    s->blocks = (unsigned)blocks;
    s->timeout_s = (unsigned)timeout;
    return read_workloads(r, s, root) || check_loads(r, s) ? -1 : 0;
}

void suite_add(struct suite *s, const char *name, const struct catalogue *known)
{
    const struct reader r = {"", known, NULL};
    for (unsigned i = 0; i < s->workload_count; i++)
        if (strcmp(s->workload[i].name, name) == 0)
            return;
    if (s->workload_count == PVB_MAX_WORKLOADS || !workload_known(&r, name))
        return;
    s->workload[s->workload_count] = s->defaults;
    snprintf(s->workload[s->workload_count++].name, sizeof(s->defaults.name), "%s", name);
}

int suite_parse(struct suite *s, const char *path, const char *text, size_t size, const struct catalogue *known,
                struct pvb_error *e)
{
    struct reader r = {path, known, e};
    json_error_t error;
    *s = (struct suite){0};
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!root)
        return pvb_fail(e, "%s:%d:%d: %s; a suite must be valid JSON", path, error.line, error.column, error.text);
    int result = read_root(&r, s, root);
    json_decref(root);
    sha256_hex(text, size, s->sha256);
    return result;
}

int suite_load(struct suite *s, const char *path, const struct catalogue *known, struct pvb_error *e)
{
    struct blob file;
    if (blob_read(&file, path, SUITE_SIZE_MAX, e))
        return -1;
    int result = suite_parse(s, path, (const char *)file.bytes, file.size, known, e);
    blob_free(&file);
    return result;
}
