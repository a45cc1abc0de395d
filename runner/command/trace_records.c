/* trace_records.c: records of single entries; trace_records.h says for whom. */
#include "runner/command/trace_records.h"

#include "common/memory.h"
#include "common/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void trace_records_take(void *with, const struct trace_record *record)
{
    struct trace_records *r = with;
    if (r->symbols)
        trace_symbols_count(r->symbols, record);
    if (record->until < record->since || record->until - record->since < r->longer)
        return;
    if (r->records == r->most) {
        r->left_out++;
        return;
    }
    if (!(r->records & (r->records - 1)))
        r->record = memory_grown(r->record, (r->records ? 2 * r->records : 1) * sizeof(*r->record));
    r->record[r->records++] = *record;
}

void trace_records_free(struct trace_records *r)
{
    trace_symbols_free(r->symbols);
    free(r->record);
    r->record = NULL;
    r->records = 0;
}

/* What was under way at the start began before it. */
static double moment(const struct trace_records *r, const struct trace_record *x)
{
    return ((double)x->since - (double)r->start) / 1e9;
}

static void name_address(const struct trace_record *x, char *into, size_t size)
{
    snprintf(into, size, x->address ? "0x%" PRIx64 : "-", x->address);
}

void trace_records_print(FILE *out, const struct trace_records *r, uint32_t guest)
{
    char address[32];
    uint64_t n = 0;
    for (size_t i = 0; i < r->records; i++) {
        const struct trace_record *x = &r->record[i];
        if (x->guest != guest)
            continue;
        if (!n++)
            fprintf(out, "\nsingle exits of %.3f us and more\n  %14s %6s %12s %-18s %-24s about\n",
                    (double)r->longer / 1000, "moment s", "vCPU", "us", "guest address", "exit");
        name_address(x, address, sizeof(address));
        fprintf(out, "  %14.9f %6" PRIu32 " %12.3f %-18s %-24s %s%s%s\n", moment(r, x), x->vcpu,
                (double)(x->until - x->since) / 1000, address, x->kind, x->about,
                x->about[0] && x->through_userspace ? ", " : "", x->through_userspace ? "through userspace" : "");
    }
    if (!n)
        fprintf(out, "\nno exit took %.3f us or more\n", (double)r->longer / 1000);
}

json_t *trace_records_json(const struct trace_records *r, uint32_t guest)
{
    json_t *list = json_array();
    char address[32];
    for (size_t i = 0; i < r->records; i++) {
        const struct trace_record *x = &r->record[i];
        if (x->guest != guest)
            continue;
        json_t *entry = json_pack("{s:f, s:i, s:s, s:I}", "moment", moment(r, x), "vcpu", (int)x->vcpu, "exit", x->kind,
                                  "ns", (json_int_t)(x->until - x->since));
        name_address(x, address, sizeof(address));
        json_object_set_new(entry, "address", x->address ? json_string(address) : json_null());
        if (x->about[0])
            json_object_set_new(entry, "about", json_string(x->about));
        if (x->through_userspace)
            json_object_set_new(entry, "through_userspace", json_true());
        json_array_append_new(list, entry);
    }
    return list;
}

/* --- Chrome's format --------------------------------------------------------------- */

static json_t *name_event(const char *what, unsigned process, int thread, const char *name)
{
    char clean[128];
    text_line(clean, sizeof(clean), "%s", name);
    return json_pack("{s:s, s:s, s:i, s:i, s:{s:s}}", "ph", "M", "name", what, "pid", (int)process, "tid", thread,
                     "args", "name", clean);
}

/* Once for each; there are few, and the last one is nearly always the next. */
struct named {
    uint32_t guest, vcpu;
};

static void name_vcpu(json_t *events, struct named **named, size_t *n, const struct trace_record *x, unsigned process)
{
    char name[32];
    for (size_t i = *n; i-- > 0;)
        if ((*named)[i].guest == x->guest && (*named)[i].vcpu == x->vcpu)
            return;
    *named = memory_grown(*named, (*n + 1) * sizeof(**named));
    (*named)[(*n)++] = (struct named){x->guest, x->vcpu};
    snprintf(name, sizeof(name), "vCPU %" PRIu32, x->vcpu);
    json_array_append_new(events, name_event("thread_name", process, (int)x->vcpu, name));
}

static json_t *exit_event(const struct trace_records *r, const struct trace_record *x, unsigned process)
{
    char address[32];
    name_address(x, address, sizeof(address));
    json_t *args = json_pack("{s:s}", "address", address);
    if (x->about[0])
        json_object_set_new(args, "about", json_string(x->about));
    json_object_set_new(args, "through_userspace", json_boolean(x->through_userspace));
    return json_pack("{s:s, s:s, s:s, s:i, s:i, s:f, s:f, s:o}", "ph", "X", "cat", "exit", "name", x->kind, "pid",
                     (int)process, "tid", (int)x->vcpu, "ts", moment(r, x) * 1e6, "dur",
                     (double)(x->until - x->since) / 1000, "args", args);
}

json_t *trace_records_chrome(const struct trace_records *r, const struct trace_guest *guest, size_t guests)
{
    json_t *events = json_array();
    struct named *named = NULL;
    size_t n = 0;
    for (size_t g = 0; g < guests; g++)
        json_array_append_new(events, name_event("process_name", guest[g].process, 0, guest[g].name));
    for (size_t i = 0; i < r->records; i++) {
        unsigned process = guest[r->record[i].guest].process;
        name_vcpu(events, &named, &n, &r->record[i], process);
        json_array_append_new(events, exit_event(r, &r->record[i], process));
    }
    free(named);
    return json_pack("{s:s, s:o}", "displayTimeUnit", "ns", "traceEvents", events);
}
