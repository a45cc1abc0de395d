/* pmu_json.c: counts by event and side; what was scaled says so, what is not known says why. */
#include "collectors/pmu_json.h"
#include "collectors/pmu.h"
#include "common/json_text.h"

#include <stdio.h>
#include <string.h>

static const char *const side_names[PMU_SIDES] = {"guest", "host"};

/* The name of a side: where one number holds both, that says so. */
static const char *side_name(const struct pmu_event *event, enum pmu_side side)
{
    return event->together ? "guest_and_host" : side_names[side];
}

static json_t *reading_json(const struct pmu_reading *r)
{
    json_t *reading = json_pack("{s:I}", "count", (json_int_t)pmu_scaled(r));
    /* Not all of the time on a counter: the count is an estimate, and what it comes from stands beside it. */
    if (r->running_ns < r->enabled_ns)
        json_object_set_new(reading, "counted", json_integer((json_int_t)r->value));
    json_object_set_new(reading, "enabled_ns", json_integer((json_int_t)r->enabled_ns));
    json_object_set_new(reading, "running_ns", json_integer((json_int_t)r->running_ns));
    return reading;
}

static void set_unknown(json_t *event, json_t *reasons, const char *key, const char *why)
{
    json_object_set_new(event, key, json_null());
    json_object_set_new(reasons, key, json_text(why));
}

/* One event: its readings by side, null with the reason under "unavailable". */
static json_t *boot_event(const struct pmu_counts *p, unsigned i)
{
    json_t *event = json_object(), *reasons = json_object();
    for (enum pmu_side side = PMU_GUEST; side < PMU_SIDES; side++) {
        const char *key = side_name(&p->event[i], side), *why = NULL;
        json_t *list = json_array();
        if (!p->event[i].side[side]) {
            json_decref(list);
            continue;
        }
        for (unsigned v = 0; v < p->vcpus && !why; v++) {
            const struct pmu_count *c = &p->vcpu[v].count[i][side];
            json_t *reading =
                c->known ? json_pack("{s:i, s:i}", "vcpu", p->vcpu[v].vcpu, "group", (int)c->group) : NULL;
            why = c->known ? NULL : c->why;
            if (reading) {
                json_object_update_new(reading, reading_json(&c->reading));
                json_array_append_new(list, reading);
            }
        }
        if (why)
            set_unknown(event, reasons, key, why);
        else
            json_object_set(event, key, list);
        json_decref(list);
    }
    if (p->event[i].side[PMU_HOST] && p->helpers[i].known)
        json_object_set_new(event, "helpers", reading_json(&p->helpers[i].reading));
    else if (p->event[i].side[PMU_HOST])
        set_unknown(event, reasons, "helpers", p->helpers[i].why[0] ? p->helpers[i].why : "there were none");
    if (json_object_size(reasons))
        json_object_set(event, "unavailable", reasons);
    json_decref(reasons);
    return event;
}

static json_t *boot_json(const struct pmu_counts *p)
{
    json_t *all = json_pack("{s:s, s:s}", "covers", "boot", "from", "the beginning of the vCPUs' threads to their end");
    if (p->why[0]) {
        json_object_set_new(all, "events", json_null());
        json_object_set_new(all, "reason", json_text(p->why));
        return all;
    }
    json_t *events = json_object();
    for (unsigned i = 0; i < p->asked->count; i++)
        json_object_set_new(events, p->asked->name[i], boot_event(p, i));
    json_object_set_new(all, "helper_threads", json_integer(p->helper_threads));
    if (p->vcpus_left_out)
        json_object_set_new(all, "vcpus_left_out", json_integer(p->vcpus_left_out));
    json_object_set_new(all, "events", events);
    return all;
}

static json_t *region_event(const struct pmu_counts *p, unsigned i, const struct pmu_region *r)
{
    json_t *event = json_object(), *reasons = json_object();
    for (enum pmu_side side = PMU_GUEST; side < PMU_SIDES; side++) {
        const char *key = side_name(&p->event[i], side);
        const struct pmu_value *sum = &r->sum[pmu_slot(i, side)];
        const struct pmu_reading reading = {sum->value, sum->enabled, sum->running};
        struct pmu_count c = {0};
        if (!p->event[i].side[side])
            continue;
        /* It was not open on the boot as a whole either, and the reason is there. */
        if (p->vcpus && p->vcpu[0].count[i][side].group)
            pmu_count_take(&c, &reading);
        else
            snprintf(c.why, sizeof(c.why), "%s", p->vcpus ? p->vcpu[0].count[i][side].why : p->why);
        if (c.known)
            json_object_set_new(event, key, reading_json(&c.reading));
        else
            set_unknown(event, reasons, key, c.why);
    }
    if (json_object_size(reasons))
        json_object_set(event, "unavailable", reasons);
    json_decref(reasons);
    return event;
}

void pmu_run(const struct observation *o, const void *state, json_t *run)
{
    (void)o;
    const struct pmu_state *s = state;
    if (s->counts)
        json_object_set_new(run, "pmu", boot_json(s->counts));
}

/* NULL, with the reason. */
static json_t *region_json(const struct pmu_counts *p, unsigned region, char *why, size_t why_size)
{
    const struct pmu_region *r = region < PMU_REGIONS ? &p->region[region] : NULL;
    if (p->why[0] || p->no_regions[0])
        snprintf(why, why_size, "counted per boot only: %.200s", p->why[0] ? p->why : p->no_regions);
    else if (!r || !r->begun)
        snprintf(why, why_size, "counted per boot only: the region's marks were not seen");
    else if (r->begun != r->ended || r->failed)
        snprintf(why, why_size, "counted per boot only: at one of the region's marks the counters could not be read");
    else {
        json_t *events = json_object();
        for (unsigned i = 0; i < p->asked->count; i++)
            json_object_set_new(events, p->asked->name[i], region_event(p, i, r));
        return json_pack("{s:s, s:I, s:o}", "covers", "region", "spans", (json_int_t)r->begun, "events", events);
    }
    return NULL;
}

void pmu_region(const struct observation *o, const void *state, const struct region_document *d)
{
    (void)o;
    const struct pmu_state *s = state;
    char why[PVB_REASON_SIZE];
    if (!s->counts || d->id == PVB_REGION_COLD(d->id / 2))
        return;
    json_t *pmu = region_json(s->counts, d->id, why, sizeof(why));
    json_object_set_new(d->object, "pmu", pmu ? pmu : json_null());
    if (!pmu)
        json_object_set_new(d->unavailable, "pmu", json_text(why));
}
