/*
 * saves.c: the collector of a guest that was saved and restored: of each time what went into the file, how long the
 * guest was down by the toolstack's clock, and what each step took. pvbench-xen-domain says so in the lines "M saved"
 * and "M passage" of pvbench/log.h.
 */
#include "collectors/collector.h"
#include "collectors/hypervisor_log.h"
#include "collectors/toolstack_step.h"
#include "common/memory.h"

#include <stdlib.h>

#define SAVES_MAX 1000

struct saves {
    json_t *list;
};

static void *saves_open(struct observation *o)
{
    (void)o;
    return memory_zeroed(1, sizeof(struct saves));
}

static void saves_close(void *state)
{
    struct saves *s = state;
    json_decref(s->list);
    free(s);
}

static bool read_saved(struct saves *s, struct words *w)
{
    static const char *const names[] = {"rounds", "pages", "bytes", "down"};
    uint64_t order, live, number;
    s->list = s->list ? s->list : json_array();
    if (!words_number(w, "order", SAVES_MAX, &order) || order != json_array_size(s->list) + 1 ||
        !words_number(w, "live", 1, &live))
        return false;
    json_t *one = json_pack("{s:I, s:b}", "order", (json_int_t)order, "live", (int)live);
    bool good = true;
    for (size_t i = 0; good && i < sizeof(names) / sizeof(names[0]); i++) {
        good = words_number(w, names[i], PVB_TICKS_MAX, &number);
        json_object_set_new(one, names[i], json_integer((json_int_t)number));
    }
    json_array_append_new(s->list, one);
    return good && words_end(w);
}

static bool read_passage(const struct saves *s, struct words *w)
{
    static const char *const steps[] = {"save", "destroy", "restore", "start"};
    uint64_t order;
    struct word what;
    if (!words_number(w, "order", SAVES_MAX, &order) || !order || order != json_array_size(s->list) ||
        !words_value(w, "what", &what))
        return false;
    json_t *step = toolstack_step(w), *one = json_array_get(s->list, (size_t)order - 1);
    bool good = false;
    for (size_t i = 0; step && i < sizeof(steps) / sizeof(steps[0]); i++)
        if (word_is(what, steps[i])) {
            json_object_set(one, steps[i], step);
            good = true;
        }
    json_decref(step);
    return good;
}

static bool saves_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    struct saves *s = state;
    struct words w = {text, text + size};
    if (cut)
        return false;
    const bool is_saved = hypervisor_log_word(&w, "saved");
    if (!is_saved && !hypervisor_log_word(&w, "passage"))
        return false;
    if (is_saved ? !read_saved(s, &w) : !read_passage(s, &w))
        observation_fault(o, "a line of how the guest was saved is malformed");
    return true;
}

static void saves_run(const struct observation *o, const void *state, json_t *run)
{
    const struct saves *s = state;
    (void)o;
    if (s->list)
        json_object_set(run, "saves", s->list);
}

const struct collector saves_collector = {
    .name = "the guest saved",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = saves_open,
    .line = saves_line,
    .run = saves_run,
    .close = saves_close,
};
