/* toolstack_step.c: see toolstack_step.h. */
#include "collectors/toolstack_step.h"
#include "collectors/collector.h"
#include "collectors/entry_names.h"

#include <string.h>

#define CALLS_MOST 63

static bool read_call(json_t *calls, struct words *w)
{
    uint64_t call, count;
    struct word word;
    const char *colon = words_next(w, &word) ? memchr(word.text, ':', word.size) : NULL;
    if (!colon || !word_decimal((struct word){word.text, (size_t)(colon - word.text)}, CALLS_MOST, &call) ||
        !word_decimal((struct word){colon + 1, (size_t)(word.text + word.size - colon - 1)}, PVB_TICKS_MAX, &count))
        return false;
    const char *known = entry_name(PVB_CLASS_HYPERCALL, call);
    json_object_set_new(calls, known ? known : "other", json_integer((json_int_t)count));
    return true;
}

json_t *toolstack_step(struct words *w)
{
    static const char *const names[] = {"ticks", "own_ns", "store_ns", "store", "mappings"};
    json_t *step = json_object(), *calls = json_object();
    uint64_t number;
    bool good = true;
    for (size_t i = 0; good && i < sizeof(names) / sizeof(names[0]); i++) {
        good = words_number(w, names[i], PVB_TICKS_MAX, &number);
        json_object_set_new(step, names[i], json_integer((json_int_t)number));
    }
    while (good && !words_end(w))
        good = read_call(calls, w);
    json_object_set_new(step, "hypercalls", calls);
    if (good)
        return step;
    json_decref(step);
    return NULL;
}
