/* shard.c: divides by what the command line says; shard.h says what that is. */
#include "runner/command/shard.h"

#include <string.h>

static json_t *read_last(const char *path, struct pvb_error *e)
{
    json_error_t error;
    json_t *last = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    const char *schema = json_string_value(json_object_get(last, "schema"));
    if (schema && strncmp(schema, "pvbench.result/", 15) == 0)
        return last;
    if (last)
        pvb_fail(e, "--from %s: is no result of pvbench; give one that pvbench run or merge wrote", path);
    else
        pvb_fail(e, "--from %s:%d: %s; give a result", path, error.line, error.text);
    json_decref(last);
    return NULL;
}

int shard_divide(struct shards *s, const struct plan *p, const struct shard_options *o, struct pvb_error *e)
{
    json_t *last = o->from ? read_last(o->from, e) : NULL;
    if (o->from && !last)
        return -1;
    int bad = shards_divide(s, p, o->count, last, e);
    json_decref(last);
    return bad ? -2 : 0;
}

json_t *shard_json(const struct shards *s, const struct plan *p, unsigned shard, json_t *places)
{
    return json_pack("{s:i, s:i, s:s, s:o, s:o}", "index", (int)shard, "of", (int)s->count, "plan", p->sha256,
                     "settings", shards_json(s), "units", places);
}
