/* list_events.c: `pvbench list --events`: what can be counted here, and whether it would be. */
#include "runner/command/list_events.h"
#include "common/json_text.h"

#include "collectors/pmu_events.h"
#include "collectors/pmu_open.h"

#include <stdio.h>
#include <string.h>

static void add_json(void *context, const struct pmu_offer *offer)
{
    json_t *event = json_pack("{s:s, s:o, s:s}", "pmu", offer->pmu, "event",
                              json_sprintf("%s::%s", offer->pmu, offer->name), "description", offer->description);
    if (offer->equivalent)
        json_object_set_new(event, "equivalent", json_text(offer->equivalent));
    json_array_append_new(context, event);
}

json_t *events_json(const char *pattern)
{
    char pmus[256], why[PMU_WHY_SIZE] = "";
    json_t *list = json_array();
    pmu_offers(pattern, add_json, list, pmus, sizeof(pmus));
    bool counts = pmu_counts_here(why, sizeof(why));
    json_t *all = json_pack("{s:o, s:b, s:o}", "processor_pmu", *pmus ? json_text(pmus) : json_null(), "counts", counts,
                            "events", list);
    if (!counts)
        json_object_set_new(all, "reason", json_text(why));
    return all;
}

void events_print(const json_t *all)
{
    const json_t *list = json_object_get(all, "events"), *event;
    const char *pmus = json_string_value(json_object_get(all, "processor_pmu"));
    const char *reason = json_string_value(json_object_get(all, "reason"));
    size_t i;
    json_array_foreach(list, i, event)
    {
        const char *equivalent = json_string_value(json_object_get(event, "equivalent"));
        printf("%-58s %s%s%s\n", json_string_value(json_object_get(event, "event")), equivalent ? "as " : "",
               equivalent ? equivalent : "",
               equivalent ? "" : json_string_value(json_object_get(event, "description")));
    }
    if (i)
        putchar('\n');
    printf("%zu events; processor: %s\n", i,
           pmus ? pmus : "libpfm4 knows no PMU of it, so its own events have no names here; r… gives their codes");
    printf("hardware events %s%s\n", reason ? "cannot be counted here: " : "can be counted here", reason ? reason : "");
}
