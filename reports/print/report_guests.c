/*
 * report_guests.c: beneath the costs, what guests lose by those beside them, how the processor was shared, and what the
 * next guest costs; nothing where each guest is alone.
 */
#include "common/memory.h"
#include "reports/common/number.h"
#include "reports/print/report_print.h"
#include "reports/result/company.h"

#include <stdlib.h>
#include <string.h>

static void one_loss(FILE *f, const struct model *m, const struct company *c, size_t row, double alone, double beside)
{
    char was[NUMBER_SIZE], is[NUMBER_SIZE], longest[NUMBER_SIZE];
    double share[COMPANY_GUESTS], due[COMPANY_GUESTS];
    number_cost(was, alone, true);
    number_cost(is, beside, true);
    number_cost(longest, model_at(m, row, c->column)->high, true);
    fprintf(f, "%s %s to %s (%+.1f %%), at the longest %s", m->row[row].label, was, is, (beside / alone - 1) * 100,
            longest);
    const size_t guests = company_shares(m, c, row, share);
    if (guests)
        fprintf(f, ", %.0f %% of what all of them ran", 100 * share[guests - 1]);
    if (guests && company_competes(m, c, row)) {
        company_due(m, c, due, guests);
        fprintf(f, " (%.0f due)", 100 * due[guests - 1]);
    }
    fputs("; ", f);
}

/* "halt_wake 4144 to 9071 (+118.9 %), at the longest 10.1M, 12 % of what all of them ran; …". */
static void losses(const struct model *m, const struct company *c, FILE *f)
{
    unsigned said = 0, same = 0;
    double alone, beside;
    for (size_t row = 0; row < m->rows; row++) {
        if (!company_costs(m, c, row, &alone, &beside))
            continue;
        if (alone != beside)
            one_loss(f, m, c, row, alone, beside);
        said += alone != beside;
        same += alone == beside;
    }
    if (!said)
        fputs(same ? "no mean differs" : "nothing to hold it against: the result has no such guest alone", f);
    else
        fprintf(f, "%u the same", same);
}

static json_int_t number(const json_t *step, const char *key)
{
    return json_integer_value(json_object_get(step, key));
}

/* Of Xen: the second and the last, since the first pays for what is there once. */
static void next_guest(const json_t *guests, FILE *f)
{
    const size_t neighbours = json_array_size(guests) - 1, at[] = {1, neighbours - 1};
    if (neighbours < 3 || !json_object_get(json_array_get(guests, 1), "create"))
        return;
    for (unsigned i = 0; i < 2; i++) {
        const json_t *guest = json_array_get(guests, at[i]);
        const json_t *create = json_object_get(guest, "create"), *destroy = json_object_get(guest, "destroy");
        char ticks[NUMBER_SIZE], end[NUMBER_SIZE];
        number_cost(ticks, (double)number(create, "ticks"), true);
        number_cost(end, (double)number(destroy, "ticks"), true);
        fprintf(f, "%s guest %zu took %s to create, with %lld requests to XenStore, and %s to destroy", i ? "," : ";",
                at[i] + 1, ticks, (long long)number(create, "store"), end);
    }
}

char *report_guest(const struct model *m, const struct company *c)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = memory_stream(&text, &size);
    if (!f)
        return NULL;
    fprintf(f, "%s %s, %s: ", m->column[c->column].hypervisor, c->mode, c->name);
    if (c->lost)
        fprintf(f, "a guest beside it was not there all the time: %s", c->lost);
    else
        losses(m, c, f);
    next_guest(company_guests(m, c), f);
    fclose(f);
    return text;
}

void report_guests(const struct model *m, const struct report_options *o, FILE *out)
{
    struct company c[MODEL_COLUMNS_MAX];
    const size_t n = companies_find(m, c);
    if (!n)
        return;
    fputc('\n', out);
    report_line(out, o, "beside",
                "each against the same guest alone, by the mean, since a turn of another guest falls into few samples");
    for (size_t i = 0; i < n; i++) {
        char *text = report_guest(m, &c[i]);
        report_line(out, o, "", "%s", text ? text : "");
        free(text);
    }
}
