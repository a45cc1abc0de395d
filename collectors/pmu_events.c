/* pmu_events.c: libpfm4's encoder, and what it leaves to its caller; pmu_events.h says why. */
#include "collectors/pmu_events.h"

#include <perfmon/pfmlib_perf_event.h>

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * The kernel's generic events, which each processor's driver maps to its own.
 * On Intel and AMD the third counts the misses of the data TLB that a page walk follows.
 */
static const char *const default_set[] = {
    "PERF_COUNT_HW_CPU_CYCLES",
    "PERF_COUNT_HW_INSTRUCTIONS",
    "PERF_COUNT_HW_CACHE_DTLB:READ:MISS",
    "PERF_COUNT_HW_CACHE_LL:READ:MISS",
};

static bool initialize(char *why, size_t why_size)
{
    /* It may be called again, and then does nothing. */
    int error = pfm_initialize();
    if (error != PFM_SUCCESS)
        snprintf(why, why_size, "libpfm4 cannot start: %s", pfm_strerror(error));
    return error == PFM_SUCCESS;
}

#define PARTS ":." /* what libpfm4 takes for the end of a part of a name */

/* The value of a modifier, as libpfm4 reads it: "" without one; NULL: the name does not have it. */
static const char *modifier_of(const char *name, const char *modifier)
{
    size_t n = strlen(modifier);
    for (const char *at = strpbrk(name, PARTS); at; at = strpbrk(at + 1, PARTS))
        if (strncasecmp(at + 1, modifier, n) == 0 && (!at[1 + n] || strchr(PARTS "=", at[1 + n])))
            return at[1 + n] == '=' ? at + 2 + n : "";
    return NULL;
}

static bool has_modifier(const char *name, const char *modifier)
{
    return modifier_of(name, modifier) != NULL;
}

/* 0, n or f, in which libpfm4 goes by the first letter. */
static bool is_off(const char *value)
{
    return value && *value && strchr("0nNfF", *value);
}

static bool well_formed(const char *name, char *why, size_t why_size)
{
    /* Of a list libpfm4 would take the first and say nothing of the others. */
    static const char *const for_sampling[] = {"period", "freq", "hw_smpl", "cpu"};
    if (!*name) {
        snprintf(why, why_size, "an event has no name; see pvbench list --events");
        return false;
    }
    for (const char *c = name; *c; c++)
        if (!isgraph((unsigned char)*c) || *c == ',' || *c == '"' || *c == '\\') {
            snprintf(why, why_size,
                     "an event's name holds a character that none has; give one event as libpfm4 names it");
            return false;
        }
    for (size_t i = 0; i < sizeof(for_sampling) / sizeof(for_sampling[0]); i++)
        if (has_modifier(name, for_sampling[i])) {
            snprintf(why, why_size, "%s: the modifier %s is for sampling, and pvbench counts; leave it out", name,
                     for_sampling[i]);
            return false;
        }
    /* libpfm4 takes "not the guest" for the guest, and "neither" for both. */
    if (is_off(modifier_of(name, "mg")) || is_off(modifier_of(name, "mh"))) {
        snprintf(why, why_size,
                 "%s: a side that is switched off counts nothing; give mg or mh alone, or neither for both", name);
        return false;
    }
    /* AMD's own bit for the guest, which libpfm4 drops for perf_event_open() without a word. */
    if (has_modifier(name, "g")) {
        snprintf(why, why_size, "%s: the modifier g is the hardware's; give mg, which the kernel takes", name);
        return false;
    }
    return true;
}

/* libpfm4's word for an error does not say what to do. */
static const char *mend_of(int error)
{
    switch (error) {
    case PFM_ERR_NOTFOUND:
        return "this computer's PMUs have no such event; see pvbench list --events";
    case PFM_ERR_ATTR:
    case PFM_ERR_ATTR_VAL:
        return "no such unit mask or modifier; pvbench list --events=EVENT shows the unit masks";
    case PFM_ERR_UMASK:
        return "a unit mask is missing or wrong; pvbench list --events=EVENT shows them";
    case PFM_ERR_ATTR_SET:
    case PFM_ERR_FEATCOMB:
        return "these unit masks and modifiers exclude each other";
    default:
        return "see pvbench list --events";
    }
}

/* Why this event can count nothing, with the mend; NULL when it can. */
static const char *counts_nothing(const struct pmu_event *event, bool guest)
{
    const struct perf_event_attr *attr = &event->attr;
    /* What is left then is the hypervisor's own level, which x86 processors do not have. */
    if (attr->exclude_user && attr->exclude_kernel)
        return "user and kernel are both left out; give u, k or neither (what perf calls H and G is mh and mg here)";
    if (event->software && guest && !event->together)
        return "it is the kernel's own, and a guest has no part in it; leave mg out";
    if (attr->type == PERF_TYPE_SOFTWARE &&
        (attr->config == PERF_COUNT_SW_DUMMY || attr->config == PERF_COUNT_SW_BPF_OUTPUT))
        return "it stands for no event; leave it out";
    bool in_kernel = attr->type == PERF_TYPE_TRACEPOINT ||
                     (attr->type == PERF_TYPE_SOFTWARE &&
                      (attr->config == PERF_COUNT_SW_CONTEXT_SWITCHES || attr->config == PERF_COUNT_SW_CPU_MIGRATIONS ||
                       attr->config == PERF_COUNT_SW_CGROUP_SWITCHES));
    return in_kernel && attr->exclude_kernel ? "it happens in the kernel, which u leaves out; leave u out" : NULL;
}

bool pmu_event_encode(const char *name, struct pmu_event *event, char *why, size_t why_size)
{
    char *full = NULL;
    *event = (struct pmu_event){.attr.size = sizeof(event->attr)};
    pfm_perf_encode_arg_t arg = {.attr = &event->attr, .fstr = &full, .size = sizeof(arg)};
    if (!well_formed(name, why, why_size) || !initialize(why, why_size))
        return false;
    int error = pfm_get_os_event_encoding(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT_EXT, &arg);
    free(full);
    if (error != PFM_SUCCESS) {
        snprintf(why, why_size, "%s: %s; %s", name, pfm_strerror(error), mend_of(error));
        return false;
    }
    bool guest = has_modifier(name, "mg"), host = has_modifier(name, "mh");
    event->software = event->attr.type == PERF_TYPE_SOFTWARE || event->attr.type == PERF_TYPE_TRACEPOINT;
    event->together = guest && host;
    event->side[PMU_GUEST] = !event->software && !event->together && (guest || !host);
    event->side[PMU_HOST] = event->software || host || !guest;
    const char *nothing = counts_nothing(event, guest);
    if (nothing)
        snprintf(why, why_size, "%s: can count nothing: %s", name, nothing);
    return !nothing;
}

struct perf_event_attr pmu_event_attr(const struct pmu_event *event, enum pmu_side side)
{
    struct perf_event_attr attr = event->attr;
    attr.exclude_host = side == PMU_GUEST;
    attr.exclude_guest = side == PMU_HOST && !event->together && !event->software;
    return attr;
}

static bool add_one(struct pmu_names *names, const char *name, char *why, size_t why_size)
{
    struct pmu_event event;
    if (strlen(name) >= PMU_NAME_SIZE) {
        snprintf(why, why_size, "an event's name is longer than %d characters: %.40s…", PMU_NAME_SIZE - 1, name);
        return false;
    }
    if (!pmu_event_encode(name, &event, why, why_size))
        return false;
    for (unsigned i = 0; i < names->count; i++)
        if (strcasecmp(names->name[i], name) == 0) {
            snprintf(why, why_size, "%s: stands there twice; take one out", name);
            return false;
        }
    if (names->count == PMU_EVENTS_MAX) {
        snprintf(why, why_size, "%s: is one event more than the %d that a boot counts; make two runs of it", name,
                 PMU_EVENTS_MAX);
        return false;
    }
    snprintf(names->name[names->count++], PMU_NAME_SIZE, "%s", name);
    return true;
}

bool pmu_names_add(struct pmu_names *names, const char *list, char *why, size_t why_size)
{
    const size_t defaults = sizeof(default_set) / sizeof(default_set[0]);
    for (const char *at = list;; at++) {
        size_t n = strcspn(at, ",");
        char *name = strndup(at, n);
        bool good = name;
        if (!name)
            snprintf(why, why_size, "the events: out of memory");
        else if (strcmp(name, PMU_DEFAULT) != 0)
            good = add_one(names, name, why, why_size);
        for (size_t i = 0; good && strcmp(name, PMU_DEFAULT) == 0 && i < defaults; i++)
            good = add_one(names, default_set[i], why, why_size);
        free(name);
        at += n;
        if (!good || !*at)
            return good;
    }
}

/* --- what there is --------------------------------------------------------------------- */

struct search {
    const char *pattern;
    void (*take)(void *context, const struct pmu_offer *offer);
    void *context;
    size_t found;
};

static void offer(struct search *s, const char *pmu, const char *name, const char *equivalent, const char *description,
                  bool unit_mask)
{
    char full[512];
    snprintf(full, sizeof(full), "%s::%s %s", pmu, name, equivalent ? equivalent : "");
    if (s->pattern && !strcasestr(full, s->pattern) && !(description && strcasestr(description, s->pattern)))
        return;
    const struct pmu_offer found = {pmu, name, equivalent, description ? description : "", unit_mask};
    s->take(s->context, &found);
    s->found++;
}

static void offer_event(struct search *s, const char *pmu, int index)
{
    pfm_event_info_t info = {.size = sizeof(info)};
    bool masks = false;
    if (pfm_get_event_info(index, PFM_OS_PERF_EVENT_EXT, &info) != PFM_SUCCESS)
        return;
    for (int i = 0; i < info.nattrs; i++) {
        pfm_event_attr_info_t attr = {.size = sizeof(attr)};
        char name[256];
        if (pfm_get_event_attr_info(index, i, PFM_OS_PERF_EVENT_EXT, &attr) != PFM_SUCCESS ||
            attr.type != PFM_ATTR_UMASK)
            continue;
        masks = true;
        snprintf(name, sizeof(name), "%s:%s", info.name, attr.name);
        offer(s, pmu, name, attr.equiv, attr.desc, true);
    }
    if (!masks)
        offer(s, pmu, info.name, info.equiv, info.desc, false);
}

size_t pmu_offers(const char *pattern, void (*take)(void *context, const struct pmu_offer *offer), void *context,
                  char *pmus, size_t pmus_size)
{
    struct search s = {pattern, take, context, 0};
    pmus[0] = 0;
    if (!initialize(pmus, pmus_size)) {
        pmus[0] = 0;
        return 0;
    }
    for (int p = PFM_PMU_NONE; p < PFM_PMU_MAX; p++) {
        pfm_pmu_info_t pmu = {.size = sizeof(pmu)};
        if (pfm_get_pmu_info((pfm_pmu_t)p, &pmu) != PFM_SUCCESS || !pmu.is_present)
            continue;
        if (pmu.type == PFM_PMU_TYPE_CORE) {
            size_t used = strlen(pmus);
            snprintf(pmus + used, pmus_size - used, "%s%s", used ? ", " : "", pmu.name);
        }
        for (int i = pmu.first_event; i != -1; i = pfm_get_event_next(i))
            offer_event(&s, pmu.name, i);
    }
    return s.found;
}
