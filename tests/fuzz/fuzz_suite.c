/* Any bytes as a suite file: accepted and within its bounds, or refused in one line. */
#include "runner/plan/suite.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct suite s;
    struct pvb_error e = {""};
    if (suite_parse(&s, "suite.json", (const char *)bytes, size, NULL, &e)) {
        if (!e.text[0] || strchr(e.text, '\n'))
            abort();
        return 0;
    }
    if (!s.workload_count || s.workload_count > PVB_MAX_WORKLOADS || !s.mode_count || !s.hypervisor_count ||
        !s.repeats || !s.timeout_s)
        abort();
    for (unsigned i = 0; i < s.workload_count; i++)
        if (!s.workload[i].iterations || s.workload[i].iterations > PVB_MAX_ITERATIONS ||
            s.workload[i].warmup > PVB_MAX_ITERATIONS)
            abort();
    return 0;
}
