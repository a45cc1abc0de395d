/* merge.c: the runs of several results in one list; merge.h says which, and in which order. */
#include "reports/result/merge.h"
#include "reports/result/traced.h"
#include "common/memory.h"
#include "reports/result/model.h"
#include "reports/result/result_reader.h"
#include "reports/result/vcpus.h"

#include <stdlib.h>
#include <string.h>

/* --- the order of settings -------------------------------------------------------- */

/* The order in which `make bench` and the suites name them; whoever is not named comes behind. */
static const char *const hypervisors[] = {"native", "minivisor", "kvm", "xen", NULL};
static const char *const machines[] = {"lab", "host", NULL};
static const char *const modes[] = {"pv", "pvh", "hvm", NULL};
static const char *const devices[] = {"", "pv", "iothread", "vhost", "emulated", NULL};

static size_t place_in(const char *const *list, const char *word, size_t size)
{
    size_t i = 0;
    while (list[i] && (strlen(list[i]) != size || strncmp(list[i], word, size) != 0))
        i++;
    return i;
}

static int by_place(const char *const *list, const char *a, const char *b)
{
    const size_t x = place_in(list, a, strlen(a)), y = place_in(list, b, strlen(b));
    return (x > y) - (x < y);
}

/* "hvm+emulated" is a mode, and what the guest has beside it. */
static int by_guest(const char *a, const char *b)
{
    const size_t x = strcspn(a, "+"), y = strcspn(b, "+");
    const size_t i = place_in(modes, a, x), j = place_in(modes, b, y);
    const unsigned m = vcpus_of(a, NULL), n = vcpus_of(b, NULL);
    if (i != j || m != n)
        return i != j ? (i > j) - (i < j) : (m > n) - (m < n);
    return by_place(devices, a[x] ? a + x + 1 : "", b[y] ? b + y + 1 : "");
}

static int by_order(const void *one, const void *other)
{
    const struct merge_setting *a = one, *b = other;
    int order = by_place(hypervisors, a->run->hypervisor, b->run->hypervisor);
    if (!order)
        order = by_place(machines, a->run->machine, b->run->machine);
    if (!order)
        order = by_guest(a->run->mode, b->run->mode);
    if (!order)
        order = strcmp(a->key, b->key);
    return order ? order : (a->input > b->input) - (a->input < b->input);
}

/* --- the settings of all inputs ------------------------------------------------------ */

static struct merge_setting *setting_of(const struct merge *m, size_t input, const char *key)
{
    for (size_t i = 0; i < m->settings; i++)
        if (m->setting[i].input == input && strcmp(m->setting[i].key, key) == 0)
            return &m->setting[i];
    return NULL;
}

static int add_run(struct merge *m, size_t input, const struct result_run *run)
{
    struct merge_setting *s = setting_of(m, input, run->setting);
    if (!s && m->settings == (size_t)MODEL_COLUMNS_MAX * m->inputs)
        return report_fail(m->e, "%s: %.100s: is one of more than %d settings; merge fewer results",
                           m->input[input].path, run->setting, MODEL_COLUMNS_MAX);
    if (!s) {
        m->setting = memory_grown(m->setting, (m->settings + 1) * sizeof(*m->setting));
        m->setting[m->settings++] = (struct merge_setting){run->setting, input, run};
    } else if (strcmp(s->run->status, "skipped") == 0) {
        s->run = run; /* what never was says nothing about the hypervisor */
    }
    return 0;
}

static int gather(struct merge *m)
{
    for (size_t i = 0; i < m->inputs; i++)
        for (size_t j = 0; j < m->input[i].result.runs; j++)
            if (add_run(m, i, &m->input[i].result.run[j]))
                return -1;
    if (m->settings)
        qsort(m->setting, m->settings, sizeof(*m->setting), by_order);
    return 0;
}

/* --- one setting of two results -------------------------------------------------------- */

/* Its next boot in that input from `*at` on, as it was read; NULL: there is none. */
static json_t *next_boot(const struct merge *m, const struct merge_setting *s, size_t *at)
{
    const struct result *r = &m->input[s->input].result;
    for (size_t i = *at; i < r->runs; i++)
        if (strcmp(r->run[i].setting, s->key) == 0) {
            *at = i + 1;
            return json_array_get(json_object_get(m->input[s->input].document, "runs"), i);
        }
    return NULL;
}

static char *bytes_of(const json_t *value)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
    if (!text)
        out_of_memory();
    return text;
}

static int by_bytes(const json_t *a, const json_t *b)
{
    char *one = bytes_of(a), *other = bytes_of(b);
    const int order = strcmp(one, other);
    free(one);
    free(other);
    return order;
}

bool merge_same_bytes(const json_t *a, const json_t *b)
{
    return by_bytes(a, b) == 0;
}

/* The first workload of a boot that is another, or what is: "". */
static const char *other_workload(const json_t *a, const json_t *b)
{
    const json_t *list = json_object_get(a, "benchmarks"), *other = json_object_get(b, "benchmarks"), *value;
    size_t i;
    json_array_foreach(list, i, value)
    {
        const char *name = json_string_value(json_object_get(value, "name"));
        if (!json_array_get(other, i) || !merge_same_bytes(value, json_array_get(other, i)))
            return name ? name : "";
    }
    return "";
}

static int differ(const struct merge *m, const struct merge_setting *a, const struct merge_setting *b, size_t at,
                  const char *workload)
{
    char twice[400];
    const bool shards = merge_shards_twice(m, twice, sizeof(twice)) > 0;
    return report_fail(
        m->e,
        "%s: runs[%zu]: is %.100s, which %s has, too, and %s%.64s is not the same in both%s%s; leave one "
        "of them out, or measure it once with --repeats",
        m->input[b->input].path, at ? at - 1 : 0, b->key, m->input[a->input].path, *workload ? "its workload " : "it",
        workload, shards ? ": " : "", twice);
}

static int same_setting(const struct merge *m, const struct merge_setting *a, const struct merge_setting *b)
{
    size_t i = 0, j = 0;
    for (;;) {
        const json_t *one = next_boot(m, a, &i), *other = next_boot(m, b, &j);
        if (!one && !other)
            return 0;
        if (!one || !other || !merge_same_bytes(one, other))
            return differ(m, a, b, j, one && other ? other_workload(one, other) : "");
    }
}

static bool follows_equal(const struct merge *m, size_t at)
{
    return at > 0 && strcmp(m->setting[at].key, m->setting[at - 1].key) == 0;
}

static int compare_equal(struct merge *m)
{
    for (size_t i = 0; i < m->settings; i++) {
        if (!follows_equal(m, i))
            continue;
        if (same_setting(m, &m->setting[i - 1], &m->setting[i]))
            return -1;
        if (i < 2 || strcmp(m->setting[i].key, m->setting[i - 2].key) != 0)
            json_array_append_new(m->twice, json_string(m->setting[i].key));
    }
    return 0;
}

/* --- all of it ------------------------------------------------------------------------ */

void merge_close(struct merge *m)
{
    for (size_t i = 0; i < m->inputs; i++) {
        result_free(&m->input[i].result);
        json_decref(m->input[i].document);
    }
    free(m->input);
    free(m->setting);
    json_decref(m->sources);
    json_decref(m->twice);
    *m = (struct merge){0};
}

static int check_input(struct merge_input *in, struct report_error *e)
{
    const struct result_reader reader = {in->path, e};
    if (!in->document || reader_clean(&reader, in->document))
        return -1;
    if (traced_is(in->document))
        return report_fail(e, "%s: is a trace, which is joined to nothing; give it alone", in->path);
    json_t *copy = json_deep_copy(in->document);
    if (!copy)
        out_of_memory();
    return result_take(&in->result, in->path, copy, e);
}

static int check(struct merge *m)
{
    for (size_t i = 0; i < m->inputs; i++)
        if (check_input(&m->input[i], m->e))
            return -1;
    return gather(m) || merge_sources(m) || merge_fit(m) || merge_shards_fit(m) || compare_equal(m) ? -1 : 0;
}

int merge_take(struct merge *m, json_t *const *document, const char *const *path, size_t count, struct report_error *e)
{
    *m = (struct merge){
        .input = memory_zeroed(count, sizeof(*m->input)), .inputs = count, .twice = json_array(), .e = e};
    for (size_t i = 0; i < count; i++)
        m->input[i] = (struct merge_input){.path = result_name(path[i]), .document = document[i]};
    int bad = check(m);
    if (bad)
        merge_close(m);
    return bad;
}

/* All of them, or none. */
static int read_all(json_t **document, const char *const *path, size_t count, struct report_error *e)
{
    for (size_t i = 0; i < count; i++) {
        document[i] = result_read(path[i], e);
        if (document[i])
            continue;
        while (i-- > 0)
            json_decref(document[i]);
        return -1;
    }
    return 0;
}

int merge_open(struct merge *m, const char *const *path, size_t count, struct report_error *e)
{
    json_t **document = memory_zeroed(count, sizeof(json_t *));
    *m = (struct merge){0};
    int bad = read_all(document, path, count, e) || merge_take(m, document, path, count, e) ? -1 : 0;
    free(document);
    return bad;
}

size_t merge_count(const struct merge *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->settings; i++)
        count += !follows_equal(m, i);
    return count;
}

static json_t *merged_runs(const struct merge *m)
{
    if (merge_is_one_plan(m))
        return merge_runs_of_plan(m);
    json_t *runs = json_array(), *boot;
    for (size_t i = 0; i < m->settings; i++) {
        size_t at = 0;
        while (!follows_equal(m, i) && (boot = next_boot(m, &m->setting[i], &at)))
            json_array_append(runs, boot);
    }
    return runs;
}

static json_t *merged_suite(const struct merge *m)
{
    const json_t *suite = json_object_get(m->input[0].document, "suite"), *sha256 = json_object_get(suite, "sha256");
    json_t *merged = json_object(), *only = merge_only(m);
    json_object_set(merged, "name", json_object_get(suite, "name"));
    if (sha256)
        json_object_set(merged, "sha256", (json_t *)sha256);
    if (only)
        json_object_set_new(merged, "only", only);
    return merged;
}

/* There is nothing to be merged. Where they are not the same to the byte, it is the same one whatever their order. */
static json_t *one_of_copies(const struct merge *m)
{
    json_t *first = m->input[0].document;
    for (size_t i = 1; i < m->inputs; i++)
        first = by_bytes(m->input[i].document, first) < 0 ? m->input[i].document : first;
    return json_incref(first);
}

json_t *merge_document(const struct merge *m)
{
    if (json_array_size(m->sources) < 2)
        return one_of_copies(m);
    json_t *document = json_object();
    json_object_set_new(document, "schema", json_string(RESULT_SCHEMA));
    json_object_set_new(document, "suite", merged_suite(m));
    json_object_set_new(document, "provenance", merge_provenance(m));
    json_object_set_new(document, "runs", merged_runs(m));
    return document;
}

int merge_result(struct result *r, json_t *const *document, const char *const *path, size_t count,
                 struct report_error *e)
{
    struct merge m;
    *r = (struct result){0};
    if (count == 1)
        return result_take(r, result_name(path[0]), document[0], e);
    if (merge_take(&m, document, path, count, e))
        return -1;
    /* The inputs share parts of it, and the check changes what it takes. */
    json_t *merged = merge_document(&m), *copy = json_deep_copy(merged);
    json_decref(merged);
    merge_close(&m);
    if (!copy)
        out_of_memory();
    return result_take(r, result_name(path[0]), copy, e);
}

int merge_load(struct result *r, const char *const *path, size_t room, struct report_error *e)
{
    json_t **document = memory_zeroed(room, sizeof(json_t *));
    size_t count = 0;
    *r = (struct result){0};
    while (count < room && path[count])
        count++;
    int bad = read_all(document, path, count, e) || merge_result(r, document, path, count, e) ? -1 : 0;
    free(document);
    return bad;
}
