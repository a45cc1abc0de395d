/* suite_text.c: the plan's lists in the words of a suite file; suite_text.h says which. */
#include "runner/plan/suite_text.h"
#include "common/json_text.h"
#include "runner/plan/suite_guests.h"
#include "runner/plan/suite_variants.h"

#include <stdio.h>
#include <string.h>

/* Each once, in the order in which the plan has them first: that of the suite. */
static void add(json_t *list, const char *word)
{
    if (!json_has_text(list, word))
        json_array_append_new(list, json_string(word));
}

/* Those of `all` that the plan has, in the suite's order. */
static json_t *in_order(const char *all, size_t stride, unsigned count, json_t *used)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < count; i++)
        if (json_has_text(used, all + i * stride))
            json_array_append_new(list, json_string(all + i * stride));
    json_decref(used);
    return list;
}

/* Those that a boot of the plan has, in the suite's order. */
static void set_variants(json_t *suite, const struct plan *p)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < p->suite->variant_count; i++) {
        bool used = false;
        for (unsigned u = 0; u < p->units && !used; u++)
            used = p->unit[u].variant == &p->suite->variant[i];
        if (used)
            json_array_append_new(list, suite_variant_json(&p->suite->variant[i]));
    }
    if (json_array_size(list))
        json_object_set(suite, "variants", list);
    json_decref(list);
}

/* As the suite asks for them, where the plan has any of them; a hypervisor that gives fewer does so again. */
static void set_vcpus(json_t *suite, const struct plan *p, const struct narrowing *n)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < p->suite->vcpu_count; i++) {
        bool used = n->vcpu_count == 0;
        for (unsigned j = 0; j < n->vcpu_count; j++)
            used = used || n->vcpus[j] == p->suite->vcpus[i];
        if (used)
            json_array_append_new(list, json_integer(p->suite->vcpus[i]));
    }
    if (json_array_size(list))
        json_object_set(suite, "vcpus", list);
    json_decref(list);
}

static void set_guests(json_t *suite, const struct plan *p)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < p->suite->guests_count; i++) {
        struct guest_setting one = {0};
        bool used = false;
        suite_guests_set(&p->suite->guests[i], &one);
        for (unsigned u = 0; u < p->units && !used; u++) {
            const struct guest_setting *g = &p->unit[u].setting.guest[0];
            used = g->neighbours == one.neighbours && g->load == one.load && g->load_parameter == one.load_parameter &&
                   g->load_nice == one.load_nice && g->weight == one.weight && g->cap == one.cap;
        }
        if (used)
            json_array_append_new(list, suite_guests_json(&p->suite->guests[i]));
    }
    if (json_array_size(list))
        json_object_set(suite, "guests", list);
    json_decref(list);
}

static void set_axes(json_t *suite, const struct plan *p, const struct narrowing *n)
{
    const struct suite *s = p->suite;
    if (guest_is_linux(&p->unit[0].setting.guest[0]))
        json_object_set_new(suite, "carrier", json_string(s->carrier));
    json_t *named = json_array(), *used = json_array(), *modes = json_array(), *devices = json_array();
    for (unsigned i = 0; i < p->units; i++) {
        add(used, p->unit[i].hypervisor->name);
        add(modes, unit_mode(&p->unit[i]));
        if (*guest_devices(&p->unit[i].setting.guest[0]))
            add(devices, guest_devices(&p->unit[i].setting.guest[0]));
    }
    for (unsigned i = 0; i < (n->hypervisor_count ? n->hypervisor_count : s->hypervisor_count); i++) {
        const char *name = n->hypervisor_count ? n->hypervisors[i] : s->hypervisors[i];
        if (json_has_text(used, name))
            add(named, name);
    }
    json_decref(used);
    json_object_set_new(suite, "hypervisors", named);
    json_object_set_new(suite, "modes", in_order(s->modes[0], sizeof(s->modes[0]), s->mode_count, modes));
    set_vcpus(suite, p, n);
    set_guests(suite, p);
    set_variants(suite, p);
    devices = in_order(s->devices[0], sizeof(s->devices[0]), s->device_count, devices);
    if (json_array_size(devices))
        json_object_set(suite, "devices", devices);
    json_decref(devices);
}

static json_t *pin_json(const struct pinning *p)
{
    char vcpus[256], helpers[256];
    if (p->how != PIN_GIVEN)
        return json_string(p->how == PIN_AUTO ? "auto" : "none");
    cpu_list_write(&p->vcpus, vcpus, sizeof(vcpus));
    cpu_list_write(&p->helpers, helpers, sizeof(helpers));
    return *helpers ? json_pack("{s:s, s:s}", "vcpus", vcpus, "helpers", helpers) : json_pack("{s:s}", "vcpus", vcpus);
}

/* As they were asked for, before the machine had its say. */
static void set_host(json_t *suite, const struct plan *p, const struct narrowing *n)
{
    const struct pinning *pin = n->pin.how != PIN_UNSAID ? &n->pin : &p->suite->pin;
    const unsigned blocks = n->blocks ? n->blocks : p->suite->blocks;
    json_t *events = json_array();
    if (blocks)
        json_object_set_new(suite, "blocks", json_integer(blocks));
    if (pin->how != PIN_UNSAID)
        json_object_set_new(suite, "pin", pin_json(pin));
    for (unsigned i = 0; i < p->events.count; i++)
        json_array_append_new(events, json_string(p->events.name[i]));
    if (p->events.count)
        json_object_set(suite, "events", events);
    json_decref(events);
}

static json_t *workloads_json(const struct plan *p)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < p->workloads; i++) {
        const struct pvb_param_workload *w = &p->workload[i];
        json_t *one = json_pack("{s:s, s:I, s:I}", "name", w->name, "iterations", (json_int_t)w->iterations, "warmup",
                                (json_int_t)w->warmup);
        if (w->parameter)
            json_object_set_new(one, "parameter", json_integer((json_int_t)w->parameter));
        json_array_append_new(list, one);
    }
    return list;
}

json_t *suite_json_of(const struct plan *p, const struct narrowing *n)
{
    json_t *suite = json_object();
    json_object_set_new(suite, "schema", json_string(SUITE_SCHEMA));
    json_object_set_new(suite, "name", json_string(p->suite->name));
    if (*p->suite->description)
        json_object_set_new(suite, "description", json_string(p->suite->description));
    set_axes(suite, p, n);
    json_object_set_new(suite, "repeats", json_integer(n->repeats ? n->repeats : p->suite->repeats));
    json_object_set_new(suite, "timeout_s", json_integer(p->timeout_s));
    set_host(suite, p, n);
    if (!n->no_parts && (n->parts || p->suite->parts))
        json_object_set_new(suite, "parts", json_true());
    json_object_set_new(suite, "workloads", workloads_json(p));
    return suite;
}
