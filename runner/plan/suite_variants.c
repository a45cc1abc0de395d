/* suite_variants.c: the strict reader of a suite's variants; suite_variants.h says what they are. */
#include "runner/plan/suite_variants.h"
#include "common/text.h"
#include "runner/carrier/carrier.h"
#include "runner/hypervisor/hypervisor.h"

#include <stdio.h>
#include <string.h>

#define MEND "give \"" SUITE_VARIANT_USUAL "\" or {\"name\": …, \"xen\": \"xpti=on\", \"kernel\": \"mitigations=auto\"}"

/* Nothing that a shell, a boot loader or an emulator would take for something else. */
static const char word_characters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.,:=/+ ";
static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

static int bad(struct pvb_error *e, const char *path, size_t index, const char *what)
{
    return pvb_fail(e, "%s: variants[%zu]: %s", path, index, what);
}

static bool consists_of(const char *text, const char *characters)
{
    return strspn(text, characters) == strlen(text);
}

/* "2vcpus", "2guests", "2guests-compute" */
static bool is_number_of_something(const char *name)
{
    const size_t digits = strspn(name, "0123456789");
    return digits && (strcmp(name + digits, "vcpus") == 0 || strncmp(name + digits, "guests", 6) == 0);
}

/* Kinds of devices, carriers and numbers of vCPUs stand at the same place in a key. */
static bool is_name(const char *name)
{
    return *name && strlen(name) < PVB_NAME_SIZE && consists_of(name, name_characters) && !devices_known(name) &&
           !carrier_known(name) && !mode_known(name) && !is_number_of_something(name) &&
           strcmp(name, SUITE_VARIANT_USUAL) != 0;
}

/* "xen/hvm", "xen/hvm+emulated" */
static const char *read_only(struct suite_variant *v, const json_t *value)
{
    const char *text = json_string_value(value), *slash = text ? strchr(text, '/') : NULL;
    char name[PVB_NAME_SIZE], mode[PVB_NAME_SIZE];
    if (!value)
        return NULL;
    snprintf(name, sizeof(name), "%.*s", slash ? (int)(slash - text) : 0, slash ? text : "");
    snprintf(mode, sizeof(mode), "%.*s", slash ? (int)strcspn(slash + 1, "+") : 0, slash ? slash + 1 : "");
    const char *kind = slash ? strchr(slash, '+') : NULL;
    if (!slash || !hypervisor_find(name) || !hypervisor_has_mode(hypervisor_find(name), mode) ||
        (kind && !devices_known(kind + 1)))
        return "its \"only\" is no hypervisor with a mode of it; give \"xen/hvm\" or \"xen/hvm+emulated\", for "
               "instance";
    snprintf(v->only, sizeof(v->only), "%s", text);
    return NULL;
}

static int read_words(const json_t *value, bool *is_there, char words[SUITE_WORDS_SIZE], const char **why)
{
    const char *text = json_string_value(value);
    if (!value)
        return 0;
    if (!text || strlen(text) >= SUITE_WORDS_SIZE || !consists_of(text, word_characters)) {
        *why = "\"xen\", \"kernel\" and \"guest\" are words of a command line: letters, digits and _-.,:=/+, 127 at "
               "the most";
        return -1;
    }
    *is_there = true;
    snprintf(words, SUITE_WORDS_SIZE, "%s", text);
    return 0;
}

static const char *const keys[] = {"name", "xen", "kernel", "guest", "only", NULL};

static const char *read_object(struct suite_variant *v, const json_t *value)
{
    const char *name = json_string_value(json_object_get(value, "name")), *key, *why = NULL;
    bool has_guest = false;
    json_t *member;
    json_object_foreach((json_t *)value, key, member)
    {
        if (!text_is_any(key, keys))
            return "has a key that is none of name, xen, kernel, guest, only; take it out";
    }
    if (!name || !is_name(name))
        return "its \"name\" is none: give a-z, 0-9 and -, and no word that a setting's key has already";
    snprintf(v->name, sizeof(v->name), "%s", name);
    if (read_words(json_object_get(value, "xen"), &v->is_for_xen, v->xen, &why) ||
        read_words(json_object_get(value, "kernel"), &v->is_for_kernel, v->kernel, &why) ||
        read_words(json_object_get(value, "guest"), &has_guest, v->guest, &why))
        return why;
    why = read_only(v, json_object_get(value, "only"));
    if (!why && *v->guest && (v->is_for_xen || v->is_for_kernel))
        return "has words for a guest and for a hypervisor; take one of them out";
    return why || *v->guest || v->is_for_xen || v->is_for_kernel ? why : "says nothing; " MEND;
}

static int read_one(struct suite *s, const char *path, const json_t *value, size_t index, struct pvb_error *e)
{
    struct suite_variant *v = &s->variant[s->variant_count];
    const char *text = json_string_value(value), *why = NULL;
    *v = (struct suite_variant){0};
    if (json_is_object(value))
        why = read_object(v, value);
    else if (!text || strcmp(text, SUITE_VARIANT_USUAL) != 0)
        why = "is none; " MEND;
    if (!why && *v->guest && strcmp(s->carrier, SETTING_CARRIER_LINUX) != 0)
        why = "its \"guest\" is for guests that are Linux; take it out, or give \"carrier\": \"linux\"";
    for (unsigned i = 0; i < s->variant_count && !why; i++)
        why = strcmp(s->variant[i].name, v->name) == 0 ? "stands there twice; take one out" : NULL;
    if (why)
        return bad(e, path, index, why);
    s->variant_count++;
    return 0;
}

int suite_variants_read(struct suite *s, const char *path, const json_t *array, struct pvb_error *e)
{
    const json_t *value;
    size_t i;
    if (!array)
        return 0;
    if (!json_is_array(array) || !json_array_size(array) || json_array_size(array) > SUITE_LIST_MAX)
        return pvb_fail(e, "%s: variants: is not a list of 1 to %d; " MEND, path, SUITE_LIST_MAX);
    json_array_foreach(array, i, value) if (read_one(s, path, value, i, e)) return -1;
    return 0;
}

/* Without a host in the lab there is no command line; where nothing lies below its kernel, that is the hypervisor. */
static bool is_below(const struct hypervisor *h)
{
    return h->lab && h->lab->host && h->lab->host->below;
}

bool suite_variant_is_for(const struct suite_variant *v, const struct hypervisor *h, const char *mode)
{
    char these[SUITE_WORDS_SIZE];
    snprintf(these, sizeof(these), "%s/%s", h->name, mode);
    if (*v->only && (strlen(these) != strcspn(v->only, "+") || strncmp(v->only, these, strlen(these)) != 0))
        return false;
    if (!*v->name || *v->guest)
        return true;
    if (is_below(h))
        return v->is_for_xen;
    return h->lab && h->lab->host && v->is_for_kernel;
}

bool suite_variant_takes(const struct suite_variant *v, const char *devices)
{
    const char *kind = strchr(v->only, '+');
    return !kind || strcmp(kind + 1, devices) == 0;
}

bool suite_starts_hypervisors(const struct suite *s)
{
    for (unsigned i = 0; i < s->variant_count; i++)
        if (s->variant[i].is_for_xen || s->variant[i].is_for_kernel)
            return true;
    return false;
}

const char *suite_variant_words(const struct suite_variant *v, const struct hypervisor *h)
{
    if (!*v->name || *v->guest)
        return NULL;
    return is_below(h) ? v->xen : v->kernel;
}

json_t *suite_variant_json(const struct suite_variant *v)
{
    if (!*v->name)
        return json_string(SUITE_VARIANT_USUAL);
    json_t *object = json_pack("{s:s}", "name", v->name);
    if (v->is_for_xen)
        json_object_set_new(object, "xen", json_string(v->xen));
    if (v->is_for_kernel)
        json_object_set_new(object, "kernel", json_string(v->kernel));
    if (*v->guest)
        json_object_set_new(object, "guest", json_string(v->guest));
    if (*v->only)
        json_object_set_new(object, "only", json_string(v->only));
    return object;
}
