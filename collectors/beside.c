/*
 * beside.c: the collector of a boot with several guests: how each began and ended, and, of each region of the measured
 * one, what each entered the hypervisor for meanwhile and how long it had the processor.
 *
 * On Xen pvbench-xen-domain says so in the lines "M guest" and "M share" of pvbench/log.h; on KVM whoever starts the
 * others, of their lives as a whole.
 */
#include "collectors/collector.h"
#include "collectors/entries_json.h"
#include "collectors/entry_names.h"
#include "collectors/hypervisor_log.h"
#include "collectors/toolstack_step.h"
#include "common/json_text.h"
#include "common/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define GUESTS_MAX 256
#define KINDS_MAX  64

/* Of a guest in a region. */
struct share {
    unsigned region;
    uint64_t order, ran, turns, total;
    json_t *entries;
};

struct guests {
    json_t *guest; /* an array; NULL: nothing was said of any */
    struct share *share;
    size_t shares;
};

static void *guests_open(struct observation *o)
{
    (void)o;
    return memory_zeroed(1, sizeof(struct guests));
}

static void guests_close(void *state)
{
    struct guests *g = state;
    for (size_t i = 0; i < g->shares; i++)
        json_decref(g->share[i].entries);
    json_decref(g->guest);
    free(g->share);
    free(g);
}

static json_t *word_json(struct word word)
{
    char text[PVB_REASON_SIZE];
    word_copy(word, text, sizeof(text));
    return json_text(text);
}

static const char *status_of(struct word end)
{
    if (word_is(end, "running"))
        return "ok";
    return word_is(end, "timeout") ? "timeout" : word_is(end, "error") ? "error" : "crashed";
}

/* Of its life beside the measured one, where its host counts it: all of them or none. */
static bool read_counts(json_t *guest, struct words *w)
{
    static const char *const names[] = {"exits", "halts", "ran_ns", "life_ms", "start_exits", "start_ns"};
    struct words ahead = *w;
    uint64_t count;
    if (!words_number(&ahead, names[0], PVB_TICKS_MAX, &count))
        return true;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!words_number(w, names[i], PVB_TICKS_MAX, &count))
            return false;
        json_object_set_new(guest, names[i], json_integer((json_int_t)count));
    }
    return true;
}

/* What its scheduler was told: both or none. */
static bool read_weight(json_t *guest, struct words *w)
{
    struct words ahead = *w;
    uint64_t weight, cap;
    if (!words_number(&ahead, "weight", PVB_TICKS_MAX, &weight))
        return true;
    if (!words_number(w, "weight", PVB_TICKS_MAX, &weight) || !words_number(w, "cap", 100, &cap))
        return false;
    json_object_set_new(guest, "weight", json_integer((json_int_t)weight));
    json_object_set_new(guest, "cap", json_integer((json_int_t)cap));
    return true;
}

/* Its own word, which any number may be. */
static bool read_done(json_t *guest, struct words *w)
{
    struct words ahead = *w;
    uint64_t done;
    if (!words_number(&ahead, "done", UINT64_MAX, &done))
        return true;
    if (!words_number(w, "done", PVB_TICKS_MAX, &done))
        return false;
    json_object_set_new(guest, "done", json_integer((json_int_t)done));
    return true;
}

static bool read_guest(struct guests *g, struct words *w)
{
    uint64_t order;
    struct word role, mode, load, end, reason = {0};
    if (!words_number(w, "order", GUESTS_MAX, &order) || !words_value(w, "role", &role) ||
        !words_value(w, "mode", &mode))
        return false;
    g->guest = g->guest ? g->guest : json_array();
    json_t *guest =
        json_pack("{s:I, s:o, s:o}", "order", (json_int_t)order, "role", word_json(role), "mode", word_json(mode));
    json_array_append_new(g->guest, guest);
    /* What became of the measured one the boot says. */
    if (word_is(role, "measured"))
        return read_weight(guest, w) && words_end(w);
    if (!word_is(role, "neighbour") || !words_value(w, "load", &load) || !words_value(w, "end", &end) ||
        !read_weight(guest, w) || !read_done(guest, w) || !read_counts(guest, w) ||
        (!words_end(w) && !words_rest(w, "reason", &reason)))
        return false;
    json_object_set_new(guest, "load", word_json(load));
    json_object_set_new(guest, "status", json_string(status_of(end)));
    if (!word_is(end, "running"))
        json_object_set_new(guest, "end", word_json(end));
    if (reason.size)
        json_object_set_new(guest, "reason", word_json(reason));
    return true;
}

/* CLASS:CODE:COUNT, once for each kind. */
static bool read_entry(struct share *s, struct word word)
{
    const char *end = word.text + word.size, *code = memchr(word.text, ':', word.size);
    const char *count = code ? memchr(code + 1, ':', (size_t)(end - code - 1)) : NULL;
    uint64_t number, n;
    if (!count || !word_decimal((struct word){code + 1, (size_t)(count - code - 1)}, UINT32_MAX, &number) ||
        !word_decimal((struct word){count + 1, (size_t)(end - count - 1)}, PVB_TICKS_MAX, &n))
        return false;
    for (unsigned i = 0; i < PVB_CLASSES; i++) {
        const char *class = class_name((enum pvb_class)i);
        if (!word_is((struct word){word.text, (size_t)(code - word.text)}, class))
            continue;
        const char *name = entry_name((enum pvb_class)i, number);
        json_t *kinds = json_object_get(s->entries, class);
        const json_int_t before = json_integer_value(json_object_get(kinds, name ? name : "other"));
        json_object_set_new(kinds, name ? name : "other", json_integer(before + (json_int_t)n));
        s->total += n;
        return true;
    }
    return false;
}

static bool read_share(struct share *s, struct words *w)
{
    struct word word;
    if (!words_number(w, "order", GUESTS_MAX, &s->order) || !words_number(w, "ran", PVB_TICKS_MAX, &s->ran) ||
        !words_number(w, "turns", PVB_TICKS_MAX, &s->turns))
        return false;
    for (unsigned i = 0; i < PVB_CLASSES; i++)
        json_object_set_new(s->entries, class_name((enum pvb_class)i), json_object());
    for (unsigned kinds = 0; !words_end(w); kinds++)
        if (kinds == KINDS_MAX || !words_next(w, &word) || !read_entry(s, word))
            return false;
    return true;
}

/* What was done for a guest, in the row that its line has made. */
static bool read_step(const struct guests *g, struct words *w)
{
    uint64_t order;
    struct word what;
    char name[16];
    if (!words_number(w, "order", GUESTS_MAX, &order) || !words_value(w, "what", &what))
        return false;
    json_t *step = toolstack_step(w), *guest = json_array_get(g->guest, (size_t)order - 1);
    const bool good = step && guest && (word_is(what, "create") || word_is(what, "start") || word_is(what, "destroy"));
    if (good) {
        word_copy(what, name, sizeof(name));
        json_object_set(guest, name, step);
    }
    json_decref(step);
    return good;
}

static void add_share(struct observation *o, struct guests *g, struct region *r, struct words *w)
{
    struct share s = {.region = o->books.open_key.region, .entries = json_object()};
    struct share *more =
        g->shares < (size_t)GUESTS_MAX * PVB_REGIONS_MAX ? realloc(g->share, (g->shares + 1) * sizeof(*more)) : NULL;
    g->share = more ? more : g->share;
    if (more && read_share(&s, w)) {
        g->share[g->shares++] = s;
        return;
    }
    json_decref(s.entries);
    region_fault(r, "a line of a guest beside this one is malformed");
}

static bool guests_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    struct guests *g = state;
    struct words w = {text, text + size};
    if (cut)
        return false;
    if (hypervisor_log_word(&w, "guest")) {
        if (json_array_size(g->guest) >= GUESTS_MAX || !read_guest(g, &w))
            observation_fault(o, "a line of the guests beside this one is malformed");
        return true;
    }
    if (hypervisor_log_word(&w, "step")) {
        if (!read_step(g, &w))
            observation_fault(o, "a line of what was done for a guest beside this one is malformed");
        return true;
    }
    if (!hypervisor_log_word(&w, "share"))
        return false;
    struct region *r = region_at_hand(o, &w, "share");
    if (r)
        add_share(o, g, r, &w);
    return true;
}

static void guests_run(const struct observation *o, const void *state, json_t *run)
{
    const struct guests *g = state;
    (void)o;
    if (g->guest)
        json_object_set(run, "guests", g->guest);
}

static void guests_region(const struct observation *o, const void *state, const struct region_document *d)
{
    const struct guests *g = state;
    json_t *list = json_array();
    (void)o;
    for (size_t i = 0; i < g->shares && !region_trouble(d->books); i++) {
        const struct share *s = &g->share[i];
        if (s->region != d->id)
            continue;
        json_t *one = json_pack("{s:I, s:{s:s, s:s, s:I}, s:I, s:I, s:O}", "order", (json_int_t)s->order, "ran", "unit",
                                d->m->unit, "class", d->m->class, "value", (json_int_t)s->ran, "turns",
                                (json_int_t)s->turns, "entries_total", (json_int_t)s->total, "entries", s->entries);
        json_array_append_new(list, one);
    }
    if (json_array_size(list))
        json_object_set(d->object, "shares", list);
    json_decref(list);
}

const struct collector beside_collector = {
    .name = "the guests beside",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = guests_open,
    .line = guests_line,
    .run = guests_run,
    .region = guests_region,
    .close = guests_close,
};
