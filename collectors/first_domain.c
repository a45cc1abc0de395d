/*
 * first_domain.c: the collector of what the probes in the kernel of Xen's first domain say of a region:
 * "M probes …" of pvbench/log.h. Every field of theirs stands in the region's host_side, or is null with the reason.
 */
#include "collectors/collector.h"
#include "collectors/entries_json.h"
#include "collectors/hypervisor_log.h"
#include "collectors/xen_party.h"
#include "common/memory.h"

#include "probes/xen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HANDLERS 64

/* The one party whose time may be missing while there are probes. */
#define NO_IDLE "this computer has more processors than one, and the trace of only one of them is read"

/* Of a region. */
struct counts {
    bool seen;
    /* Programs' requests through privcmd by party and number; the kernel's own hypercalls. */
    struct calls {
        struct entry_detail *call;
        size_t calls;
    } asked[XEN_PARTIES], kernel;
    uint64_t mappings; /* requests to map foreign memory, through privcmd */
    uint64_t upcalls;
    uint64_t mapped, unmapped, copied; /* grants of other domains' */
    struct {
        char name[XEN_EVENT_NAME + 1];
        uint64_t count;
    } handled[HANDLERS]; /* events of the upcalls by their handler's name */
    size_t handlers;
    uint64_t time[XEN_PARTIES]; /* ticks on a processor */
    bool has_kernel, has_upcalls, has_grants, has_time[XEN_PARTIES];
    char no_privcmd[PVB_REASON_SIZE], no_kernel[PVB_REASON_SIZE], no_upcalls[PVB_REASON_SIZE],
        no_grants[PVB_REASON_SIZE];
};

struct first_domain {
    char none[PVB_REASON_SIZE]; /* why there are no probes */
    unsigned regions;
    struct counts *region;
};

static void *first_domain_open(struct observation *o)
{
    struct first_domain *f = memory_zeroed(1, sizeof(*f));
    f->regions = o->books.regions;
    f->region = memory_zeroed(f->regions, sizeof(*f->region));
    return f;
}

static void counts_free(struct counts *f)
{
    for (unsigned i = 0; i < XEN_PARTIES; i++)
        free(f->asked[i].call);
    free(f->kernel.call);
}

static void first_domain_close(void *state)
{
    struct first_domain *f = state;
    for (unsigned i = 0; i < f->regions; i++)
        counts_free(&f->region[i]);
    free(f->region);
    free(f);
}

/* --- the lines ----------------------------------------------------------------- */

static bool read_asked(struct counts *f, struct words *w)
{
    struct word party;
    if (!words_value(w, "by", &party))
        return false;
    for (unsigned i = 0; i < XEN_PARTIES; i++)
        if (word_is(party, xen_party_name((enum xen_party)i)))
            return !f->asked[i].calls && counts_read(w, &f->asked[i].call, &f->asked[i].calls);
    return false;
}

static bool read_times(struct counts *f, struct words *w)
{
    if (!words_number(w, "mappings", PVB_TICKS_MAX, &f->mappings) || !words_literal(w, "time"))
        return false;
    for (unsigned i = 0; i < XEN_PARTIES; i++)
        f->has_time[i] = words_number(w, xen_party_name((enum xen_party)i), PVB_TICKS_MAX, &f->time[i]);
    return words_end(w);
}

static bool read_handled(struct counts *f, struct words *w)
{
    struct word name;
    size_t i = f->handlers;
    if (i == HANDLERS || !words_number(w, "handled", PVB_TICKS_MAX, &f->handled[i].count) ||
        !words_rest(w, "name", &name) || !name.size || name.size > XEN_EVENT_NAME)
        return false;
    word_copy(name, f->handled[i].name, sizeof(f->handled[i].name));
    for (size_t j = 0; j < i; j++)
        if (strcmp(f->handled[i].name, f->handled[j].name) == 0)
            return false;
    f->handlers++;
    return true;
}

static bool read_grants(struct counts *f, struct words *w)
{
    bool again = f->has_grants;
    f->has_grants = words_literal(w, "grants") && words_number(w, "map", PVB_TICKS_MAX, &f->mapped) &&
                    words_number(w, "unmap", PVB_TICKS_MAX, &f->unmapped) &&
                    words_number(w, "copy", PVB_TICKS_MAX, &f->copied) && words_end(w);
    return f->has_grants && !again;
}

static bool read_unknown(struct counts *f, struct words *w)
{
    struct word what, reason;
    if (!words_value(w, "unknown", &what) || !words_rest(w, "reason", &reason) || !reason.size)
        return false;
    char *into = word_is(what, "privcmd")   ? f->no_privcmd
                 : word_is(what, "kernel")  ? f->no_kernel
                 : word_is(what, "upcalls") ? f->no_upcalls
                 : word_is(what, "grants")  ? f->no_grants
                                            : NULL;
    if (into)
        word_copy(reason, into, PVB_REASON_SIZE);
    return into;
}

static bool ahead(const struct words *w, const char *word)
{
    struct words copy = *w;
    struct word next;
    return words_next(&copy, &next) && next.size >= strlen(word) && memcmp(next.text, word, strlen(word)) == 0;
}

static bool read_counts(struct counts *f, struct words *w)
{
    f->seen = true;
    if (ahead(w, "by="))
        return read_asked(f, w);
    if (ahead(w, "mappings="))
        return read_times(f, w);
    if (ahead(w, "handled="))
        return read_handled(f, w);
    if (ahead(w, "grants"))
        return read_grants(f, w);
    if (ahead(w, "unknown="))
        return read_unknown(f, w);
    if (ahead(w, "upcalls=")) {
        f->has_upcalls = words_number(w, "upcalls", PVB_TICKS_MAX, &f->upcalls) && words_end(w);
        return f->has_upcalls;
    }
    f->has_kernel = words_literal(w, "kernel") && counts_read(w, &f->kernel.call, &f->kernel.calls);
    return f->has_kernel;
}

static bool first_domain_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    struct first_domain *f = state;
    struct words w = {text, text + size};
    struct word reason;
    if (cut || !hypervisor_log_word(&w, "probes"))
        return false;
    struct words copy = w;
    if (words_literal(&copy, "none") && words_rest(&copy, "reason", &reason) && reason.size) {
        word_copy(reason, f->none, sizeof(f->none));
        return true;
    }
    struct region *r = region_at_hand(o, &w, "probes");
    if (r && !read_counts(&f->region[o->books.open_key.region], &w))
        region_fault(r, "a probes line is malformed, or says something twice");
    return true;
}

/* --- the result ---------------------------------------------------------------- */

static void add(const struct region_document *d, const char *name, json_t *value, const char *why)
{
    char key[64];
    snprintf(key, sizeof(key), "host_side.%s", name);
    json_object_set_new(json_object_get(d->object, "host_side"), name, value ? value : json_null());
    if (!value)
        region_unavailable(d, key, why);
}

static json_t *privcmd_json(const struct counts *f)
{
    json_t *all = json_object();
    for (unsigned i = 0; i < XEN_PARTIES; i++)
        if (f->asked[i].calls)
            json_object_set_new(all, xen_party_name((enum xen_party)i),
                                hypercalls_json(f->asked[i].call, f->asked[i].calls));
    return all;
}

static json_t *grants_json(const struct counts *f)
{
    return json_pack("{s:I, s:I, s:I}", "map", (json_int_t)f->mapped, "unmap", (json_int_t)f->unmapped, "copy",
                     (json_int_t)f->copied);
}

static json_t *handled_json(const struct counts *f)
{
    json_t *all = json_object();
    for (size_t i = 0; i < f->handlers; i++)
        json_object_set_new(all, f->handled[i].name, json_integer((json_int_t)f->handled[i].count));
    return all;
}

static json_t *time_json(const struct counts *f, const struct region_document *d)
{
    json_t *time = json_pack("{s:s, s:s}", "unit", d->m->unit, "class", d->m->class);
    for (unsigned i = 0; i < XEN_PARTIES; i++) {
        const char *name = xen_party_name((enum xen_party)i);
        char key[64];
        json_object_set_new(time, name, f->has_time[i] ? json_integer((json_int_t)f->time[i]) : json_null());
        snprintf(key, sizeof(key), "host_side.processor_time.%s", name);
        if (!f->has_time[i])
            region_unavailable(d, key, NO_IDLE);
    }
    return time;
}

static void first_domain_region(const struct observation *o, const void *state, const struct region_document *d)
{
    (void)o;
    const struct first_domain *all = state;
    const struct counts *f = &all->region[d->id];
    const char *none = all->none;
    /* Without Xen's host side there is nothing to add to; and where nobody speaks of probes, nothing is said of them.
     */
    if (!json_object_get(d->object, "host_side") || (!f->seen && !none[0]))
        return;
    bool privcmd = f->seen && !f->no_privcmd[0];
    add(d, "privcmd", privcmd ? privcmd_json(f) : NULL, f->seen ? f->no_privcmd : none);
    add(d, "privcmd_mappings", f->seen ? json_integer((json_int_t)f->mappings) : NULL, none);
    add(d, "kernel_hypercalls", f->has_kernel ? hypercalls_json(f->kernel.call, f->kernel.calls) : NULL,
        f->seen ? f->no_kernel : none);
    add(d, "upcalls", f->has_upcalls ? json_integer((json_int_t)f->upcalls) : NULL, f->seen ? f->no_upcalls : none);
    add(d, "upcall_handlers", f->seen ? handled_json(f) : NULL, none);
    add(d, "grants", f->has_grants ? grants_json(f) : NULL, f->seen ? f->no_grants : none);
    add(d, "processor_time", f->seen ? time_json(f, d) : NULL, none);
}

const struct collector first_domain_collector = {
    .name = "first domain",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = first_domain_open,
    .line = first_domain_line,
    .region = first_domain_region,
    .close = first_domain_close,
};
