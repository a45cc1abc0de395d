/*
 * guest_log.c: the collector of what the guest says: costs.
 *
 * The guest's lines (pvbench/log.h) are not trusted: it may claim only what
 * it was asked for, once, in order, and its sums must be right. Whatever
 * the bytes are, the outcome is a measurement or a fault, never a crash.
 */
#include "collectors/collector.h"

#include <inttypes.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#define PREFIX     "pvbench: "
#define PAGES_MOST (1ull << 40) /* of memory, that anybody could ask for */

/* The fault of the workload at hand, or of the boot between workloads. */
#define FAULT(o, ...)                                                                                                  \
    ((o)->current >= 0 ? bench_fault(&(o)->bench[(o)->current], __VA_ARGS__) : observation_fault((o), __VA_ARGS__))

static void read_start(struct observation *o, struct words *w)
{
    uint64_t abi, khz, count;
    struct word mode, platform;
    if (o->started) {
        observation_fault(o, "the guest started twice");
        return;
    }
    o->started = true;
    if (!words_number(w, "abi", UINT32_MAX, &abi) || !words_value(w, "mode", &mode) ||
        !words_value(w, "platform", &platform) || !words_number(w, "tsc_khz", PVB_TICKS_MAX, &khz) ||
        !words_number(w, "count", UINT32_MAX, &count) || !words_end(w))
        observation_fault(o, "the guest's start line is malformed");
    else if (abi != PVB_LOG_ABI)
        observation_fault(o, "the guest speaks version %" PRIu64 " of the log, not %d", abi, PVB_LOG_ABI);
    else if (!word_is(mode, o->mode))
        observation_fault(o, "the guest is not a %s guest, by its start line", o->mode);
    else if (count != o->count)
        observation_fault(o, "the guest has %" PRIu64 " workloads to run, not %u", count, o->count);
}

/* Every other line of a workload names it; it must be the one at hand. */
static struct bench *at_hand(struct observation *o, struct words *w, const char *line)
{
    uint64_t index;
    if (!words_number(w, "index", UINT32_MAX, &index))
        FAULT(o, "the guest's %s line has no index", line);
    else if (o->current < 0)
        observation_fault(o, "the guest's %s line for workload %" PRIu64 " stands outside of begin and end", line,
                          index);
    else if (index != (uint64_t)o->current)
        bench_fault(&o->bench[o->current], "the guest's %s line names workload %" PRIu64 " inside of workload %d", line,
                    index, o->current);
    else
        return &o->bench[o->current];
    return NULL;
}

static void read_begin(struct observation *o, struct words *w)
{
    uint64_t index, parameter;
    struct word name;
    if (!words_number(w, "index", UINT32_MAX, &index) || !words_value(w, "name", &name) ||
        !words_number(w, "parameter", UINT64_MAX, &parameter) || !words_end(w)) {
        FAULT(o, "the guest's begin line is malformed");
        return;
    }
    if (o->current >= 0) {
        bench_fault(&o->bench[o->current], "the guest began workload %" PRIu64 " before the end of this one", index);
        o->current = -1;
    }
    if (index >= o->count) {
        observation_fault(o, "the guest began workload %" PRIu64 ", having been asked for %u", index, o->count);
        return;
    }
    struct bench *b = &o->bench[index];
    if (b->state != BENCH_UNSEEN) {
        bench_fault(b, "the guest began this workload twice");
        return;
    }
    b->state = BENCH_BEGUN;
    o->current = (int)index;
    if (!o->started)
        bench_fault(b, "the guest began without a start line");
    if (!word_is(name, o->asked[index].name))
        bench_fault(b, "the guest ran another workload in place of %s", o->asked[index].name);
    else if (parameter != o->asked[index].parameter)
        bench_fault(b, "the guest ran with parameter %" PRIu64 ", asked for %" PRIu64, parameter,
                    o->asked[index].parameter);
}

static bool read_measures(struct word word, char *into, size_t size)
{
    if (word.size >= size)
        return false;
    for (size_t i = 0; i < word.size; i++) {
        char c = word.text[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
        into[i] = c == '_' ? ' ' : c;
    }
    into[word.size] = 0;
    return true;
}

/* Since the guest's start, whose time stamp is not the guest's to know. */
static bool is_since_start(const struct bench *b)
{
    return strcmp(b->measures, "since the start") == 0;
}

static void read_result(struct observation *o, struct words *w)
{
    struct bench *b = at_hand(o, w, "result");
    if (!b)
        return;
    const struct pvb_param_workload *asked = &o->asked[o->current];
    uint64_t iterations, warmup;
    struct word unit, measures;
    if (b->state != BENCH_BEGUN) {
        bench_fault(b, "the guest gave more than one result");
        return;
    }
    b->state = BENCH_RESULT;
    if (!words_number(w, "iterations", UINT32_MAX, &iterations) || !words_number(w, "warmup", UINT32_MAX, &warmup) ||
        !words_number(w, "ops", UINT32_MAX, &b->ops) || !words_number(w, "cold", PVB_TICKS_MAX, &b->cold) ||
        !words_value(w, "unit", &unit) || !words_value(w, "measures", &measures) || !words_end(w))
        bench_fault(b, "the guest's result line is malformed");
    else if (iterations != asked->iterations || warmup != asked->warmup)
        bench_fault(b,
                    "the guest ran %" PRIu64 " iterations after %" PRIu64 " for warming up, asked for %" PRIu32
                    " after %" PRIu32,
                    iterations, warmup, asked->iterations, asked->warmup);
    else if (b->ops < 1)
        bench_fault(b, "the guest says that an iteration has no operation");
    else if (!word_is(unit, "tsc"))
        bench_fault(b, "the guest measures in a unit that is not known");
    else if (!read_measures(measures, b->measures, sizeof(b->measures)))
        bench_fault(b, "the guest's word for what it measures is malformed");
    else if (is_since_start(b) != (strcmp(asked->name, PVB_BOOT_WORKLOAD) == 0))
        bench_fault(b, "the guest's start is measured since its start, and nothing else is");
}

static void read_series(struct bench *b, size_t iterations, struct words *w)
{
    if (!b->series)
        b->series = malloc(iterations * sizeof(*b->series));
    if (!b->series)
        bench_fault(b, "the guest's samples find no memory");
    else if (words_end(w) || !series_read(b->series, &b->series_count, iterations, w))
        bench_fault(b, "the guest's samples are malformed, out of range or more than iterations");
}

/* All samples are there: those of the warm-up are told from the others. */
static void settle(struct bench *b)
{
    if (warm_up_find(b->series, b->series_count, &b->warm_up) ||
        !distribution_of(&b->samples, b->series + b->warm_up.samples, b->series_count - b->warm_up.samples))
        bench_fault(b, "the guest's samples are out of range, or find no memory");
}

static void read_samples(struct observation *o, struct words *w)
{
    struct bench *b = at_hand(o, w, "samples");
    if (!b)
        return;
    if (b->state != BENCH_RESULT)
        bench_fault(b, "the guest's samples came without a result");
    else if (o->in_order)
        read_series(b, o->asked[o->current].iterations, w);
    else if (words_end(w) || !distribution_read(&b->samples, w))
        bench_fault(b, "the guest's samples are malformed, out of range or not ascending");
    else if (b->samples.count > o->asked[o->current].iterations)
        bench_fault(b, "the guest gave more samples than iterations");
}

static void read_notifications(struct observation *o, struct words *w)
{
    struct bench *b = at_hand(o, w, "notifications");
    if (!b)
        return;
    struct notifications *told = &b->told;
    if (b->state != BENCH_RESULT || told->known)
        bench_fault(b, "the guest's notifications came without a result, or twice");
    else if (!words_number(w, "sent", INT64_MAX, &told->sent) ||
             !words_number(w, "suppressed", INT64_MAX, &told->suppressed) ||
             !words_number(w, "received", INT64_MAX, &told->received) || !words_end(w))
        bench_fault(b, "the guest's notifications are malformed or out of range");
    told->known = true;
}

static void read_clock(struct observation *o, struct words *w)
{
    struct bench *b = at_hand(o, w, "clock");
    if (!b)
        return;
    if (b->state != BENCH_RESULT || b->has_clock)
        bench_fault(b, "the guest's clock came without a result, or twice");
    else if (!words_number(w, "interrupts", INT64_MAX, &b->clock_interrupts) || !words_end(w))
        bench_fault(b, "the guest's line about its clock is malformed or out of range");
    b->has_clock = true;
}

static void take_start(const struct observation *o, struct bench *b)
{
    const uint64_t at = b->samples.items == 1 ? b->samples.item[0].value : 0;
    if (!at || at != b->cold || at < o->unpaused || b->samples.count != 1) {
        bench_fault(b, "the guest's start cannot have ended at %" PRIu64, at);
        return;
    }
    b->cold -= o->unpaused;
    distribution_free(&b->samples);
    b->samples = (struct distribution){0};
    if (!distribution_add(&b->samples, b->cold, 1))
        bench_fault(b, "the guest's samples find no memory");
}

static void read_phase(struct observation *o, struct words *w)
{
    struct bench *b = at_hand(o, w, "phase");
    struct word name;
    uint64_t ended;
    if (!b)
        return;
    const uint64_t before = b->phases ? b->phases_end : o->unpaused;
    if (b->state != BENCH_RESULT || !is_since_start(b) || b->phases == PHASES_MAX || !words_value(w, "name", &name) ||
        !words_number(w, "ended", PVB_TICKS_MAX, &ended) || !words_end(w) || ended < before ||
        !read_measures(name, b->phase[b->phases].name, sizeof(b->phase[0].name))) {
        bench_fault(b, "the guest's phases are malformed, out of order, or of nothing that has any");
        return;
    }
    b->phase[b->phases++].ticks = ended - before;
    b->phases_end = ended;
}

static void read_end(struct observation *o, struct words *w)
{
    struct bench *b = at_hand(o, w, "end");
    if (!b)
        return;
    if (!words_end(w))
        bench_fault(b, "the guest's end line is malformed");
    else if (b->state == BENCH_BEGUN)
        bench_fault(b, "the guest ended this workload without a result");
    uint64_t given = o->in_order ? b->series_count : b->samples.count;
    if (b->state == BENCH_RESULT && given != o->asked[o->current].iterations)
        bench_fault(b, "the guest gave %" PRIu64 " samples of %" PRIu32 " iterations", given,
                    o->asked[o->current].iterations);
    else if (b->state == BENCH_RESULT && o->in_order && !b->fault[0])
        settle(b);
    if (b->state == BENCH_RESULT && is_since_start(b) && !b->fault[0])
        take_start(o, b);
    b->ended = true;
    o->current = -1;
}

/* The guest sees that there is no card, and not why; who was to give it one knows. */
static void add_why(const struct observation *o, struct bench *b)
{
    const struct word why = {o->no_network, strlen(o->no_network)};
    const size_t used = strlen(b->reason);
    if (!why.size || !strstr(b->reason, "network card") || used + 2 >= sizeof(b->reason))
        return;
    memcpy(b->reason + used, ": ", 2);
    word_copy(why, b->reason + used + 2, sizeof(b->reason) - used - 2);
}

static void read_reason(struct observation *o, struct words *w, enum bench_state state)
{
    struct bench *b = at_hand(o, w, state == BENCH_ERROR ? "error" : "na");
    struct word reason;
    if (!b)
        return;
    if (b->state != BENCH_BEGUN) {
        bench_fault(b, "the guest gave more than one result");
        return;
    }
    b->state = state;
    if (!words_rest(w, "reason", &reason) || !reason.size)
        bench_fault(b, "the guest gave no reason");
    else
        word_copy(reason, b->reason, sizeof(b->reason));
    if (state == BENCH_NOT_APPLICABLE)
        add_why(o, b);
}

static void read_done(struct observation *o, struct words *w)
{
    if (o->done || !words_end(w) || o->current >= 0 || !o->started) {
        FAULT(o, "the guest's done line comes out of place");
        return;
    }
    o->done = true;
    for (unsigned i = 0; i < o->count; i++)
        if (!o->bench[i].ended)
            bench_fault(&o->bench[i], "the guest was done without having run this workload");
}

static void read_devices(struct observation *o, struct words *w)
{
    if (o->devices.known[DEVICE_READS] || !device_counts_read(w, &o->devices))
        FAULT(o, "the guest's line of its devices is malformed, or the second one");
}

static void read_panic(struct observation *o, struct words *w)
{
    struct word reason;
    if (o->panic[0])
        return;
    if (words_rest(w, "reason", &reason) && reason.size)
        word_copy(reason, o->panic, sizeof(o->panic));
    else
        snprintf(o->panic, sizeof(o->panic), "no reason given");
}

/* To be saved: whoever has started it does, and says so himself (saves.c). */
static void read_save(struct observation *o, struct words *w)
{
    uint64_t live;
    if (!words_number(w, "live", 1, &live) || !words_end(w))
        FAULT(o, "a line in which the guest asks to be saved is malformed");
}

/* To have more or less of it. */
static void read_memory(struct observation *o, struct words *w)
{
    uint64_t pages;
    if ((!words_number(w, "more", PAGES_MOST, &pages) && !words_number(w, "less", PAGES_MOST, &pages)) || !words_end(w))
        FAULT(o, "a line in which the guest asks for memory is malformed");
}

static void read_line(struct observation *o, const char *text, size_t size, bool cut)
{
    size_t prefix = strlen(PREFIX);
    struct word verb;
    if (size < prefix || memcmp(text, PREFIX, prefix) != 0)
        return;
    if (cut || size > PVB_LINE_MAX) {
        FAULT(o, "a line of the guest is longer than %d characters", PVB_LINE_MAX);
        return;
    }
    struct words w = {text + prefix, text + size};
    if (!words_next(&w, &verb)) {
        FAULT(o, "a line of the guest says nothing");
        return;
    }
    if (o->done && !word_is(verb, "panic"))
        observation_fault(o, "the guest went on after it was done");
    else if (word_is(verb, "start"))
        read_start(o, &w);
    else if (word_is(verb, "begin"))
        read_begin(o, &w);
    else if (word_is(verb, "result"))
        read_result(o, &w);
    else if (word_is(verb, "samples"))
        read_samples(o, &w);
    else if (word_is(verb, "notifications"))
        read_notifications(o, &w);
    else if (word_is(verb, "clock"))
        read_clock(o, &w);
    else if (word_is(verb, "phase"))
        read_phase(o, &w);
    else if (word_is(verb, "save"))
        read_save(o, &w);
    else if (word_is(verb, "memory"))
        read_memory(o, &w);
    else if (word_is(verb, "end"))
        read_end(o, &w);
    else if (word_is(verb, "na"))
        read_reason(o, &w, BENCH_NOT_APPLICABLE);
    else if (word_is(verb, "error"))
        read_reason(o, &w, BENCH_ERROR);
    else if (word_is(verb, "devices"))
        read_devices(o, &w);
    else if (word_is(verb, "panic"))
        read_panic(o, &w);
    else if (word_is(verb, "done"))
        read_done(o, &w);
    else
        FAULT(o, "a line of the guest begins with a word that is not known");
}

/* Whatever is not meant for it is the guest's own words. */
static bool guest_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    (void)state;
    read_line(o, text, size, cut);
    return true;
}

/* A guest without devices, or without a clock of its own, says nothing of them. */
static void guest_region(const struct observation *o, const void *state, const struct region_document *d)
{
    const unsigned index = d->id / 2;
    const struct notifications *told = &o->bench[index].told;
    (void)state;
    if (o->bench[index].has_clock && d->id == PVB_REGION_STEADY(index))
        json_object_set_new(d->object, "clock_interrupts", json_integer((json_int_t)o->bench[index].clock_interrupts));
    if (told->known && d->id == PVB_REGION_STEADY(index))
        json_object_set_new(d->object, "notifications",
                            json_pack("{s:I, s:I, s:I}", "sent", (json_int_t)told->sent, "suppressed",
                                      (json_int_t)told->suppressed, "received", (json_int_t)told->received));
}

enum speaker guest_log_speaker(const char **text, size_t *size)
{
    (void)text;
    (void)size;
    return SPEAKER_GUEST;
}

const struct collector guest_log_collector = {
    .name = "guest log",
    .listens_to = SPEAKER_GUEST,
    .line = guest_line,
    .region = guest_region,
};
