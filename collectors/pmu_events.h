/*
 * pmu_events.h: names of events become what perf_event_open() takes.
 *
 * Events are named as libpfm4 names them, and it encodes them: those of the
 * processor's PMU ("amd64_fam19h_zen4::RETIRED_INSTRUCTIONS:u"), the kernel's
 * generic and software ones ("cycles", "PERF_COUNT_SW_PAGE_FAULTS"), and raw
 * codes ("r01c2"). No hardware is needed for any of it.
 *
 * An event that names neither mg (guest) nor mh (host) among its modifiers is
 * counted twice, apart: what the guest caused and what the host did for it.
 */
#ifndef COLLECTORS_PMU_EVENTS_H
#define COLLECTORS_PMU_EVENTS_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>

#define PMU_EVENTS_MAX 16
#define PMU_NAME_SIZE  128

/* In place of a list: cycles, instructions, data-TLB misses with page walks, last-level misses. */
#define PMU_DEFAULT "default"

/* A list of events, as asked for. */
struct pmu_names {
    char name[PMU_EVENTS_MAX][PMU_NAME_SIZE];
    unsigned count;
};

enum pmu_side { PMU_GUEST, PMU_HOST, PMU_SIDES };

struct pmu_event {
    struct perf_event_attr attr; /* type, config*, exclude_*, precise_ip; all else is for who opens it */
    bool software;               /* the kernel's own: counts without a PMU, and the guest has no part in it */
    bool side[PMU_SIDES];        /* to be counted apart */
    bool together;               /* mg and mh: both in one number, side[PMU_HOST] */
};

/* False with one line in `why`: what is wrong, and the mend. */
bool pmu_event_encode(const char *name, struct pmu_event *event, char *why, size_t why_size);

/* The same event on one side. */
struct perf_event_attr pmu_event_attr(const struct pmu_event *event, enum pmu_side side);

/*
 * Adds the names of a list that commas separate; PMU_DEFAULT stands for the
 * default set. Each is encoded to see that it is one.
 */
bool pmu_names_add(struct pmu_names *names, const char *list, char *why, size_t why_size);

/* One event that this computer offers. The strings live until the call returns. */
struct pmu_offer {
    const char *pmu, *name, *equivalent, *description; /* equivalent: another name of it, or NULL */
    bool unit_mask;                                    /* it is one of the event's unit masks: PMU::EVENT:MASK */
};

/*
 * Every event whose full name or description holds `pattern` (NULL: all),
 * upper or lower case, is handed to `take`. Returns how many; `pmus` gets the
 * names of the processor's PMUs that libpfm4 knows here, "" for none.
 */
size_t pmu_offers(const char *pattern, void (*take)(void *context, const struct pmu_offer *offer), void *context,
                  char *pmus, size_t pmus_size);

#endif
