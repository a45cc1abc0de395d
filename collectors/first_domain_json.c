/* first_domain_json.c: every field of the probes is there, or null with the reason; first_domain_json.h says where. */
#include "collectors/first_domain_json.h"
#include "common/json_text.h"

#include <stdio.h>

/* The one party whose time may be missing while there are probes. */
#define NO_IDLE "this computer has more processors than one, and the trace of only one of them is read"

static void add(json_t *side, const char *name, json_t *value, const char *why, json_t *unavailable, const char *prefix)
{
    char key[80];
    json_object_set_new(side, name, value ? value : json_null());
    snprintf(key, sizeof(key), "%shost_side.%s", prefix, name);
    if (!value)
        json_object_set_new(unavailable, key, json_text(why));
}

static json_t *privcmd_json(const struct first_domain_counts *f)
{
    json_t *all = json_object();
    for (unsigned i = 0; i < XEN_PARTIES; i++)
        if (f->asked[i].calls)
            json_object_set_new(all, xen_party_name((enum xen_party)i),
                                hypercalls_json(f->asked[i].call, f->asked[i].calls));
    return all;
}

static json_t *handled_json(const struct first_domain_counts *f)
{
    json_t *all = json_object();
    for (size_t i = 0; i < f->handlers; i++)
        json_object_set_new(all, f->handled[i].name, json_integer((json_int_t)f->handled[i].count));
    return all;
}

static json_t *time_json(const struct first_domain_counts *f, const struct measure *m, json_t *unavailable,
                         const char *prefix)
{
    json_t *time = json_pack("{s:s, s:s}", "unit", m->unit, "class", m->class);
    for (unsigned i = 0; i < XEN_PARTIES; i++) {
        const char *name = xen_party_name((enum xen_party)i);
        char key[80];
        json_object_set_new(time, name, f->has_time[i] ? json_integer((json_int_t)f->time[i]) : json_null());
        snprintf(key, sizeof(key), "%shost_side.processor_time.%s", prefix, name);
        if (!f->has_time[i])
            json_object_set_new(unavailable, key, json_string(NO_IDLE));
    }
    return time;
}

void first_domain_json(json_t *side, const struct first_domain_counts *f, const struct measure *m, const char *none,
                       json_t *unavailable, const char *prefix)
{
    /* A hypervisor that has no first domain says nothing of one. */
    if (!f->seen && !none[0])
        return;
    bool privcmd = f->seen && !f->no_privcmd[0];
    add(side, "privcmd", privcmd ? privcmd_json(f) : NULL, f->seen ? f->no_privcmd : none, unavailable, prefix);
    add(side, "privcmd_mappings", f->seen ? json_integer((json_int_t)f->mappings) : NULL, none, unavailable, prefix);
    add(side, "kernel_hypercalls", f->has_kernel ? hypercalls_json(f->kernel.call, f->kernel.calls) : NULL,
        f->seen ? f->no_kernel : none, unavailable, prefix);
    add(side, "upcalls", f->has_upcalls ? json_integer((json_int_t)f->upcalls) : NULL, f->seen ? f->no_upcalls : none,
        unavailable, prefix);
    add(side, "upcall_handlers", f->seen ? handled_json(f) : NULL, none, unavailable, prefix);
    add(side, "processor_time", f->seen ? time_json(f, m, unavailable, prefix) : NULL, none, unavailable, prefix);
}
