/* hypervisor_log_write.c: regions and their kinds, as hypervisor_log.c reads them. */
#include "collectors/hypervisor_log_write.h"
#include "collectors/entry_names.h"

#include <inttypes.h>

void log_write_region(const struct region *r, unsigned id, FILE *out)
{
    fprintf(out, "M region id=%u spans=%" PRIu64 " ticks=%" PRIu64 "%s\n", id, r->spans, r->ticks,
            r->torn ? " open=1" : "");
}

void log_write_regionend(unsigned id, FILE *out)
{
    fprintf(out, "M regionend id=%u\n", id);
}

/* Lines are bounded, so a long list is several lines of the same head. */
static void write_costs(const struct distribution *d, const char *head, FILE *out)
{
    size_t line = 0;
    for (size_t i = 0; i < d->items; i++) {
        char item[48];
        int n = snprintf(item, sizeof(item), d->item[i].count > 1 ? " %" PRIu64 "*%" PRIu64 : " %" PRIu64,
                         d->item[i].value, d->item[i].count);
        if (line && line + (size_t)n >= PVB_LINE_MAX) {
            fputc('\n', out);
            line = 0;
        }
        if (!line)
            line = (size_t)fprintf(out, "M dist %s rest=0", head);
        line += (size_t)fprintf(out, "%s", item);
    }
    fputc('\n', out);
}

static void write_details(const struct entry_kind *k, const char *head, FILE *out)
{
    fprintf(out, "M detail %s rest=0", head);
    for (size_t i = 0; i < k->details; i++)
        fprintf(out, " %" PRIx64 ":%" PRIu64, k->detail[i].key, k->detail[i].count);
    fputc('\n', out);
}

static void write_kind(const struct entry_kind *k, unsigned id, FILE *out)
{
    char head[96];
    snprintf(head, sizeof(head), "id=%u class=%s code=%" PRIu64, id, class_name(k->class), k->code);
    if (k->has_costs) {
        fprintf(out, "M entry %s count=%" PRIu64 " total=%" PRIu64 " min=%" PRIu64 " max=%" PRIu64 "\n", head, k->count,
                k->total, k->min, k->max);
        write_costs(&k->costs, head, out);
    } else {
        fprintf(out, "M entry %s count=%" PRIu64 " costs=none\n", head, k->count);
    }
    if (k->details)
        write_details(k, head, out);
}

void log_write_kinds(const struct region *r, unsigned id, FILE *out)
{
    for (size_t i = 0; i < r->kinds; i++)
        if (r->kind[i].count)
            write_kind(&r->kind[i], id, out);
    for (size_t i = 0; i < r->others; i++)
        fprintf(out, "M others id=%u class=%s code=%" PRIu64 " count=%" PRIu64 "\n", id, class_name(r->other[i].class),
                r->other[i].code, r->other[i].count);
}
