/* company.c: finds guests with others beside them, and what is known of these; company.h says what for. */
#include "reports/result/company.h"
#include "common/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "2guests-compute" of "pv+pv+2guests-compute+credit"; 0: there is none. */
static unsigned take_piece(const char *mode, struct company *c)
{
    for (const char *at = strchr(mode, '+'); at; at = strchr(at + 1, '+')) {
        const size_t size = 1 + strcspn(at + 1, "+");
        char *end;
        const unsigned long guests = strtoul(at + 1, &end, 10);
        if (end == at + 1 || strncmp(end, "guests", 6) != 0 || guests < 2 || guests > 256)
            continue;
        snprintf(c->name, sizeof(c->name), "%.*s", (int)size - 1, at + 1);
        snprintf(c->mode, sizeof(c->mode), "%.*s%s", (int)(at - mode), mode, at + size);
        return (unsigned)guests;
    }
    return 0;
}

static bool find_base(const struct model *m, struct company *c)
{
    const struct model_column *is = &m->column[c->column];
    for (unsigned i = 0; i < m->columns; i++) {
        const struct model_column *other = &m->column[i];
        if (strcmp(other->hypervisor, is->hypervisor) == 0 && strcmp(other->machine, is->machine) == 0 &&
            strcmp(other->mode, c->mode) == 0) {
            c->base = i;
            return true;
        }
    }
    return false;
}

const json_t *company_guests(const struct model *m, const struct company *c)
{
    const json_t *runs = json_object_get(m->result->document, "runs");
    const json_t *run = json_array_get(runs, (size_t)(m->column[c->column].run - m->result->run));
    return json_object_get(run, "guests");
}

static const char *lost_of(const json_t *guests)
{
    size_t i;
    const json_t *guest;
    json_array_foreach((json_t *)guests, i, guest)
    {
        const char *status = json_string_value(json_object_get(guest, "status"));
        const char *reason = json_string_value(json_object_get(guest, "reason"));
        if (status && strcmp(status, "ok") != 0)
            return reason ? reason : status;
    }
    return NULL;
}

size_t companies_find(const struct model *m, struct company into[MODEL_COLUMNS_MAX])
{
    size_t n = 0;
    for (unsigned column = 0; column < m->columns; column++) {
        struct company c = {.column = column};
        c.guests = take_piece(m->column[column].mode, &c);
        if (!c.guests)
            continue;
        c.has_base = find_base(m, &c);
        c.lost = lost_of(company_guests(m, &c));
        into[n++] = c;
    }
    return n;
}

bool company_costs(const struct model *m, const struct company *c, size_t row, double *alone, double *beside)
{
    if (!c->has_base)
        return false;
    const struct model_cell *was = model_at(m, row, c->base), *is = model_at(m, row, c->column);
    if (!was->has_cost || !is->has_cost || was->mean <= 0 || strcmp(was->unit, is->unit) != 0)
        return false;
    *alone = was->mean;
    *beside = is->mean;
    return true;
}

size_t company_shares(const struct model *m, const struct company *c, size_t row, double share[COMPANY_GUESTS])
{
    const json_t *shares = json_object_get(model_document(m, row, c->column), "shares"), *one;
    double all = 0;
    size_t i, count = 0;
    json_array_foreach((json_t *)shares, i, one)
    {
        if (count == COMPANY_GUESTS)
            return 0;
        share[count] = (double)json_integer_value(json_object_get(json_object_get(one, "ran"), "value"));
        all += share[count++];
    }
    for (i = 0; i < count; i++)
        share[i] /= all;
    return all > 0 && count == c->guests ? count : 0;
}

static double number_of(const json_t *guest, const char *key, double otherwise)
{
    const json_t *number = json_object_get(guest, key);
    return json_is_integer(number) ? (double)json_integer_value(number) : otherwise;
}

/* A cap that is less than the weight's part binds; what it leaves may make others' weights worth more than their caps.
 */
void company_due(const struct model *m, const struct company *c, double due[COMPANY_GUESTS], size_t guests)
{
    const json_t *all = company_guests(m, c);
    bool capped[COMPANY_GUESTS] = {false}, again = true;
    while (again) {
        double left = 1, weights = 0;
        for (size_t i = 0; i < guests; i++) {
            const json_t *g = json_array_get(all, i);
            left -= capped[i] ? due[i] : 0;
            weights += capped[i] ? 0 : number_of(g, "weight", 1);
        }
        again = false;
        for (size_t i = 0; i < guests; i++) {
            const json_t *g = json_array_get(all, i);
            const double cap = number_of(g, "cap", 0) / 100;
            if (capped[i])
                continue;
            due[i] = left * number_of(g, "weight", 1) / weights;
            if (cap > 0 && due[i] > cap) {
                due[i] = cap;
                capped[i] = again = true;
            }
        }
    }
}

/* Of the loads that pvbench has; of another nothing is known. */
static bool never_sleeps(const char *load)
{
    static const char *const loads[] = {"compute",    "memory_walk", "address_space_lifecycle",
                                        "page_fault", "yield",       NULL};
    return load && text_is_any(load, loads);
}

bool company_competes(const struct model *m, const struct company *c, size_t row)
{
    const json_t *other = json_array_get(company_guests(m, c), 0);
    return never_sleeps(m->row[row].name) && never_sleeps(json_string_value(json_object_get(other, "load")));
}
