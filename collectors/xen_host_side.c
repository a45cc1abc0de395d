/*
 * xen_host_side.c: the collector of what Xen's trace says of a region beside its entries: "M host …" of
 * pvbench/log.h, the hypervisor's own interrupts and its first domain in the meantime; and what it cannot say.
 */
#include "collectors/collector.h"
#include "collectors/entries_json.h"
#include "collectors/hypervisor_log.h"
#include "common/memory.h"

#include <stdio.h>
#include <stdlib.h>

#define NO_COSTS "Xen's trace has no record of the end of a PV guest's entry"
#define NO_CALLS "Xen's first domain runs on processors, too, that are not traced"

/* Of a region. */
struct side {
    bool seen;
    const char *isa; /* of the exits; "pv" */
    uint64_t ticks;  /* exits because of Xen's own interrupts */
    /* Of the first domain, when all of it is traced: how long it ran, its hypercalls by number. */
    bool has_calls;
    uint64_t ran;
    struct entry_detail *call;
    size_t calls;
};

struct sides {
    unsigned regions;
    struct side *side;
};

static void *xen_host_side_open(struct observation *o)
{
    struct sides *s = memory_zeroed(1, sizeof(*s));
    s->regions = o->books.regions;
    s->side = memory_zeroed(s->regions, sizeof(*s->side));
    return s;
}

static void xen_host_side_close(void *state)
{
    struct sides *s = state;
    for (unsigned i = 0; i < s->regions; i++)
        free(s->side[i].call);
    free(s->side);
    free(s);
}

static bool read_isa(struct words *w, const char **isa)
{
    static const char *const known[] = {"pv", "svm", "vmx"};
    struct word word;
    if (!words_value(w, "isa", &word))
        return false;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (word_is(word, known[i])) {
            *isa = known[i];
            return true;
        }
    return false;
}

static void read_side(struct region *r, struct side *s, struct words *w)
{
    if (!read_isa(w, &s->isa) || !words_number(w, "ticks", PVB_TICKS_MAX, &s->ticks)) {
        region_fault(r, "a host line is malformed");
        return;
    }
    if (s->seen)
        region_fault(r, "a region has two host lines");
    s->has_calls = !words_end(w);
    if (s->has_calls && (!words_number(w, "ran", PVB_TICKS_MAX, &s->ran) || !words_literal(w, "calls") ||
                         !counts_read(w, &s->call, &s->calls)))
        region_fault(r, "a host line is malformed, or names a hypercall twice");
    s->seen = true;
}

static bool xen_host_side_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    const struct sides *s = state;
    struct words w = {text, text + size};
    if (cut || !hypervisor_log_word(&w, "host"))
        return false;
    struct region *r = region_at_hand(o, &w, "host");
    if (r)
        read_side(r, &s->side[o->books.open_key.region], &w);
    return true;
}

/* Kinds whose cost is null. */
static void tell_missing_costs(const struct region_document *d)
{
    bool missing = false;
    for (size_t i = 0; i < d->books->kinds; i++)
        missing = missing || d->books->kind[i].no_costs;
    if (missing)
        region_unavailable(d, "entries.cost", NO_COSTS);
}

static void xen_host_side_region(const struct observation *o, const void *state, const struct region_document *d)
{
    (void)o;
    const struct sides *all = state;
    const struct side *s = &all->side[d->id];
    if (region_trouble(d->books))
        return;
    tell_missing_costs(d);
    if (!s->seen)
        return;
    json_t *side = json_pack("{s:s, s:I, s:{}, s:{}}", "isa", s->isa, "ticks", (json_int_t)s->ticks, "userspace_exits",
                             "injected");
    json_object_set_new(d->object, "host_side", side);
    if (s->has_calls) {
        json_object_set_new(
            side, "first_domain_ran",
            json_pack("{s:s, s:s, s:I}", "unit", d->m->unit, "class", d->m->class, "value", (json_int_t)s->ran));
        json_object_set_new(side, "hypercalls", hypercalls_json(s->call, s->calls));
    } else {
        json_object_set_new(side, "hypercalls", json_null());
        region_unavailable(d, "host_side.hypercalls", NO_CALLS);
    }
}

const struct collector xen_host_side_collector = {
    .name = "Xen's host side",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = xen_host_side_open,
    .line = xen_host_side_line,
    .region = xen_host_side_region,
    .close = xen_host_side_close,
};
