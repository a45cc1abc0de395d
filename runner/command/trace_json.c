/* trace_json.c: views as JSON; trace_json.h says for whom. */
#include "runner/command/trace_json.h"
#include "runner/command/trace_table.h"

#include "collectors/entry_names.h"

#include <stdlib.h>

static json_t *path_json(const struct trace_path_sum *p)
{
    json_t *log2 = json_array();
    for (unsigned i = 0; i < TRACE_LOG2; i++)
        if (p->log2[i])
            json_array_append_new(log2, json_pack("[I, I]", (json_int_t)(i ? 1ull << i : 0), (json_int_t)p->log2[i]));
    return json_pack("{s:I, s:I, s:I, s:I, s:o}", "count", (json_int_t)p->count, "total", (json_int_t)p->sum, "min",
                     (json_int_t)p->min, "max", (json_int_t)p->max, "histogram", log2);
}

static json_t *sum_json(const struct trace_sum *s)
{
    if (!s->timed)
        return json_pack("{s:I}", "count", (json_int_t)s->count);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "count", (json_int_t)s->count, "total", (json_int_t)s->sum,
                     "min", (json_int_t)s->min, "p50", (json_int_t)s->p50, "p99", (json_int_t)s->p99, "p99.9",
                     (json_int_t)s->p999, "max", (json_int_t)s->max);
}

/* The exits of KVM's guests are all that they have. */
static void put_exits(json_t *into, const struct trace_view *v, json_t *exits)
{
    json_object_set_new(into, v->is_xen ? "entries" : "exits", exits);
}

static void put_total(json_t *into, const struct trace_view *v, const struct trace_sum *total)
{
    json_object_set_new(into, v->is_xen ? "entries_total" : "exits_total", json_integer((json_int_t)total->count));
    json_object_set_new(into, "under_way", json_integer((json_int_t)total->under_way));
}

/* {KIND: {…}}, with both ways out where `paths` is set. */
static json_t *exits_json(const struct trace_view *v, uint32_t vcpu, bool paths, struct trace_sum *total)
{
    static const char *const names[] = {"in_kernel", "through_userspace"};
    size_t n;
    struct trace_sum *kinds = trace_sums(v, vcpu, &n, total);
    json_t *exits = json_object();
    for (int class = 0; v->is_xen && class < PVB_CLASSES; class ++)
        json_object_set_new(exits, class_name((enum pvb_class) class), json_object());
    for (size_t i = 0; i < n; i++) {
        json_t *kind = sum_json(&kinds[i]);
        for (unsigned p = 0; paths && !v->is_xen && p < TRACE_PATHS; p++)
            if (kinds[i].path[p].count)
                json_object_set_new(kind, names[p], path_json(&kinds[i].path[p]));
        json_object_set_new(v->is_xen ? json_object_get(exits, class_name(kinds[i].class)) : exits, kinds[i].name,
                            kind);
    }
    free(kinds);
    return exits;
}

static json_t *vcpus_json(const struct trace_view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->vcpus; i++) {
        struct trace_sum total;
        json_t *vcpu = json_pack("{s:I}", "vcpu", (json_int_t)v->vcpu[i].number);
        if (v->vcpu[i].thread)
            json_object_set_new(vcpu, "thread", json_integer(v->vcpu[i].thread));
        json_t *exits = exits_json(v, (uint32_t)i, false, &total);
        put_total(vcpu, v, &total);
        put_exits(vcpu, v, exits);
        json_array_append_new(list, vcpu);
    }
    return list;
}

static json_t *section_json(const struct trace_view *v, enum trace_section section)
{
    json_t *object = json_object();
    for (size_t i = 0; i < v->counts; i++)
        if (v->count[i].section == section)
            json_object_set_new(object, v->count[i].name, json_integer((json_int_t)v->count[i].count));
    return object;
}

static json_t *lost_json(const struct trace_lost *lost)
{
    return json_pack("{s:I, s:I, s:I, s:I}", "exits", (json_int_t)lost->exits, "exits_of_unknown_vcpus",
                     (json_int_t)lost->vcpus, "details", (json_int_t)lost->details, "records",
                     (json_int_t)lost->records);
}

json_t *trace_json_guest(const struct trace_guest *g)
{
    if (g->is_domain) {
        json_t *whose = json_pack("{s:s, s:{s:I, s:s}}", "hypervisor", "xen", "domain", "id", (json_int_t)g->process,
                                  "name", g->name);
        if (g->mode[0])
            json_object_set_new(whose, "mode", json_string(g->mode));
        return whose;
    }
    return json_pack("{s:{s:I, s:s}}", "process", "pid", (json_int_t)g->process, "name", g->name);
}

void trace_json(json_t *into, const struct trace_view *v)
{
    struct trace_sum total;
    json_t *exits = exits_json(v, TRACE_ALL, true, &total);
    if (v->isa)
        json_object_set_new(into, "isa", json_string(v->isa));
    json_object_set_new(into, "unit", json_string(v->is_ticks ? "cycles" : "ns"));
    put_total(into, v, &total);
    put_exits(into, v, exits);
    json_object_set_new(into, "vcpus", vcpus_json(v));
    for (unsigned i = 0; i < TRACE_SECTIONS; i++)
        json_object_set_new(into, trace_section_keys[i], section_json(v, i));
    json_object_set_new(into, "lost", lost_json(&v->lost));
}

json_t *trace_json_interval(const struct trace_guest *g, const struct trace_view *since)
{
    struct trace_sum total;
    json_t *line = trace_json_guest(g);
    json_t *exits = exits_json(since, TRACE_ALL, false, &total);
    put_total(line, since, &total);
    put_exits(line, since, exits);
    json_object_set_new(line, "vcpus", vcpus_json(since));
    json_object_set_new(line, "lost", lost_json(&since->lost));
    return line;
}
