/*
 * entries_json.c: kinds of entries become named JSON objects.
 *
 * What has no row in entries.def is merged into its class's "other": it is
 * shown, not dropped, and the sum over all kinds stays the total.
 */
#include "collectors/entries_json.h"
#include "collectors/entry_names.h"
#include "collectors/summary.h"
#include "common/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *distribution_json(const struct distribution *d)
{
    json_t *list = json_array();
    for (size_t i = 0; i < d->items; i++)
        json_array_append_new(list, json_pack("[I, I]", (json_int_t)d->item[i].value, (json_int_t)d->item[i].count));
    return list;
}

static json_t *cost_json(const struct entry_kind *k, const struct measure *m)
{
    if (k->no_costs)
        return json_null();
    json_t *cost =
        json_pack("{s:s, s:s, s:I, s:I, s:o, s:I}", "unit", m->unit, "class", m->class, "total", (json_int_t)k->total,
                  "min", (json_int_t)k->min, "mean", quotient_json(k->total, k->count), "max", (json_int_t)k->max);
    if (k->has_costs && k->costs.items > 1)
        json_object_set_new(cost, "distribution", distribution_json(&k->costs));
    if (k->costs_rest)
        json_object_set_new(cost, "rest", json_integer((json_int_t)k->costs_rest));
    return cost;
}

/* Adds to what a name already has: several codes may be called "other". */
static void add_count(json_t *object, const char *name, uint64_t count)
{
    json_int_t before = json_integer_value(json_object_get(object, name));
    json_object_set_new(object, name, json_integer(before + (json_int_t)count));
}

static json_t *detail_json(const struct entry_kind *k)
{
    json_t *detail = json_object();
    for (size_t i = 0; i < k->details; i++) {
        char name[PVB_DETAIL_NAME_SIZE];
        detail_name(k->class, k->code, k->detail[i].key, name, sizeof(name));
        add_count(detail, name, k->detail[i].count);
    }
    if (k->details_rest)
        add_count(detail, "rest", k->details_rest);
    return detail;
}

/* Where single costs are told, their histogram would say nothing more. */
static void set_path(json_t *kind, const char *name, const struct entry_path *p, const struct measure *m,
                     bool histogram)
{
    if (!p->count)
        return;
    json_t *cost = json_pack("{s:s, s:s, s:I}", "unit", m->unit, "class", m->class, "total", (json_int_t)p->total);
    if (histogram) {
        json_t *log2 = json_array();
        for (unsigned i = 0; i < PVB_LOG2; i++)
            if (p->log2[i])
                json_array_append_new(log2,
                                      json_pack("[I, I]", (json_int_t)(i ? 1ull << i : 0), (json_int_t)p->log2[i]));
        json_object_set_new(cost, "min", json_integer((json_int_t)p->min));
        json_object_set_new(cost, "max", json_integer((json_int_t)p->max));
        json_object_set_new(cost, "histogram", log2);
    }
    json_object_set_new(kind, name, json_pack("{s:I, s:o}", "count", (json_int_t)p->count, "cost", cost));
}

static json_t *kind_json(const struct entry_kind *k, const struct measure *m)
{
    json_t *kind = json_pack("{s:I, s:o}", "count", (json_int_t)k->count, "cost", cost_json(k, m));
    if (!k->has_costs)
        set_path(kind, "in_kernel", &k->in_kernel, m, true);
    set_path(kind, "userspace", &k->userspace, m, !k->has_costs);
    if (k->details || k->details_rest)
        json_object_set_new(kind, "detail", detail_json(k));
    return kind;
}

/* The sum of two kinds without names; their single costs are not told apart any more. */
static void merge(struct entry_kind *into, const struct entry_kind *k)
{
    into->class = k->class;
    into->no_costs = into->no_costs || k->no_costs;
    into->code = UINT64_MAX;
    kind_add(into, k->count, k->total, k->min, k->max);
    path_add(&into->in_kernel, &k->in_kernel);
    path_add(&into->userspace, &k->userspace);
    /* Details of one kind can be told from each other; of several they could not. */
    if (into->count == k->count) {
        into->detail = k->detail;
        into->details = k->details;
        into->details_rest = k->details_rest;
    } else {
        into->details = 0;
        into->details_rest = 0;
    }
}

json_t *counts_json(const struct entry_detail *list, size_t n, const char *(*name)(uint64_t key))
{
    json_t *counts = json_object();
    for (size_t i = 0; i < n; i++) {
        char number[32];
        const char *known = name ? name(list[i].key) : NULL;
        snprintf(number, sizeof(number), name ? "%" PRIu64 : "0x%" PRIx64, list[i].key);
        add_count(counts, known ? known : number, list[i].count);
    }
    return counts;
}

static const char *hypercall_name(uint64_t key)
{
    return entry_name(PVB_CLASS_HYPERCALL, key);
}

json_t *hypercalls_json(const struct entry_detail *list, size_t n)
{
    return counts_json(list, n, hypercall_name);
}

static int by_code(const void *a, const void *b)
{
    const struct entry_kind *x = *(const struct entry_kind *const *)a, *y = *(const struct entry_kind *const *)b;
    return (x->code > y->code) - (x->code < y->code);
}

/* Counts alone, of the vCPU that marks or of the others. */
static json_t *share_json(const struct region *r, bool of_others, uint64_t *total)
{
    json_t *classes = json_object();
    *total = 0;
    for (unsigned class = 0; class < PVB_CLASSES; class ++) {
        json_t *kinds = json_object();
        for (size_t i = 0; i < r->kinds; i++) {
            const struct entry_kind *k = &r->kind[i];
            const uint64_t others = region_others(r, k->class, k->code), count = of_others ? others : k->count - others;
            const char *name = entry_name(k->class, k->code);
            if (k->class != (enum pvb_class) class || !count)
                continue;
            add_count(kinds, name ? name : "other", count);
            *total += count;
        }
        json_object_set_new(classes, class_name((enum pvb_class) class), kinds);
    }
    return classes;
}

json_t *by_vcpu_json(const struct region *r, unsigned vcpus)
{
    json_t *list = json_array();
    char others[16];
    uint64_t total;
    snprintf(others, sizeof(others), vcpus > 2 ? "1-%u" : "%u", vcpus - 1);
    for (unsigned i = 0; i < 2; i++) {
        json_t *entries = share_json(r, i, &total);
        json_array_append_new(list, json_pack("{s:s, s:I, s:o}", "vcpus", i ? others : "0", "entries_total",
                                              (json_int_t)total, "entries", entries));
    }
    return list;
}

json_t *entries_json(const struct region *r, const struct measure *m, uint64_t *total)
{
    json_t *entries = json_object();
    const struct entry_kind **sorted = malloc(r->kinds * sizeof(const struct entry_kind *) + 1);
    if (!sorted)
        out_of_memory();
    for (size_t i = 0; i < r->kinds; i++)
        sorted[i] = &r->kind[i];
    qsort(sorted, r->kinds, sizeof(const struct entry_kind *), by_code);
    *total = 0;
    for (unsigned class = 0; class < PVB_CLASSES; class ++) {
        json_t *kinds = json_object();
        struct entry_kind other = {0};
        for (size_t i = 0; i < r->kinds; i++) {
            const struct entry_kind *k = sorted[i];
            if (k->class != (enum pvb_class) class)
                continue;
            const char *name = entry_name(k->class, k->code);
            *total += k->count;
            if (name)
                json_object_set_new(kinds, name, kind_json(k, m));
            else
                merge(&other, k);
        }
        if (other.count)
            json_object_set_new(kinds, "other", kind_json(&other, m));
        json_object_set_new(entries, class_name((enum pvb_class) class), kinds);
    }
    free(sorted);
    return entries;
}
