/* variants.c: finds each variant's base, and whether it changed anything; variants.h says what for. */
#include "reports/result/variants.h"
#include "common/text.h"

#include <string.h>

static const json_t *document_of(const struct model *m, unsigned column)
{
    const json_t *runs = json_object_get(m->result->document, "runs");
    return json_array_get(runs, (size_t)(m->column[column].run - m->result->run));
}

static const json_t *protections(const struct model *m, unsigned column)
{
    return json_object_get(document_of(m, column), "protections");
}

static const char *word(const json_t *variant, const char *key, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(variant, key));
    return text ? text : otherwise;
}

/* "pv" of "pv+xpti". */
static void plain_mode(const char *mode, const char *name, char into[VARIANT_MODE])
{
    const size_t all = strlen(mode), end = strlen(name) + 1;
    const bool has_name = all > end && mode[all - end] == '+' && strcmp(mode + all - end + 1, name) == 0;
    text_format(into, VARIANT_MODE, "%.*s", (int)(has_name ? all - end : all), mode);
}

static bool same_place(const struct model *m, const struct variant *a, const struct variant *b)
{
    const struct model_column *x = &m->column[a->column], *y = &m->column[b->column];
    return strcmp(x->hypervisor, y->hypervisor) == 0 && strcmp(x->machine, y->machine) == 0 &&
           strcmp(a->mode, b->mode) == 0;
}

static bool same_entries(const struct model_cell *a, const struct model_cell *b)
{
    return a->has_entries == b->has_entries && a->entries == b->entries;
}

bool variant_costs(const struct model *m, const struct variant *v, size_t row, double *base, double *now)
{
    const struct model_cell *was = model_at(m, row, v->base), *is = model_at(m, row, v->column);
    if (!was->has_cost || !is->has_cost || was->cost <= 0 || strcmp(was->unit, is->unit) != 0)
        return false;
    *base = was->cost;
    *now = is->cost;
    return true;
}

static void compare(const struct model *m, struct variant *v)
{
    const json_t *was = protections(m, v->base), *is = protections(m, v->column);
    double base, now;
    v->says_same = json_is_object(was) && json_is_object(is) && json_equal(was, is);
    for (size_t row = 0; row < m->rows; row++) {
        if (!variant_costs(m, v, row, &base, &now))
            continue;
        const struct model_cell *a = model_at(m, row, v->base), *b = model_at(m, row, v->column);
        v->compared++;
        v->changed += base != now || a->mean != b->mean || !same_entries(a, b);
    }
}

/* A column that is one, with itself as its base. */
static bool take(const struct model *m, unsigned column, struct variant *v)
{
    const json_t *document = document_of(m, column);
    const json_t *said = json_object_get(json_object_get(document, m->column[column].machine), "variant");
    if (!json_object_get(document, "protections"))
        return false;
    *v = (struct variant){
        .column = column, .base = column, .name = word(said, "name", "usual"), .words = word(said, "words", "")};
    plain_mode(m->column[column].mode, v->name, v->mode);
    return true;
}

/* Of its mode, as it ships; of a suite that does not say which that is, the first. */
static unsigned base_of(const struct model *m, const struct variant *all, size_t n, const struct variant *v)
{
    const struct variant *base = v;
    for (size_t i = n; i-- > 0;)
        if (same_place(m, &all[i], v) && strcmp(base->name, VARIANT_SHIPPED) != 0)
            base = &all[i];
    return base->column;
}

/* Each before the others of its mode, which stand together. */
static void put_bases_first(struct variant *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t at = i;
        while (at + 1 < n && v[at].column != v[i].base)
            at++;
        if (i && v[i].base == v[i - 1].base)
            continue;
        const struct variant base = v[at];
        memmove(&v[i + 1], &v[i], (at - i) * sizeof(*v));
        v[i] = base;
    }
}

size_t variants_find(const struct model *m, struct variant into[MODEL_COLUMNS_MAX])
{
    size_t n = 0;
    for (unsigned c = 0; c < m->columns; c++)
        n += take(m, c, &into[n]);
    for (size_t i = 0; i < n; i++) {
        into[i].base = base_of(m, into, n, &into[i]);
        compare(m, &into[i]);
    }
    put_bases_first(into, n);
    return n;
}

bool variant_is_ignored(const struct variant *v)
{
    return !variant_is_base(v) && v->says_same && v->compared && !v->changed;
}
