/* explain_beside.c: the explanation that stands beside a result, if it is that result's. */
#include "common/beside.h"
#include "reports/explain/explain.h"

#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The result has the hash of what is explained of it. */
static bool is_of(const json_t *explained, const json_t *runs)
{
    char *text = json_dumps(explained, JSON_COMPACT | JSON_PRESERVE_ORDER), hash[SHA256_DIGEST_STRING_LENGTH] = "";
    size_t i;
    json_t *run;
    if (text)
        SHA256Data((const uint8_t *)text, strlen(text), hash);
    free(text);
    json_array_foreach((json_t *)runs, i, run)
    {
        const char *said = json_string_value(json_object_get(json_object_get(run, "explanation"), "sha256"));
        if (said && *hash && strcmp(said, hash) == 0)
            return true;
    }
    return false;
}

static bool are_of(const struct explanation *x, const json_t *document)
{
    size_t i;
    json_t *explained;
    json_array_foreach(json_object_get(x->document, "runs"), i, explained)
    {
        if (!is_of(explained, json_object_get(document, "runs")))
            return false;
    }
    return true;
}

bool explain_beside(struct explanation *x, const char *result, const json_t *document)
{
    char *path = beside_explanation(result);
    struct stat st;
    struct report_error e;
    const bool is_there = stat(path, &st) == 0 && S_ISREG(st.st_mode) && explain_load(x, path, &e) == 0;
    free(path);
    if (!is_there)
        return false;
    x->path = "";
    if (are_of(x, document))
        return true;
    explain_free(x);
    return false;
}
