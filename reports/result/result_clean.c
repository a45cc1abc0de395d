/* result_clean.c: every string and key of a document is made fit to be shown, before anybody looks at one of them. */
#include "common/text.h"
#include "reports/result/result_reader.h"

#include <stdlib.h>

static int clean_string(const struct result_reader *r, json_t *value)
{
    if (text_is_clean(json_string_value(value)))
        return 0;
    char *clean = text_clean_copy(json_string_value(value));
    int bad = json_string_set_nocheck(value, clean);
    free(clean);
    return bad ? reader_bad(r, "the whole", "", "out of memory") : 0;
}

/* Two keys that were not the same must not become so: one of their values would be gone. */
static int clean_key(const struct result_reader *r, json_t *into, const char *key, json_t *value)
{
    char *clean = text_clean_copy(key);
    int bad = json_object_get(into, clean)
                  ? reader_bad(r, "the whole", "",
                               "has two keys that are both shown as \"%.64s\"; take the control characters out", clean)
                  : json_object_set_nocheck(into, clean, value);
    free(clean);
    return bad;
}

static int clean_keys(const struct result_reader *r, json_t *object)
{
    bool clean = true;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) clean = clean && text_is_clean(key);
    if (clean)
        return 0;
    json_t *copy = json_object();
    int bad = 0;
    json_object_foreach(object, key, value) bad = bad || clean_key(r, copy, key, value);
    if (!bad)
        bad = json_object_clear(object) || json_object_update(object, copy);
    json_decref(copy);
    return bad;
}

int reader_clean(const struct result_reader *r, json_t *value)
{
    const char *key;
    json_t *inner;
    size_t i;
    int bad = 0;
    if (json_is_string(value))
        return clean_string(r, value);
    if (json_is_object(value) && clean_keys(r, value))
        return -1;
    json_array_foreach(value, i, inner) bad = bad || reader_clean(r, inner);
    json_object_foreach(value, key, inner) bad = bad || reader_clean(r, inner);
    return bad ? -1 : 0;
}
