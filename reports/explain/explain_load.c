/* explain_load.c: reads an explanation, which anybody may have changed, and checks what it says. */
#include "common/memory.h"
#include "common/text.h"
#include "reports/explain/explain_lines.h"
#include "reports/result/result_reader.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA "pvbench.explanation/1"
#define MEND   "run the suite again with --explain"

enum { NUMBERS = 5 }; /* of a node */

struct loader {
    struct result_reader reader;
    struct explanation *x;
    char place[160];
};

static int bad(struct loader *l, const char *what)
{
    return report_fail(l->reader.e, "%s: %s: %s; " MEND, l->x->path, l->place, what);
}

/* Xen's own table has "FILE#NAME" where a name is not unique. */
static const char *bare_name(const char *name)
{
    const char *hash = strrchr(name, '#');
    return hash && hash[1] ? hash + 1 : name;
}

static int load_functions(struct loader *l, const json_t *list, struct explain_run *run)
{
    size_t i;
    json_t *pair;
    run->functions = json_array_size(list);
    run->function = memory_zeroed(run->functions, sizeof(*run->function));
    json_array_foreach(list, i, pair)
    {
        const char *owner = json_string_value(json_array_get(pair, 0)),
                   *name = json_string_value(json_array_get(pair, 1));
        if (!owner || !name || !text_is_clean(owner) || !text_is_clean(name))
            return bad(l, "a function has no owner and name that could be shown");
        run->function[i] = (struct explain_function){owner, bare_name(name)};
    }
    return 0;
}

static int load_nodes(struct loader *l, const json_t *list, const struct explain_run *run, struct explain_region *r)
{
    uint64_t sum = 0;
    r->nodes = json_array_size(list) / NUMBERS;
    r->node = memory_zeroed(r->nodes, sizeof(*r->node));
    if (!json_is_array(list) || json_array_size(list) % NUMBERS)
        return bad(l, "nodes are not five numbers each");
    for (size_t i = 0; i < r->nodes; i++) {
        json_int_t n[NUMBERS];
        for (size_t j = 0; j < NUMBERS; j++) {
            const json_t *number = json_array_get(list, NUMBERS * i + j);
            if (!json_is_integer(number))
                return bad(l, "a node is not five numbers");
            n[j] = json_integer_value(number);
        }
        if (n[0] < EXPLAIN_TOP || n[0] >= (json_int_t)i || n[1] < 0 || n[1] >= (json_int_t)run->functions || n[2] < 0 ||
            n[3] < 0 || n[4] < 0)
            return bad(l, "a node has a parent or a function that is not there, or counts below 0");
        r->node[i] = (struct explain_node){(int)n[0], (unsigned)n[1], (uint64_t)n[2], (uint64_t)n[3], (uint64_t)n[4]};
        sum += r->node[i].self;
    }
    return sum == r->instructions ? 0 : bad(l, "the nodes' instructions do not sum up to the region's");
}

static int load_path(struct loader *l, json_t *object, const struct explain_run *run, struct explain_path *p)
{
    size_t i;
    json_t *number, *list = json_object_get(object, "functions");
    if (reader_count(&l->reader, object, l->place, "instructions", REQUIRED, 0, &p->instructions))
        return -1;
    p->function = memory_zeroed(json_array_size(list), sizeof(*p->function));
    json_array_foreach(list, i, number)
    {
        const json_int_t function = json_is_integer(number) ? json_integer_value(number) : -1;
        if (function < 0 || function >= (json_int_t)run->functions)
            return bad(l, "an entry reaches a function that is not there");
        p->function[p->functions++] = (unsigned)function;
    }
    return 0;
}

static int load_entry(struct loader *l, json_t *object, const struct explain_run *run, struct explain_entry *e)
{
    uint64_t kind;
    if (reader_count(&l->reader, object, l->place, "kind", REQUIRED, 0, &kind) ||
        reader_count(&l->reader, object, l->place, "count", REQUIRED, 1, &e->count))
        return -1;
    if (kind >= run->functions)
        return bad(l, "an entry is of a kind that is not there");
    e->kind = (unsigned)kind;
    return load_path(l, json_object_get(object, "least"), run, &e->least) ||
                   load_path(l, json_object_get(object, "most"), run, &e->most)
               ? -1
               : 0;
}

/* There are none in what an older pvbench explained. */
static int load_entries(struct loader *l, const json_t *list, const struct explain_run *run, struct explain_region *r)
{
    size_t i;
    json_t *entry;
    r->entry = memory_zeroed(json_array_size(list), sizeof(*r->entry));
    json_array_foreach((json_t *)list, i, entry)
    {
        r->entries++;
        if (load_entry(l, entry, run, &r->entry[i]))
            return -1;
    }
    return 0;
}

/* [function, start, bytes, count, bytes, count, …]: bytes behind the instruction before. */
static int load_function_code(struct loader *l, const json_t *list, const struct explain_run *run,
                              struct explain_region *r)
{
    const size_t n = json_array_size(list);
    const json_int_t function = json_integer_value(json_array_get(list, 0));
    const char *start = json_string_value(json_array_get(list, 1));
    char *end = NULL;
    uint64_t at = start ? strtoull(start, &end, 16) : 0;
    if (!start || !*start || *end || n % 2 || !json_is_integer(json_array_get(list, 0)) || function < 0 ||
        function >= (json_int_t)run->functions)
        return bad(l, "code is not a function, where it begins, and two numbers an instruction");
    struct explain_code code = {.function = (unsigned)function, .start = at};
    for (size_t i = 2; i + 1 < n; i += 2) {
        const json_t *bytes = json_array_get(list, i), *count = json_array_get(list, i + 1);
        if (!json_is_integer(bytes) || !json_is_integer(count) || json_integer_value(bytes) < 0 ||
            json_integer_value(count) < 0)
            return bad(l, "an instruction is not two numbers");
        at += (uint64_t)json_integer_value(bytes);
        code.address = at;
        code.count = (uint64_t)json_integer_value(count);
        r->code[r->codes++] = code;
    }
    return 0;
}

/* No function executed more than the region. */
static int load_code(struct loader *l, const json_t *list, const struct explain_run *run, struct explain_region *r)
{
    size_t i, room = 0;
    uint64_t sum = 0;
    json_t *of;
    json_array_foreach((json_t *)list, i, of) room += json_array_size(of) / 2;
    r->code = memory_zeroed(room + 1, sizeof(*r->code));
    json_array_foreach((json_t *)list, i, of) if (load_function_code(l, of, run, r)) return -1;
    for (i = 0; i < r->codes; i++)
        if (__builtin_add_overflow(sum, r->code[i].count, &sum) || sum > r->instructions)
            return bad(l, "its code was executed more often than the region has instructions");
    return 0;
}

static int load_region(struct loader *l, json_t *object, const struct explain_run *run, struct explain_region *r)
{
    if (reader_count(&l->reader, object, l->place, "instructions", REQUIRED, 0, &r->instructions))
        return -1;
    r->has_total = json_is_integer(json_object_get(object, "total"));
    if (reader_count(&l->reader, object, l->place, "total", OPTIONAL, 0, &r->total))
        return -1;
    return load_nodes(l, json_object_get(object, "nodes"), run, r) ||
                   load_entries(l, json_object_get(object, "entries"), run, r) ||
                   load_code(l, json_object_get(object, "code"), run, r)
               ? -1
               : 0;
}

/* Both, or none. */
static int load_extremes(struct loader *l, const json_t *object, const struct explain_run *run,
                         struct explain_region *r)
{
    static const char *const names[] = {"shortest", "longest"};
    struct explain_region **const into[] = {&r->shortest, &r->longest};
    const size_t used = strlen(l->place);
    for (unsigned i = 0; json_object_get(object, "shortest") && i < 2; i++) {
        snprintf(l->place + used, sizeof(l->place) - used, ".%s", names[i]);
        *into[i] = memory_zeroed(1, sizeof(struct explain_region));
        if (load_region(l, json_object_get(object, names[i]), run, *into[i]))
            return -1;
    }
    l->place[used] = 0;
    return 0;
}

static int load_bench(struct loader *l, json_t *object, const struct explain_run *run, struct explain_bench *b)
{
    static const char *const regions[] = {[EXPLAIN_COLD] = "cold", [EXPLAIN_STEADY] = "steady"};
    const char *name = NULL;
    uint64_t parameter = 0;
    if (reader_name(&l->reader, object, l->place, "name", &name) ||
        reader_count(&l->reader, object, l->place, "parameter", OPTIONAL, 0, &parameter) ||
        reader_count(&l->reader, object, l->place, "iterations", REQUIRED, 1, &b->iterations) ||
        reader_count(&l->reader, object, l->place, "ops_per_iteration", REQUIRED, 1, &b->ops))
        return -1;
    explain_label(b->label, sizeof(b->label), name, parameter);
    const size_t used = strlen(l->place);
    for (unsigned i = 0; i < EXPLAIN_REGIONS; i++) {
        snprintf(l->place + used, sizeof(l->place) - used, ".%s", regions[i]);
        const json_t *of = json_object_get(object, regions[i]);
        if (load_region(l, (json_t *)of, run, &b->region[i]) || load_extremes(l, of, run, &b->region[i]))
            return -1;
    }
    return 0;
}

static int load_run(struct loader *l, json_t *object, size_t number, struct explain_run *run)
{
    size_t i;
    json_t *bench, *list = json_object_get(object, "benchmarks");
    snprintf(l->place, sizeof(l->place), "runs[%zu]", number);
    if (reader_string(&l->reader, object, l->place, "setting", REQUIRED, &run->setting) ||
        (!text_is_clean(run->setting) && bad(l, "its setting cannot be shown")) ||
        load_functions(l, json_object_get(object, "functions"), run))
        return -1;
    run->bench = memory_zeroed(json_array_size(list), sizeof(*run->bench));
    json_array_foreach(list, i, bench)
    {
        run->benches++;
        snprintf(l->place, sizeof(l->place), "runs[%zu].benchmarks[%zu]", number, i);
        if (load_bench(l, bench, run, &run->bench[i]))
            return -1;
    }
    return 0;
}

static int load(struct loader *l)
{
    size_t i;
    json_t *run, *list = json_object_get(l->x->document, "runs");
    const char *schema = json_string_value(json_object_get(l->x->document, "schema"));
    if (!schema || strcmp(schema, SCHEMA) != 0)
        return report_fail(l->reader.e,
                           "%s: schema: is not " SCHEMA "; give the file that pvbench run --explain has "
                           "put beside its result (NAME.explain.json)",
                           l->x->path);
    l->x->run = memory_zeroed(json_array_size(list), sizeof(*l->x->run));
    json_array_foreach(list, i, run)
    {
        l->x->runs++;
        if (load_run(l, run, i, &l->x->run[i]))
            return -1;
    }
    return 0;
}

static int take(struct explanation *x, const char *path, json_t *document, const json_error_t *error,
                struct report_error *e)
{
    *x = (struct explanation){.path = path, .document = document};
    struct loader l = {.reader = {.path = path, .e = e}, .x = x};
    if (!document)
        return report_fail(e, "%s: line %d: %s; " MEND, path, error->line, error->text);
    if (load(&l) == 0)
        return 0;
    explain_free(x);
    return -1;
}

int explain_load(struct explanation *x, const char *path, struct report_error *e)
{
    json_error_t error;
    json_t *document = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    return take(x, path, document, &error, e);
}

int explain_parse(struct explanation *x, const char *path, const char *text, size_t size, struct report_error *e)
{
    json_error_t error;
    json_t *document = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    return take(x, path, document, &error, e);
}

static void empty_region(struct explain_region *r)
{
    free(r->node);
    for (size_t i = 0; i < r->entries; i++) {
        free(r->entry[i].least.function);
        free(r->entry[i].most.function);
    }
    free(r->entry);
    free(r->code);
}

static void free_region(struct explain_region *r)
{
    empty_region(r);
    if (r->shortest)
        empty_region(r->shortest);
    if (r->longest)
        empty_region(r->longest);
    free(r->shortest);
    free(r->longest);
}

void explain_free(struct explanation *x)
{
    for (size_t i = 0; i < x->runs; i++) {
        for (size_t j = 0; j < x->run[i].benches; j++)
            for (unsigned k = 0; k < EXPLAIN_REGIONS; k++)
                free_region(&x->run[i].bench[j].region[k]);
        free(x->run[i].bench);
        free(x->run[i].function);
        explain_lines_free(x->run[i].lines);
    }
    free(x->run);
    json_decref(x->document);
    *x = (struct explanation){0};
}

/* "xen/hvm+pv@lab" is of Xen, in the mode hvm+pv. */
bool explain_wants_guest(const struct explain_choice *c, const struct explain_run *run)
{
    const char *slash = strchrnul(run->setting, '/'), *guest = *slash ? slash + 1 : slash, *end = strrchr(guest, '@');
    char hypervisor[100], mode[100];
    if (c->setting && strncmp(run->setting, c->setting, strlen(c->setting)) != 0)
        return false;
    text_format(hypervisor, sizeof(hypervisor), "%.*s", (int)(slash - run->setting), run->setting);
    text_format(mode, sizeof(mode), "%.*s", (int)((end ? end : guest + strlen(guest)) - guest), guest);
    return filter_takes_guest(c->filter, hypervisor, mode);
}

bool explain_names_workload(const struct explain_choice *c)
{
    return c->filter && c->filter->workload.patterns;
}

unsigned explain_region(const struct explain_choice *c)
{
    return c->cold ? EXPLAIN_COLD : EXPLAIN_STEADY;
}

void explain_each(const struct explanation *x, const struct explain_choice *c, explain_visit *visit, void *with)
{
    for (size_t i = 0; i < x->runs; i++)
        for (size_t j = 0; j < x->run[i].benches && explain_wants_guest(c, &x->run[i]); j++)
            if (filter_takes_workload(c->filter, x->run[i].bench[j].label))
                visit(&x->run[i], &x->run[i].bench[j], c, with);
}

double explain_operations(const struct explain_bench *bench, unsigned region)
{
    return (double)bench->ops * (region == EXPLAIN_COLD ? 1 : (double)bench->iterations);
}

/* The key, with or without its machine. */
static bool is_key(const char *setting, const char *key)
{
    const size_t n = strlen(key);
    return strncmp(setting, key, n) == 0 && (!setting[n] || setting[n] == '@');
}

const struct explain_bench *explain_find_before(const struct explanation *base, const struct explain_choice *c,
                                                const struct explain_run *of, const char *label,
                                                const struct explain_run **run)
{
    const struct explain_bench *found = NULL;
    if (!c->before)
        return explain_find(base, of->setting, label, run);
    for (size_t i = 0; i < base->runs && !found; i++)
        found = is_key(base->run[i].setting, c->before) ? explain_find(base, base->run[i].setting, label, run) : NULL;
    return found;
}

const struct explain_bench *explain_find(const struct explanation *x, const char *setting, const char *label,
                                         const struct explain_run **run)
{
    for (size_t i = 0; i < x->runs; i++)
        for (size_t j = 0; j < x->run[i].benches; j++)
            if (strcmp(x->run[i].setting, setting) == 0 && strcmp(x->run[i].bench[j].label, label) == 0) {
                *run = &x->run[i];
                return &x->run[i].bench[j];
            }
    return NULL;
}
