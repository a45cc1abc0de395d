/* earlier.c: holds a result's runs against a plan; earlier.h says why. */
#include "runner/command/earlier.h"
#include "runner/document/run_json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static bool planned_column(const json_t *run, const struct plan *plan)
{
    for (unsigned i = 0; i < plan->units; i++)
        if (run_json_is_of(run, &plan->unit[i].setting))
            return true;
    return false;
}

static bool planned_workload(const json_t *bench, const struct plan *plan)
{
    for (unsigned i = 0; i < plan->workloads; i++)
        if (strcmp(plan->workload[i].name, text_of(bench, "name")) == 0 &&
            (json_int_t)plan->workload[i].parameter == json_integer_value(json_object_get(bench, "parameter")))
            return true;
    return false;
}

/* Names come from a file: what is no plain letter does not reach the terminal. */
static void add(char *list, size_t size, const char *name)
{
    size_t used = strlen(list);
    char comma[200];
    snprintf(comma, sizeof(comma), ", %s,", name);
    if (strstr(list, comma) || used + strlen(comma) + 8 > size)
        return;
    snprintf(list + used, size - used, "%s", used ? comma + 1 : comma);
    for (char *c = list + used; *c; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static void look(struct earlier *b, const json_t *run, const struct plan *plan)
{
    char name[160];
    size_t i;
    json_t *bench;
    bool column = planned_column(run, plan);
    json_array_foreach(json_object_get(run, "benchmarks"), i, bench)
    {
        if (strcmp(text_of(bench, "status"), "ok") != 0 || (column && planned_workload(bench, plan)))
            continue;
        if (column)
            snprintf(name, sizeof(name), "%.60s", text_of(bench, "name"));
        else
            run_json_key(run, name);
        add(b->unplanned, sizeof(b->unplanned), name);
    }
}

/* From ", a, b," to "a, b". */
static void trim(char *list)
{
    size_t n = strlen(list);
    if (n < 3)
        return;
    memmove(list, list + 2, n - 3);
    list[n - 3] = 0;
}

void earlier_read(struct earlier *b, const char *path, const struct plan *plan)
{
    size_t i;
    json_t *run, *document = json_load_file(path, 0, NULL), *runs = json_object_get(document, "runs");
    bool result = strncmp(text_of(document, "schema"), "pvbench.result/", 15) == 0 && json_array_size(runs);
    *b = (struct earlier){.whole = result};
    json_array_foreach(result ? runs : NULL, i, run)
    {
        if (strcmp(text_of(run, "status"), "skipped") == 0)
            b->whole = false;
        look(b, run, plan);
    }
    trim(b->unplanned);
    json_decref(document);
}
