/*
 * opinion.c: the collectors of a second source of counts: "M opinion …" of pvbench/log.h, what it says of all
 * entries together, and where it does not agree; and of a second reader of the first source: "M recount …".
 */
#include "collectors/collector.h"
#include "collectors/hypervisor_log.h"
#include "common/memory.h"

#include <stdlib.h>

#define SUMS        4
#define DIFFERENCES 8

struct row {
    char kind[24];
    uint64_t number; /* in a sum: how many counters were compared; else the counter's index */
    uint64_t trace, least, most;
};

struct opinion {
    struct row sum[SUMS], difference[DIFFERENCES];
    size_t sums, differences;
    char none[PVB_REASON_SIZE]; /* why there is none */
};

static void *opinion_open(struct observation *o)
{
    (void)o;
    return memory_zeroed(1, sizeof(struct opinion));
}

static bool read_row(struct words *w, const char *number, struct row *row)
{
    struct word kind;
    if (!words_value(w, "kind", &kind) || !words_number(w, number, UINT32_MAX, &row->number) ||
        !words_number(w, "trace", PVB_TICKS_MAX, &row->trace) ||
        !words_number(w, "least", PVB_TICKS_MAX, &row->least) || !words_number(w, "most", PVB_TICKS_MAX, &row->most) ||
        !words_end(w))
        return false;
    word_copy(kind, row->kind, sizeof(row->kind));
    return true;
}

static bool read_opinion(struct opinion *s, struct words *w)
{
    struct word verb, reason;
    if (!words_next(w, &verb))
        return false;
    if (word_is(verb, "sum") && s->sums < SUMS)
        return read_row(w, "counters", &s->sum[s->sums++]);
    if (word_is(verb, "differs") && s->differences < DIFFERENCES)
        return read_row(w, "index", &s->difference[s->differences++]);
    if (!word_is(verb, "none") || !words_rest(w, "reason", &reason) || !reason.size)
        return false;
    word_copy(reason, s->none, sizeof(s->none));
    return true;
}

static bool opinion_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    struct words w = {text, text + size};
    if (cut || !hypervisor_log_word(&w, "opinion"))
        return false;
    if (!read_opinion(state, &w))
        observation_fault(o, "a line of the second source of counts is malformed");
    return true;
}

static json_t *rows_json(const struct row *row, size_t count, const char *number)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, json_pack("{s:s, s:I, s:I, s:I, s:I}", "kind", row[i].kind, number,
                                               (json_int_t)row[i].number, "trace", (json_int_t)row[i].trace, "least",
                                               (json_int_t)row[i].least, "most", (json_int_t)row[i].most));
    return array;
}

/* `agrees` is null, with the reason, when there was nothing to compare with. */
static void opinion_run(const struct observation *o, const void *state, json_t *run)
{
    (void)o;
    const struct opinion *s = state;
    json_t *opinion = NULL;
    if (s->none[0])
        opinion = json_pack("{s:s, s:n, s:s}", "source", "xc_perfc_query", "agrees", "reason", s->none);
    else if (s->sums)
        opinion = json_pack("{s:s, s:b, s:o, s:o}", "source", "xc_perfc_query", "agrees", s->differences == 0,
                            "compared", rows_json(s->sum, s->sums, "counters"), "differences",
                            rows_json(s->difference, s->differences, "index"));
    if (opinion)
        json_object_set_new(run, "second_opinion", opinion);
}

const struct collector opinion_collector = {
    .name = "second opinion",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = opinion_open,
    .line = opinion_line,
    .run = opinion_run,
    .close = free,
};

/* Of a kind of records, or of one code of it: what both readers have. */
struct recounted {
    char kind[24];
    uint64_t code, records, entries;
};

struct recount {
    struct recounted sum[SUMS], difference[DIFFERENCES];
    size_t sums, differences;
};

static void *recount_open(struct observation *o)
{
    (void)o;
    return memory_zeroed(1, sizeof(struct recount));
}

static bool read_recounted(struct words *w, bool has_code, struct recounted *r)
{
    struct word kind;
    if (!words_value(w, "kind", &kind) || (has_code && !words_number(w, "code", UINT32_MAX, &r->code)) ||
        !words_number(w, "records", PVB_TICKS_MAX, &r->records) ||
        !words_number(w, "entries", PVB_TICKS_MAX, &r->entries) || !words_end(w))
        return false;
    word_copy(kind, r->kind, sizeof(r->kind));
    return true;
}

/* More differences than there is room for change nothing. */
static bool read_recount(struct recount *s, struct words *w)
{
    struct recounted more;
    struct word verb;
    if (!words_next(w, &verb))
        return false;
    if (word_is(verb, "sum") && s->sums < SUMS)
        return read_recounted(w, false, &s->sum[s->sums++]);
    return word_is(verb, "differs") &&
           read_recounted(w, true, s->differences < DIFFERENCES ? &s->difference[s->differences++] : &more);
}

static bool recount_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    struct words w = {text, text + size};
    if (cut || !hypervisor_log_word(&w, "recount"))
        return false;
    if (!read_recount(state, &w))
        observation_fault(o, "a line of the second reader is malformed");
    return true;
}

static void recount_run(const struct observation *o, const void *state, json_t *run)
{
    (void)o;
    const struct recount *s = state;
    json_t *sums = json_array(), *differences = json_array();
    for (size_t i = 0; i < s->sums; i++)
        json_array_append_new(sums, json_pack("{s:s, s:I, s:I}", "kind", s->sum[i].kind, "records",
                                              (json_int_t)s->sum[i].records, "entries", (json_int_t)s->sum[i].entries));
    for (size_t i = 0; i < s->differences; i++)
        json_array_append_new(differences, json_pack("{s:s, s:I, s:I, s:I}", "kind", s->difference[i].kind, "code",
                                                     (json_int_t)s->difference[i].code, "records",
                                                     (json_int_t)s->difference[i].records, "entries",
                                                     (json_int_t)s->difference[i].entries));
    json_t *recount =
        json_pack("{s:b, s:o, s:o}", "agrees", s->differences == 0, "compared", sums, "differences", differences);
    if (s->sums)
        json_object_set(run, "recount", recount);
    json_decref(recount);
}

const struct collector recount_collector = {
    .name = "second reader",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = recount_open,
    .line = recount_line,
    .run = recount_run,
    .close = free,
};
