/* trace_view.c: parts of histograms, put together, taken apart and summed up; trace_view.h says for whom. */
#include "runner/command/trace_view.h"

#include "common/memory.h"

#include <stdlib.h>
#include <string.h>

#define PER_MILLE 1000

/* Room for one more of `n` things; it doubles at each power of two. */
#define GROW(array, n) ((n) & ((n)-1) ? (array) : memory_grown((array), ((n) ? 2 * (n) : 1) * sizeof(*(array))))

uint32_t trace_view_vcpu(struct trace_view *v, uint32_t number, uint32_t thread)
{
    for (size_t i = 0; i < v->vcpus; i++)
        if (v->vcpu[i].number == number)
            return (uint32_t)i;
    v->vcpu = GROW(v->vcpu, v->vcpus);
    v->vcpu[v->vcpus] = (struct trace_vcpu){number, thread};
    return (uint32_t)v->vcpus++;
}

uint32_t trace_view_kind(struct trace_view *v, enum pvb_class class, const char *name)
{
    for (size_t i = 0; i < v->kinds; i++)
        if (v->kind[i].class == class && strcmp(v->kind[i].name, name) == 0)
            return (uint32_t)i;
    v->kind = GROW(v->kind, v->kinds);
    v->kind[v->kinds].class = class;
    snprintf(v->kind[v->kinds].name, TRACE_NAME_SIZE, "%s", name);
    return (uint32_t)v->kinds++;
}

void trace_view_part(struct trace_view *v, const struct trace_part *part)
{
    v->part = GROW(v->part, v->parts);
    v->part[v->parts++] = *part;
}

void trace_view_under_way(struct trace_view *v, uint32_t vcpu, uint32_t kind)
{
    v->under_way = GROW(v->under_way, v->under_ways);
    v->under_way[v->under_ways++] = (struct trace_under_way){vcpu, kind};
}

void trace_view_count(struct trace_view *v, enum trace_section section, const char *name, uint64_t count)
{
    v->count = GROW(v->count, v->counts);
    struct trace_count *c = &v->count[v->counts++];
    *c = (struct trace_count){.section = section, .count = count};
    snprintf(c->name, sizeof(c->name), "%s", name);
}

void trace_view_free(struct trace_view *v)
{
    free(v->vcpu);
    free(v->kind);
    free(v->part);
    free(v->under_way);
    free(v->count);
    *v = (struct trace_view){0};
}

/* --- order -------------------------------------------------------------------- */

#define ORDER(x, y)                                                                                                    \
    do {                                                                                                               \
        if ((x) != (y))                                                                                                \
            return (x) < (y) ? -1 : 1;                                                                                 \
    } while (0)

static int by_place(const void *a, const void *b)
{
    const struct trace_part *x = a, *y = b;
    ORDER(x->vcpu, y->vcpu);
    ORDER(x->kind, y->kind);
    ORDER(x->path, y->path);
    ORDER(x->part, y->part);
    return 0;
}

static int by_name(const void *a, const void *b)
{
    const struct trace_count *x = a, *y = b;
    ORDER(x->section, y->section);
    return strcmp(x->name, y->name);
}

static int by_count(const void *a, const void *b)
{
    const struct trace_count *x = a, *y = b;
    ORDER(x->section, y->section);
    ORDER(y->count, x->count);
    return strcmp(x->name, y->name);
}

static void add_part(struct trace_part *p, const struct trace_part *more)
{
    p->min = more->count && (!p->count || more->min < p->min) ? more->min : p->min;
    p->max = more->max > p->max ? more->max : p->max;
    p->count += more->count;
    p->sum += more->sum;
}

static void sort(void *base, size_t n, size_t size, int (*order)(const void *, const void *))
{
    if (n) /* not even with nothing may it get a NULL */
        qsort(base, n, size, order);
}

void trace_view_sort(struct trace_view *v)
{
    size_t n = 0;
    sort(v->part, v->parts, sizeof(*v->part), by_place);
    for (size_t i = 0; i < v->parts; i++)
        if (n && by_place(&v->part[n - 1], &v->part[i]) == 0)
            add_part(&v->part[n - 1], &v->part[i]);
        else
            v->part[n++] = v->part[i];
    v->parts = n;
    n = 0;
    sort(v->count, v->counts, sizeof(*v->count), by_name);
    for (size_t i = 0; i < v->counts; i++)
        if (n && by_name(&v->count[n - 1], &v->count[i]) == 0)
            v->count[n - 1].count += v->count[i].count;
        else
            v->count[n++] = v->count[i];
    v->counts = n;
    sort(v->count, v->counts, sizeof(*v->count), by_count);
}

/* --- the time since -------------------------------------------------------------- */

/* Places of virtual processors and kinds may be others than they were: the names are what stays. */
static const struct trace_part *part_of(const struct trace_view *before, const struct trace_view *now,
                                        const struct trace_part *p)
{
    struct trace_part key = {.path = p->path, .part = p->part};
    while (key.vcpu < before->vcpus && before->vcpu[key.vcpu].number != now->vcpu[p->vcpu].number)
        key.vcpu++;
    while (key.kind < before->kinds && (before->kind[key.kind].class != now->kind[p->kind].class ||
                                        strcmp(before->kind[key.kind].name, now->kind[p->kind].name) != 0))
        key.kind++;
    return before->parts ? bsearch(&key, before->part, before->parts, sizeof(key), by_place) : NULL;
}

void trace_view_since(struct trace_view *v, const struct trace_view *before, const struct trace_view *now)
{
    *v = (struct trace_view){.isa = now->isa, .is_xen = now->is_xen, .is_ticks = now->is_ticks, .lost = now->lost};
    for (size_t i = 0; i < now->vcpus; i++)
        trace_view_vcpu(v, now->vcpu[i].number, now->vcpu[i].thread);
    for (size_t i = 0; i < now->kinds; i++)
        trace_view_kind(v, now->kind[i].class, now->kind[i].name);
    for (size_t i = 0; i < now->under_ways; i++)
        trace_view_under_way(v, now->under_way[i].vcpu, now->under_way[i].kind);
    for (size_t i = 0; i < now->parts; i++) {
        struct trace_part p = now->part[i];
        const struct trace_part *old = part_of(before, now, &p);
        if (old && old->count >= p.count)
            continue;
        if (old) {
            p.count -= old->count;
            p.sum -= old->sum;
            /* One of them may be of before. */
            p.min = p.min < old->min ? p.min : p.sum / p.count;
            p.max = p.max > old->max ? p.max : p.sum / p.count;
        }
        trace_view_part(v, &p);
    }
    for (size_t i = 0; i < now->counts; i++) {
        struct trace_count c = now->count[i];
        for (size_t j = 0; j < before->counts; j++)
            if (by_name(&c, &before->count[j]) == 0)
                c.count -= before->count[j].count;
        if (c.count)
            trace_view_count(v, c.section, c.name, c.count);
    }
    trace_view_sort(v);
}

/* --- sums ----------------------------------------------------------------------- */

static int by_part(const void *a, const void *b)
{
    const struct trace_part *x = a, *y = b;
    ORDER(x->part, y->part);
    return 0;
}

static int by_time(const void *a, const void *b)
{
    const struct trace_sum *x = a, *y = b;
    ORDER(y->sum, x->sum);
    ORDER(y->count, x->count);
    return strcmp(x->name, y->name);
}

static unsigned log2_of(uint64_t cost)
{
    return cost ? 63u - (unsigned)__builtin_clzll(cost) : 0;
}

static void least_and_most(uint64_t before, uint64_t *min, uint64_t *max, const struct trace_part *p)
{
    *min = !before || p->min < *min ? p->min : *min;
    *max = p->max > *max ? p->max : *max;
}

static void add(struct trace_sum *s, const struct trace_part *p)
{
    struct trace_path_sum *path = &s->path[p->path];
    s->count += p->count;
    if (p->part == TRACE_UNTIMED)
        return;
    least_and_most(s->timed, &s->min, &s->max, p);
    s->timed += p->count;
    s->sum += p->sum;
    least_and_most(path->count, &path->min, &path->max, p);
    path->count += p->count;
    path->sum += p->sum;
    path->log2[log2_of(p->max)] += p->count;
}

/*
 * The cost that `mille` of a thousand do not exceed: the mean of the part in
 * which it lies, which is an eighth of a power of two; the longest itself if it is that one.
 */
static uint64_t percentile(const struct trace_sum *s, const struct trace_part *part, size_t parts, unsigned mille)
{
    uint64_t rank = s->timed - s->timed * (PER_MILLE - mille) / PER_MILLE, until = 0;
    if (rank >= s->timed)
        return s->max;
    for (size_t i = 0; i < parts; i++) {
        uint64_t count = 0, sum = 0;
        size_t first = i;
        for (; i < parts && part[i].part == part[first].part; i++) {
            count += part[i].count;
            sum += part[i].sum;
        }
        i--;
        until += count;
        if (until >= rank)
            return sum / count;
    }
    return s->max;
}

static void spread(struct trace_sum *s, struct trace_part *part, size_t parts)
{
    sort(part, parts, sizeof(*part), by_part);
    s->p50 = percentile(s, part, parts, 500);
    s->p99 = percentile(s, part, parts, 990);
    s->p999 = percentile(s, part, parts, 999);
}

static void sum_up(const struct trace_view *v, uint32_t vcpu, uint32_t kind, struct trace_sum *s,
                   struct trace_part *room)
{
    size_t n = 0;
    for (size_t i = 0; i < v->parts; i++) {
        const struct trace_part *p = &v->part[i];
        if ((vcpu != TRACE_ALL && p->vcpu != vcpu) || (kind != TRACE_ALL && p->kind != kind) || !p->count)
            continue;
        add(s, p);
        if (p->part != TRACE_UNTIMED)
            room[n++] = *p;
    }
    for (size_t i = 0; i < v->under_ways; i++)
        s->under_way +=
            (vcpu == TRACE_ALL || v->under_way[i].vcpu == vcpu) && (kind == TRACE_ALL || v->under_way[i].kind == kind);
    if (n)
        spread(s, room, n);
}

struct trace_sum *trace_sums(const struct trace_view *v, uint32_t vcpu, size_t *n, struct trace_sum *total)
{
    struct trace_sum *sums = memory_zeroed(v->kinds + 1, sizeof(*sums));
    struct trace_part *room = memory_zeroed(v->parts + 1, sizeof(*room));
    *n = 0;
    for (size_t i = 0; i < v->kinds; i++) {
        struct trace_sum *s = &sums[*n];
        *s = (struct trace_sum){.name = v->kind[i].name, .class = v->kind[i].class};
        sum_up(v, vcpu, (uint32_t)i, s, room);
        *n += s->count || s->under_way;
    }
    *total = (struct trace_sum){.name = ""};
    sum_up(v, vcpu, TRACE_ALL, total, room);
    sort(sums, *n, sizeof(*sums), by_time);
    free(room);
    return sums;
}
