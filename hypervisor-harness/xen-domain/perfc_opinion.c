/* perfc_opinion.c: counters by their names, and their comparison with the trace; perfc_opinion.h says how. */
#include "hypervisor-harness/xen-domain/perfc_opinion.h"

#include <inttypes.h>
#include <string.h>

/* Xen, asm/perfc_defn.h: VMEXIT_NPF (0x400) is counted as number 143. */
#define SVM_HIGH       0x400u
#define SVM_HIGH_PERFC 143u

unsigned xen_counts_exit(uint32_t code)
{
    return code < SVM_HIGH ? code : code - SVM_HIGH + SVM_HIGH_PERFC;
}

/* One value a processor. */
static uint32_t sum(const uint32_t *value, uint32_t count)
{
    uint32_t all = 0;
    while (count--)
        all += *value++;
    return all;
}

int xen_perfc_decode(struct xen_counts *c, const struct xen_perfc_counter *counter, size_t counters,
                     const uint32_t *value, size_t values, char *why, size_t why_size)
{
    bool calls = false, writes = false;
    *c = (struct xen_counts){0};
    for (size_t i = 0, at = 0; i < counters; at += counter[i++].values) {
        const char *name = counter[i].name;
        uint32_t own = counter[i].values;
        if (!memchr(name, 0, sizeof(counter[i].name)) || own > values - at) {
            snprintf(why, why_size, "Xen's performance counters are not as its headers say");
            return -1;
        }
        if (strcmp(name, "hypercalls") == 0) {
            calls = true;
            memcpy(c->call, value + at, (own < XEN_COUNTS_CALLS ? own : XEN_COUNTS_CALLS) * sizeof(*value));
        } else if (strcmp(name, "vmexits") == 0) {
            c->has_exits = true;
            memcpy(c->exit, value + at, (own < XEN_COUNTS_EXITS ? own : XEN_COUNTS_EXITS) * sizeof(*value));
        } else if (strcmp(name, "writable pt emulations") == 0) {
            writes = true;
            c->page_table_writes = sum(value + at, own);
        } else if (strcmp(name, "calls from multicall") == 0) {
            c->sub_calls = sum(value + at, own);
        }
    }
    if (calls && writes)
        return 0;
    snprintf(why, why_size, "Xen has no performance counter called \"%s\"",
             calls ? "writable pt emulations" : "hypercalls");
    return -1;
}

struct comparison {
    FILE *out;
    const char *kind;
    uint64_t counters, traced, least, most;
    unsigned differences;
    char *why;
    size_t why_size;
};

/* The counters run over after 2^32, and are compared by their difference. */
static void compare(struct comparison *c, unsigned index, uint32_t traced, uint32_t less, uint32_t least, uint32_t most)
{
    bool agree =
        (traced >= least && traced <= most) || (traced >= less && traced - less >= least && traced - less <= most);
    c->counters += least || most || traced;
    c->traced += traced;
    c->least += least;
    c->most += most;
    if (agree || c->differences++ >= XEN_PERFC_DIFFERENCES)
        return;
    fprintf(c->out, "M opinion differs kind=%s index=%u trace=%" PRIu32 " least=%" PRIu32 " most=%" PRIu32 "\n",
            c->kind, index, traced, least, most);
    if (!c->why[0])
        snprintf(c->why, c->why_size,
                 "Xen's performance counters differ from its trace: %s number %u traced %" PRIu32
                 " times, counted %" PRIu32 " to %" PRIu32 " times",
                 c->kind, index, traced, least, most);
}

static void begin(struct comparison *c, const char *kind)
{
    c->kind = kind;
    c->counters = c->traced = c->least = c->most = 0;
}

static void end(const struct comparison *c)
{
    fprintf(c->out, "M opinion sum kind=%s counters=%" PRIu64 " trace=%" PRIu64 " least=%" PRIu64 " most=%" PRIu64 "\n",
            c->kind, c->counters, c->traced, c->least, c->most);
}

bool xen_perfc_compare(const struct xen_perfc_readings *r, const struct xen_counts *traced, unsigned unfinished,
                       FILE *out, char *why, size_t why_size)
{
    struct comparison c = {.out = out, .why = why, .why_size = why_size};
    why[0] = 0;
    begin(&c, "hypercalls");
    for (unsigned i = 0; i < XEN_COUNTS_CALLS; i++)
        compare(&c, i, traced->call[i], i == unfinished, r->off.call[i] - r->on.call[i],
                r->after.call[i] - r->before.call[i]);
    end(&c);
    begin(&c, "vmexits");
    for (unsigned i = 0; i < XEN_COUNTS_EXITS && r->before.has_exits; i++)
        compare(&c, i, traced->exit[i], 0, r->off.exit[i] - r->on.exit[i], r->after.exit[i] - r->before.exit[i]);
    end(&c);
    begin(&c, "sub_calls");
    compare(&c, 0, traced->sub_calls, 0, r->off.sub_calls - r->on.sub_calls, r->after.sub_calls - r->before.sub_calls);
    end(&c);
    begin(&c, "page_table_writes");
    compare(&c, 0, traced->page_table_writes, 0, r->off.page_table_writes - r->on.page_table_writes,
            r->after.page_table_writes - r->before.page_table_writes);
    end(&c);
    return !c.differences;
}
