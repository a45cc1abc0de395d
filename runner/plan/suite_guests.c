/* suite_guests.c: the strict reader of a suite's guests; suite_guests.h says what they are. */
#include "runner/plan/suite_guests.h"
#include "common/text.h"

#include <stdio.h>
#include <string.h>

#define MEND "give \"" SUITE_GUESTS_ONE "\" or {\"neighbours\": 1, \"load\": \"compute\"}"

static const char name_characters[] = "abcdefghijklmnopqrstuvwxyz0123456789_";

static const char *const keys[] = {"neighbours", "load", "parameter", "nice", "weight", "cap", NULL};

/* False: it is there, and none. */
static bool take_number(const json_t *value, const char *key, json_int_t most, unsigned *into)
{
    const json_t *number = json_object_get(value, key);
    *into = (unsigned)json_integer_value(number);
    return !number || (json_integer_value(number) >= 1 && json_integer_value(number) <= most);
}

static const char *read_object(struct suite_guests *g, const json_t *value)
{
    const json_t *load = json_object_get(value, "load"), *parameter = json_object_get(value, "parameter"), *member;
    const char *key, *name = json_string_value(load);
    const json_int_t neighbours = json_integer_value(json_object_get(value, "neighbours"));
    json_object_foreach((json_t *)value, key, member)
    {
        if (!text_is_any(key, keys))
            return "has a key that is none of neighbours, load, parameter, nice, weight, cap; take it out";
    }
    if (neighbours < 1 || neighbours > SETTING_NEIGHBOURS)
        return "its \"neighbours\" is no number from 1 to 63; " MEND;
    if (load && (!name || !*name || strlen(name) >= sizeof(g->load) || strspn(name, name_characters) != strlen(name)))
        return "its \"load\" is no name of a workload; " MEND;
    if (parameter && (!json_is_integer(parameter) || json_integer_value(parameter) < 1 || !load))
        return "its \"parameter\" is no number from 1 on, of a load; " MEND;
    if (!take_number(value, "nice", SETTING_NICE, &g->nice))
        return "its \"nice\" is no number from 1 to 19";
    if (!take_number(value, "weight", SETTING_WEIGHT_MAX, &g->weight))
        return "its \"weight\" is no number from 1 to 65535; one that is as usual has 256";
    if (!take_number(value, "cap", 100, &g->cap))
        return "its \"cap\" is no number from 1 to 100, per cent of the processor";
    g->neighbours = (unsigned)neighbours;
    g->parameter = (unsigned long)json_integer_value(parameter);
    snprintf(g->load, sizeof(g->load), "%s", name ? name : SETTING_LOAD);
    return NULL;
}

static bool are_same(const struct suite_guests *a, const struct suite_guests *b)
{
    return a->neighbours == b->neighbours && strcmp(a->load, b->load) == 0 && a->parameter == b->parameter &&
           a->nice == b->nice && a->weight == b->weight && a->cap == b->cap;
}

static int read_one(struct suite *s, const char *path, const json_t *value, size_t index, struct pvb_error *e)
{
    struct suite_guests *g = &s->guests[s->guests_count];
    const char *text = json_string_value(value), *why = NULL;
    *g = (struct suite_guests){0};
    if (json_is_object(value))
        why = read_object(g, value);
    else if (!text || strcmp(text, SUITE_GUESTS_ONE) != 0)
        why = "is none; " MEND;
    for (unsigned i = 0; i < s->guests_count && !why; i++)
        why = are_same(&s->guests[i], g) ? "stands there twice; take one out" : NULL;
    if (!why && g->nice && (s->hypervisor_count != 1 || strcmp(s->hypervisors[0], "kvm") != 0))
        why = "its \"nice\" is of KVM's guests, which are processes; have the suite ask for the hypervisor kvm alone";
    if (why)
        return pvb_fail(e, "%s: guests[%zu]: %s", path, index, why);
    s->guests_count++;
    return 0;
}

int suite_guests_read(struct suite *s, const char *path, const json_t *array, struct pvb_error *e)
{
    const json_t *value;
    size_t i;
    if (!array)
        return 0;
    if (!json_is_array(array) || !json_array_size(array) || json_array_size(array) > SUITE_LIST_MAX)
        return pvb_fail(e, "%s: guests: is not a list of 1 to %d; " MEND, path, SUITE_LIST_MAX);
    if (strcmp(s->carrier, SETTING_CARRIER) != 0)
        return pvb_fail(e, "%s: guests: there are none beside a guest that is Linux; take them or the carrier out",
                        path);
    json_array_foreach(array, i, value) if (read_one(s, path, value, i, e)) return -1;
    return 0;
}

void suite_guests_set(const struct suite_guests *g, struct guest_setting *setting)
{
    setting->neighbours = g->neighbours;
    setting->load = g->neighbours && strcmp(g->load, SETTING_LOAD) != 0 ? g->load : NULL;
    setting->load_parameter = g->parameter;
    setting->load_nice = g->nice;
    setting->weight = g->weight;
    setting->cap = g->cap;
}

void suite_guests_name(const struct suite_guests *g, char *into, size_t size)
{
    char key[SETTING_KEY_SIZE];
    struct guest_setting setting = {.carrier = SETTING_CARRIER, .mode = "", .vcpus = SETTING_VCPUS};
    suite_guests_set(g, &setting);
    setting_guest_key(&setting, key, sizeof(key));
    snprintf(into, size, "%.*s", SUITE_GUESTS_NAME_MAX - 1, *key ? key + 1 : SUITE_GUESTS_ONE);
}

json_t *suite_guests_json(const struct suite_guests *g)
{
    if (!g->neighbours)
        return json_string(SUITE_GUESTS_ONE);
    json_t *object = json_pack("{s:i}", "neighbours", (int)g->neighbours);
    if (strcmp(g->load, SETTING_LOAD) != 0)
        json_object_set_new(object, "load", json_string(g->load));
    if (g->parameter)
        json_object_set_new(object, "parameter", json_integer((json_int_t)g->parameter));
    if (g->nice)
        json_object_set_new(object, "nice", json_integer((json_int_t)g->nice));
    if (g->weight)
        json_object_set_new(object, "weight", json_integer(g->weight));
    if (g->cap)
        json_object_set_new(object, "cap", json_integer(g->cap));
    return object;
}
