/*
 * report_first_domain.c: beside the kinds of entries, what Xen's first domain did meanwhile: on
 * Xen the work of an emulated device is done there, and the guest's entries do not show it.
 */
#include "reports/common/number.h"
#include "common/memory.h"
#include "reports/common/wrap.h"
#include "reports/print/report_print.h"

#include <stdlib.h>
#include <string.h>

enum { WORKLOAD, COLUMN, RAN, DEVICE_MODEL, BACK_ENDS, REST, UPCALLS, KERNEL, PROGRAMS };

#define CALLS_WIDTH 36 /* what does not fit is counted */

/* The cell's host_side when the first domain did anything in it; else NULL. */
static const json_t *side_of(const struct model *m, size_t row, unsigned column)
{
    const json_t *side = json_object_get(model_document(m, row, column), "host_side");
    const json_t *ran = json_object_get(json_object_get(side, "first_domain_ran"), "value");
    bool called = json_number_value(json_object_get(side, "upcalls")) > 0;
    return json_number_value(ran) > 0 || called ? side : NULL;
}

static void cost(struct table *t, size_t row, unsigned column, const json_t *value, double operations, bool exact)
{
    char number[NUMBER_SIZE];
    if (json_is_number(value))
        number_cost(number, json_number_value(value) / operations, exact);
    table_set(t, row, column, "%s", json_is_number(value) ? number : "?");
}

static void sum(struct table *t, size_t row, unsigned column, const json_t *time, const char *const *parties, size_t n,
                double operations, bool exact)
{
    double all = 0;
    for (size_t i = 0; i < n; i++)
        all += json_number_value(json_object_get(time, parties[i]));
    json_t *value = json_is_object(time) ? json_real(all) : NULL;
    cost(t, row, column, value, operations, exact);
    json_decref(value);
}

struct call {
    const char *name;
    double count;
};

static int more_often(const void *a, const void *b)
{
    const struct call *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->name, y->name);
}

/* "dm_op 2, memory_op .03": the most frequent first. */
static void calls(struct table *t, size_t row, unsigned column, const json_t *counts, double operations)
{
    const char *name;
    json_t *count;
    size_t n = 0, shown = 0, size = 0;
    char *text = NULL;
    struct call *sorted = calloc(json_object_size(counts) + 1, sizeof(*sorted));
    FILE *out = memory_stream(&text, &size);
    if (!sorted || !out)
        out_of_memory();
    json_object_foreach((json_t *)counts, name, count)
    {
        if (json_is_number(count) && text_is_name(name))
            sorted[n++] = (struct call){name, json_number_value(count)};
    }
    qsort(sorted, n, sizeof(*sorted), more_often);
    for (; shown < n; shown++) {
        char number[NUMBER_SIZE];
        if (shown && (size_t)ftell(out) + strlen(sorted[shown].name) > CALLS_WIDTH)
            break;
        number_entries(number, sorted[shown].count / operations);
        fprintf(out, "%s%s %s", shown ? ", " : "", sorted[shown].name, number);
    }
    if (n > shown)
        fprintf(out, ", %zu more", n - shown);
    if (fclose(out) == 0)
        table_set(t, row, column, "%s", !json_is_object(counts) ? "?" : n ? text : "0");
    free(text);
    free(sorted);
}

/* All of them in one number. */
static void number_of_calls(struct table *t, size_t row, unsigned column, const json_t *counts, double operations)
{
    char number[NUMBER_SIZE] = "?";
    const char *name;
    json_t *count;
    double all = 0;
    json_object_foreach((json_t *)counts, name, count) all += json_number_value(count);
    if (json_is_object(counts))
        number_entries(number, all / operations);
    table_set(t, row, column, "%s", number);
}

/* Of all programs together: `privcmd` is by who asked. */
static json_t *together(const json_t *privcmd)
{
    const char *party, *name;
    json_t *asked, *count, *all = json_is_object(privcmd) ? json_object() : json_null();
    json_object_foreach((json_t *)privcmd, party, asked)
    {
        json_object_foreach(asked, name, count)
        {
            double before = json_number_value(json_object_get(all, name));
            json_object_set_new(all, name, json_real(before + json_number_value(count)));
        }
    }
    return all;
}

static void cell_row(const struct model *m, size_t row, unsigned column, const json_t *side, struct table *t,
                     bool *named)
{
    static const char *const device_model[] = {"device_model"}, *const rest[] = {"pvbench", "idle", "others"};
    static const char *const back_ends[] = {"kernel_threads", "xenstored", "xenconsoled"};
    const struct model_cell *cell = model_at(m, row, column);
    const struct model_column *c = &m->column[column];
    const json_t *time = json_object_get(side, "processor_time");
    double operations = cell->any->iterations * cell->any->operations;
    char number[NUMBER_SIZE];
    size_t at = table_row(t);
    if (operations <= 0)
        operations = 1;
    if (!*named)
        table_set(t, at, WORKLOAD, "%s", m->row[row].label);
    *named = true;
    table_set(t, at, COLUMN, m->groups > 1 ? "%s %s" : "%s", c->mode, c->machine);
    cost(t, at, RAN, json_object_get(json_object_get(side, "first_domain_ran"), "value"), operations, c->exact);
    sum(t, at, DEVICE_MODEL, time, device_model, 1, operations, c->exact);
    sum(t, at, BACK_ENDS, time, back_ends, 3, operations, c->exact);
    sum(t, at, REST, time, rest, 3, operations, c->exact);
    const json_t *upcalls = json_object_get(side, "upcalls");
    number_entries(number, json_number_value(upcalls) / operations);
    table_set(t, at, UPCALLS, "%s", json_is_number(upcalls) ? number : "?");
    json_t *asked = together(json_object_get(side, "privcmd"));
    calls(t, at, PROGRAMS, asked, operations);
    json_decref(asked);
    number_of_calls(t, at, KERNEL, json_object_get(side, "kernel_hypercalls"), operations);
}

void report_first_domain(const struct model *m, const struct report_options *o, FILE *out)
{
    const char *unit;
    bool one = model_one_unit(m, &unit);
    char head[80];
    struct table t;
    table_start(&t);
    snprintf(head, sizeof(head), "on its processor%s%.40s", one ? ", " : "", one ? unit : "");
    table_column(&t, "", "workload", false);
    table_column(&t, "", "in", false);
    table_column(&t, head, "all", true);
    table_column(&t, head, "device model", true);
    table_column(&t, head, "back ends", true);
    table_column(&t, head, "rest", true);
    table_column(&t, "", "upcalls", true);
    table_column(&t, "hypercalls", "kernel", true);
    table_column(&t, "hypercalls", "programs", false);
    for (size_t row = 0; row < m->rows; row++) {
        bool named = false;
        for (unsigned column = 0; column < m->columns; column++) {
            const json_t *side = side_of(m, row, column);
            if (side)
                cell_row(m, row, column, side, &t, &named);
        }
    }
    if (t.rows) {
        fputs("\nXen's first domain meanwhile, per operation; of one boot:\n\n", out);
        table_print(&t, o->style, out);
    }
    table_free(&t);
}
