/* merge_explanations.c: see merge_explanations.h. */
#include "reports/merge/merge_explanations.h"
#include "common/beside.h"
#include "common/text.h"
#include "reports/common/report_output.h"
#include "reports/explain/explain.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>

static void add_by_hash(json_t *all, json_t *explained)
{
    char *text = json_dumps(explained, JSON_COMPACT | JSON_PRESERVE_ORDER), hash[SHA256_DIGEST_STRING_LENGTH] = "";
    if (text && SHA256Data((const uint8_t *)text, strlen(text), hash))
        json_object_set(all, hash, explained);
    free(text);
}

/* What is explained of the boots of all inputs, by its hash. */
static json_t *gather(const struct merge *m)
{
    json_t *all = json_object(), *explained;
    size_t i;
    for (size_t input = 0; input < m->inputs; input++) {
        struct explanation x = {.path = NULL};
        if (!explain_beside(&x, m->input[input].path, m->input[input].document))
            continue;
        json_array_foreach(json_object_get(x.document, "runs"), i, explained) add_by_hash(all, explained);
        explain_free(&x);
    }
    return all;
}

static void print(const void *what, FILE *out, void *with)
{
    char *text = json_dumps(what, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (text)
        fputs(text, out);
    free(text);
    (void)with;
}

static int write_explanation(const json_t *suite, json_t *runs, const char *output, struct report_error *e)
{
    char *path = beside_explanation(output);
    json_t *document =
        json_pack("{s:s, s:O, s:O}", "schema", "pvbench.explanation/1", "suite", (json_t *)suite, "runs", runs);
    int bad = report_output(path, print, document, NULL, e);
    json_decref(document);
    free(path);
    return bad;
}

int merge_explanations(const struct merge *m, const json_t *document, const char *output, bool quiet,
                       struct report_error *e)
{
    json_t *all = gather(m), *found = json_array(), *run;
    size_t i, wanted = 0;
    json_array_foreach(json_object_get(document, "runs"), i, run)
    {
        const char *hash = json_string_value(json_object_get(json_object_get(run, "explanation"), "sha256"));
        wanted += hash != NULL;
        if (hash && json_object_get(all, hash))
            json_array_append(found, json_object_get(all, hash));
    }
    const size_t count = json_array_size(found);
    if (count < wanted && !quiet)
        text_print(stderr, "pvbench: %s: of %zu boots that were explained, %zu have no explanation beside their result",
                   output, wanted, wanted - count);
    int bad = count ? write_explanation(json_object_get(document, "suite"), found, output, e) : 0;
    json_decref(all);
    json_decref(found);
    return bad;
}
