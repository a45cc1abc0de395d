/* Any bytes as a file of xentrace: refused with its place, or shown as tables and JSON. The first byte says how they
 * come. */
#include "runner/command/trace_json.h"
#include "runner/command/trace_records.h"
#include "runner/command/trace_table.h"
#include "runner/command/trace_xen.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void show(const struct trace_xen *x, const struct trace_records *records, FILE *nowhere)
{
    uint32_t domain[TRACE_XEN_DOMAINS];
    size_t n = trace_xen_domains(x, domain);
    for (size_t i = 0; i < n && i < 8; i++) {
        struct trace_guest guest = {.is_domain = true, .process = domain[i], .name = "a domain"};
        struct trace_view v = {0};
        json_t *document = json_object();
        trace_xen_view(x, domain[i], &v);
        trace_table_print(nowhere, &v, trace_xen_seconds(x), true);
        trace_records_print(nowhere, records, domain[i]);
        trace_json(document, &v);
        trace_metrics_print(nowhere, &guest, &v, 1, true);
        if (json_object_size(document) < 5)
            abort();
        json_decref(document);
        trace_view_free(&v);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static FILE *nowhere;
    const struct trace_wants wants = {.records = true, .longer = 100};
    struct trace_records records = {.most = 64};
    char why[128];
    if (!size)
        return 0;
    nowhere = nowhere ? nowhere : fopen("/dev/null", "w");
    struct trace_xen *x = trace_xen_new(*bytes & 1 ? 1e9 : 0, &wants, trace_records_take, &records);
    struct xentrace *stream = xentrace_new(trace_xen_take, x);
    const size_t step = *bytes >> 1 ? *bytes >> 1 : size;
    bool good = true;
    for (size_t at = 1; good && at < size; at += step)
        good = xentrace_feed(stream, bytes + at, size - at < step ? size - at : step, why, sizeof(why));
    if (xentrace_end(stream, why, sizeof(why)) && good)
        show(x, &records, nowhere);
    xentrace_free(stream);
    trace_xen_free(x);
    trace_records_free(&records);
    return 0;
}
