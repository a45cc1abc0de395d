/* losses.c: see losses.h. */
#include "runner/command/losses.h"
#include "common/text.h"
#include "runner/document/run_json.h"

#include <string.h>

unsigned losses_report(const json_t *runs)
{
    unsigned lost = 0;
    size_t i, j;
    json_t *run, *bench;
    json_array_foreach(runs, i, run)
    {
        const char *status = json_string_value(json_object_get(run, "status"));
        const char *hypervisor = json_string_value(json_object_get(json_object_get(run, "hypervisor"), "name"));
        char guest[SETTING_KEY_SIZE];
        run_json_guest(run, guest);
        int boot = (int)json_integer_value(json_object_get(run, "boot"));
        if (strcmp(status, "skipped") == 0)
            continue;
        if (strcmp(status, "ok") != 0) {
            lost++;
            text_print(stderr, "pvbench: %s %s boot %d: %s: %s", hypervisor, guest, boot, status,
                       json_string_value(json_object_get(run, "reason")));
        }
        json_array_foreach(json_object_get(run, "benchmarks"), j, bench)
        {
            const char *state = json_string_value(json_object_get(bench, "status"));
            if (strcmp(state, "ok") == 0 || strcmp(state, "not_applicable") == 0)
                continue;
            lost++;
            text_print(stderr, "pvbench: %s %s boot %d: %s: %s: %s", hypervisor, guest, boot,
                       json_string_value(json_object_get(bench, "name")), state,
                       json_string_value(json_object_get(bench, "reason")));
        }
    }
    return lost;
}
