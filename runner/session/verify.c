/* verify.c: walks two JSON values side by side. */
#include "runner/session/verify.h"
#include "runner/document/run_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void append(char *place, size_t size, const char *before, const char *text)
{
    size_t used = strlen(place);
    snprintf(place + used, size - used, "%s%s", before, text);
}

static void append_value(char *place, size_t size, const char *before, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15)) : NULL;
    if (text && strlen(text) > 60)
        strcpy(text + 57, "...");
    append(place, size, before, text ? text : "nothing");
    free(text);
}

/* Bit-for-bit, as the file would show it: 1 and 1.0 are not the same. */
static bool same(const json_t *a, const json_t *b)
{
    return a && b && json_typeof(a) == json_typeof(b) && json_equal(a, b);
}

/* An element by what it is called, a run by its hypervisor, mode and boot; else by its number. */
static void element(char *step, size_t size, const json_t *value, size_t number)
{
    const char *name = json_string_value(json_object_get(value, "name"));
    char guest[SETTING_KEY_SIZE];
    const char *hypervisor = json_string_value(json_object_get(json_object_get(value, "hypervisor"), "name"));
    if (name)
        snprintf(step, size, "[%.40s]", name);
    else if (json_object_get(value, "mode") && hypervisor) {
        run_json_guest(value, guest);
        snprintf(step, size, "[%.30s %.24s boot %lld]", hypervisor, guest,
                 (long long)json_integer_value(json_object_get(value, "boot")));
    } else
        snprintf(step, size, "[%zu]", number);
}

/* `place` grows on the way down, and is cut back where nothing was found. */
static bool walk(const json_t *a, const json_t *b, char *place, size_t size)
{
    size_t used = strlen(place), i;
    char step[80];
    if (json_is_object(a) && json_is_object(b)) {
        const json_t *const both[] = {a, b};
        const char *key;
        json_t *value;
        for (i = 0; i < 2; i++) {
            json_object_foreach((json_t *)both[i], key, value)
            {
                snprintf(step, sizeof(step), "%s%.60s", used ? "." : "", key);
                append(place, size, "", step);
                if (walk(json_object_get(a, key), json_object_get(b, key), place, size))
                    return true;
                place[used] = 0;
            }
        }
        return false;
    }
    if (json_is_array(a) && json_is_array(b)) {
        for (i = 0; i < json_array_size(a) || i < json_array_size(b); i++) {
            element(step, sizeof(step), json_array_get(a, i), i);
            append(place, size, "", step);
            if (walk(json_array_get(a, i), json_array_get(b, i), place, size))
                return true;
            place[used] = 0;
        }
        return false;
    }
    if (same(a, b))
        return false;
    append_value(place, size, ": first ", a);
    append_value(place, size, ", then ", b);
    return true;
}

bool json_first_difference(const json_t *a, const json_t *b, char *place, size_t size)
{
    place[0] = 0;
    return walk(a, b, place, size);
}
