/* explanation.c: see explanation.h. */
#include "runner/command/explanation.h"
#include "runner/common/files.h"

#include "common/beside.h"
#include "common/publish.h"

#include <stdlib.h>
#include <string.h>

/* What says of which boot it is. */
static json_t *taken(json_t *run, json_t *explanation)
{
    static const char *const keys[] = {"setting", "hypervisor", "mode", "devices", "machine", "boot"};
    json_t *of = json_object();
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (json_object_get(run, keys[i]))
            json_object_set(of, keys[i], json_object_get(run, keys[i]));
    json_object_update(of, explanation);
    char *text = json_dumps(of, JSON_COMPACT | JSON_PRESERVE_ORDER), hash[SHA256_HEX];
    sha256_hex(text ? text : "", text ? strlen(text) : 0, hash);
    free(text);
    json_object_set_new(run, "explanation", json_pack("{s:s}", "sha256", hash));
    return of;
}

static int write_document(const char *result, const json_t *suite, json_t *all, struct pvb_error *e)
{
    char *path = beside_explanation(result);
    json_t *document = json_pack("{s:s, s:O, s:O}", "schema", "pvbench.explanation/1", "suite", suite, "runs", all);
    char *text = json_dumps(document, JSON_COMPACT | JSON_PRESERVE_ORDER);
    const char *why = text ? publish(path, text, strlen(text)) : "out of memory";
    int bad = why ? pvb_fail(e, "%s: cannot be written: %s", path, why) : 0;
    free(text);
    free(path);
    json_decref(document);
    return bad;
}

int explanation_publish(const char *result, const json_t *suite, json_t *runs, struct pvb_error *e)
{
    json_t *all = json_array(), *run;
    size_t i;
    json_array_foreach(runs, i, run)
    {
        json_t *explanation = json_incref(json_object_get(run, "explanation"));
        if (json_object_get(explanation, "functions"))
            json_array_append_new(all, taken(run, explanation));
        json_decref(explanation);
    }
    int bad = json_array_size(all) ? write_document(result, suite, all, e) : 0;
    json_decref(all);
    return bad;
}
