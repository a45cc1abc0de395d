/*
 * hypervisor_log.c: the collector of a hypervisor's books: entries.
 *
 * Reads the "M " lines of pvbench/log.h, which the minivisor speaks, and
 * pvbench-xen-domain for Xen; a fault names the speaker. Every sum that is there twice is
 * compared; what does not add up becomes the region's fault and its entries
 * are then said to be unavailable, not guessed.
 */
#include "collectors/collector.h"
#include "collectors/entry_names.h"
#include "collectors/hypervisor_log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CODE_MAX  0xffffu
#define KINDS_MAX 512

static void read_start(struct observation *o, struct words *w)
{
    uint64_t abi, khz, kib;
    struct word version, mode;
    if (o->hypervisor_started) {
        observation_fault(o, "%s started twice", o->speaker);
        return;
    }
    o->hypervisor_started = true;
    if (!words_number(w, "abi", UINT32_MAX, &abi) || !words_value(w, "version", &version) ||
        !words_value(w, "mode", &mode) || !words_number(w, "tsc_khz", PVB_TICKS_MAX, &khz) ||
        !words_number(w, "guest_kib", PVB_TICKS_MAX, &kib) || !words_end(w)) {
        observation_fault(o, "the start line of %s is malformed", o->speaker);
        return;
    }
    word_copy(version, o->hypervisor_version, sizeof(o->hypervisor_version));
    if (abi != PVB_LOG_ABI)
        observation_fault(o, "%s speaks version %" PRIu64 " of the log, not %d", o->speaker, abi, PVB_LOG_ABI);
    else if (!word_is(mode, o->mode))
        observation_fault(o, "%s did not take the guest for a %s guest", o->speaker, o->mode);
}

static void read_region(struct observation *o, struct words *w)
{
    uint64_t id, spans, ticks;
    if (!words_number(w, "id", UINT32_MAX, &id)) {
        observation_fault(o, "a region line of %s has no id", o->speaker);
        return;
    }
    struct region *before = o->books.open, *r = books_open(&o->books, (struct book_key){.region = (unsigned)id});
    if (!r) {
        observation_fault(o, "%s reports region %" PRIu64 ", which belongs to no workload", o->speaker, id);
        return;
    }
    if (before)
        region_fault(before, "another region was reported inside of it");
    if (r->seen)
        region_fault(r, "%s reported region %" PRIu64 " twice", o->speaker, id);
    r->seen = true;
    if (!words_number(w, "spans", PVB_TICKS_MAX, &spans) || !words_number(w, "ticks", PVB_TICKS_MAX, &ticks)) {
        region_fault(r, "the line of region %" PRIu64 " is malformed", id);
        return;
    }
    r->spans = spans;
    r->ticks = ticks;
    if (words_end(w))
        return;
    if (words_literal(w, "open=1") && words_end(w))
        r->torn = true;
    else
        region_fault(r, "the line of region %" PRIu64 " is malformed", id);
}

struct region *region_at_hand(struct observation *o, struct words *w, const char *line)
{
    uint64_t id;
    if (!words_number(w, "id", UINT32_MAX, &id)) {
        observation_fault(o, "the %s line of %s has no id", line, o->speaker);
        return NULL;
    }
    struct region *r = books_at(&o->books, (struct book_key){.region = (unsigned)id});
    if (r && r == o->books.open)
        return r;
    if (r)
        region_fault(r, "the %s line of %s stands outside of its region", line, o->speaker);
    else
        observation_fault(o, "the %s line of %s belongs to no region", line, o->speaker);
    return NULL;
}

/* AMD's exit codes use all of 32 bits: VMEXIT_INVALID is -1. */
static uint64_t code_max(enum pvb_class class)
{
    return class == PVB_CLASS_EXIT ? UINT32_MAX : CODE_MAX;
}

static bool read_class(struct words *w, enum pvb_class *class)
{
    struct word word;
    if (!words_value(w, "class", &word))
        return false;
    for (unsigned i = 0; i < PVB_CLASSES; i++)
        if (word_is(word, class_name((enum pvb_class)i))) {
            *class = (enum pvb_class)i;
            return true;
        }
    return false;
}

/* Their sums, or that the source cannot tell them. */
static bool read_costs(struct words *w, struct entry_kind *k)
{
    struct words ahead = *w;
    if (words_literal(&ahead, "costs=none")) {
        k->no_costs = true;
        *w = ahead;
        return true;
    }
    return words_number(w, "total", PVB_TICKS_MAX, &k->total) && words_number(w, "min", PVB_TICKS_MAX, &k->min) &&
           words_number(w, "max", PVB_TICKS_MAX, &k->max);
}

static void read_entry(struct observation *o, struct words *w)
{
    struct region *r = region_at_hand(o, w, "entry");
    struct entry_kind k = {0};
    if (!r)
        return;
    if (!read_class(w, &k.class) || !words_number(w, "code", code_max(k.class), &k.code) ||
        !words_number(w, "count", PVB_TICKS_MAX, &k.count) || !read_costs(w, &k) || !words_end(w)) {
        region_fault(r, "an entry line is malformed or out of range");
        return;
    }
    uint64_t least, most;
    if (__builtin_mul_overflow(k.min, k.count, &least))
        least = UINT64_MAX;
    if (__builtin_mul_overflow(k.max, k.count, &most))
        most = UINT64_MAX;
    if (!k.count || k.min > k.max || k.total < least || k.total > most)
        region_fault(r, "the sums of %s code %" PRIu64 " contradict each other", class_name(k.class), k.code);
    else if (region_find(r, k.class, k.code))
        region_fault(r, "%s code %" PRIu64 " was reported twice", class_name(k.class), k.code);
    else if (r->kinds == KINDS_MAX)
        region_fault(r, "more than %d kinds of entries were reported", KINDS_MAX);
    else {
        struct entry_kind *kind = region_kind(r, k.class, k.code);
        if (kind)
            *kind = k;
        else
            region_fault(r, "out of memory");
    }
}

/* The kind that a dist or detail line adds to. */
static struct entry_kind *kind_at_hand(struct region *r, struct words *w, uint64_t *rest)
{
    enum pvb_class class;
    uint64_t code;
    if (!read_class(w, &class) || !words_number(w, "code", code_max(class), &code) ||
        !words_number(w, "rest", PVB_TICKS_MAX, rest)) {
        region_fault(r, "a dist or detail line is malformed");
        return NULL;
    }
    struct entry_kind *k = region_find(r, class, code);
    if (!k)
        region_fault(r, "%s code %" PRIu64 " has a dist or detail line, but no entry line before it", class_name(class),
                     code);
    return k;
}

static void read_dist(struct observation *o, struct words *w)
{
    struct region *r = region_at_hand(o, w, "dist");
    uint64_t rest;
    if (!r)
        return;
    struct entry_kind *k = kind_at_hand(r, w, &rest);
    if (!k)
        return;
    if (k->has_costs && k->costs_rest != rest)
        region_fault(r, "two dist lines of one kind contradict each other");
    k->has_costs = true;
    k->costs_rest = rest;
    if (words_end(w) || !distribution_read(&k->costs, w))
        region_fault(r, "a dist line is malformed, out of range or not ascending");
}

bool counts_read(struct words *w, struct entry_detail **list, size_t *n)
{
    struct word word;
    while (!words_end(w)) {
        uint64_t key, count;
        const char *colon = words_next(w, &word) ? memchr(word.text, ':', word.size) : NULL;
        if (!colon)
            return false;
        struct word left = {word.text, (size_t)(colon - word.text)};
        struct word right = {colon + 1, word.size - left.size - 1};
        if (!word_hex(left, &key) || !word_decimal(right, PVB_TICKS_MAX, &count) || !count ||
            counts_of(*list, *n, key) || !counts_add(list, n, key, count))
            return false;
    }
    return true;
}

static void read_detail(struct observation *o, struct words *w)
{
    struct region *r = region_at_hand(o, w, "detail");
    uint64_t rest;
    if (!r)
        return;
    struct entry_kind *k = kind_at_hand(r, w, &rest);
    if (!k)
        return;
    if (k->has_details) {
        region_fault(r, "one kind has two detail lines");
        return;
    }
    k->has_details = true;
    k->details_rest = rest;
    if (!counts_read(w, &k->detail, &k->details))
        region_fault(r, "a detail line is malformed, or names a key twice");
}

/* How many of a kind came from other vCPUs than the one that marks. */
static void read_others(struct observation *o, struct words *w)
{
    struct region *r = region_at_hand(o, w, "others");
    struct entry_share s = {0};
    if (!r)
        return;
    if (!read_class(w, &s.class) || !words_number(w, "code", code_max(s.class), &s.code) ||
        !words_number(w, "count", PVB_TICKS_MAX, &s.count) || !words_end(w)) {
        region_fault(r, "a line of other vCPUs' entries is malformed");
        return;
    }
    const struct entry_kind *k = region_find(r, s.class, s.code);
    if (!k || s.count > k->count || region_others(r, s.class, s.code))
        region_fault(r, "other vCPUs have more entries of %s code %" PRIu64 " than there are, or were reported twice",
                     class_name(s.class), s.code);
    else if (!region_add_other(r, s.class, s.code, s.count))
        region_fault(r, "out of memory");
}

/* What a kind's lines say twice must agree. */
static void check_kind(struct region *r, const struct entry_kind *k)
{
    const struct distribution *d = &k->costs;
    bool good;
    if (!k->has_costs)
        good = k->no_costs || k->min == k->max;
    else if (!d->items)
        good = false;
    else {
        good = d->count + k->costs_rest == k->count && d->total <= k->total && d->item[0].value >= k->min &&
               d->item[d->items - 1].value <= k->max;
        if (!k->costs_rest)
            good = good && d->total == k->total && d->item[0].value == k->min && d->item[d->items - 1].value == k->max;
    }
    if (!good)
        region_fault(r, "the costs of %s code %" PRIu64 " do not add up to its entries", class_name(k->class), k->code);
}

static void read_regionend(struct observation *o, struct words *w)
{
    struct region *r = region_at_hand(o, w, "regionend");
    uint64_t entries = 0;
    if (!r)
        return;
    books_close(&o->books);
    r->closed = true;
    if (!words_end(w))
        region_fault(r, "the line that ends the region is malformed");
    for (size_t i = 0; i < r->kinds; i++) {
        check_kind(r, &r->kind[i]);
        if (__builtin_add_overflow(entries, r->kind[i].count, &entries) || entries > PVB_TICKS_MAX)
            region_fault(r, "the entries are more than can be counted");
    }
}

static void read_reason(struct observation *o, struct words *w, char *into, size_t size)
{
    struct word reason;
    if (!words_rest(w, "reason", &reason) || !reason.size)
        observation_fault(o, "%s gave no reason", o->speaker);
    else if (!into[0])
        word_copy(reason, into, size);
}

static void read_kill(struct observation *o, struct words *w)
{
    read_reason(o, w, o->killed, sizeof(o->killed));
}

static void read_end(struct observation *o, struct words *w)
{
    read_reason(o, w, o->end, sizeof(o->end));
}

/* Something befell the counts: of one region, or of all. */
static void read_doubt(struct observation *o, struct words *w)
{
    struct word reason;
    char text[PVB_REASON_SIZE];
    struct words ahead = *w;
    if (words_rest(&ahead, "reason", &reason)) {
        word_copy(reason, text, sizeof(text));
        for (unsigned i = 0; i < o->books.regions; i++) {
            region_fault(&o->books.region[i], "%s", text);
            o->books.region[i].seen = true;
        }
        return;
    }
    struct region *r = region_at_hand(o, w, "doubt");
    if (r && words_rest(w, "reason", &reason)) {
        word_copy(reason, text, sizeof(text));
        region_fault(r, "%s", text);
    }
}

static void read_unpaused(struct observation *o, struct words *w)
{
    if (o->unpaused || !words_number(w, "tsc", PVB_TICKS_MAX, &o->unpaused) || !words_end(w))
        observation_fault(o, "the line of %s that lets the guest run is malformed, or the second one", o->speaker);
}

/* False: a word that is not for this collector. */
static bool read_line(struct observation *o, struct word verb, struct words *w)
{
    static const struct {
        const char *verb;
        void (*read)(struct observation *o, struct words *w);
    } lines[] = {
        {"start", read_start},         {"region", read_region}, {"entry", read_entry},       {"dist", read_dist},
        {"detail", read_detail},       {"doubt", read_doubt},   {"others", read_others},     {"kill", read_kill},
        {"regionend", read_regionend}, {"end", read_end},       {"unpaused", read_unpaused},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (word_is(verb, lines[i].verb)) {
            lines[i].read(o, w);
            return true;
        }
    return false;
}

static bool hypervisor_line(struct observation *o, void *state, const char *text, size_t size, bool cut)
{
    (void)state;
    struct words w = {text, text + size};
    struct word verb;
    if (!words_literal(&w, "M") || !words_next(&w, &verb)) {
        observation_fault(o, "a line of %s says nothing", o->speaker);
        return true;
    }
    if (word_is(verb, "note"))
        return true;
    if (!cut)
        return read_line(o, verb, &w);
    if (o->books.open)
        region_fault(o->books.open, "a line of %s is too long", o->speaker);
    else
        observation_fault(o, "a line of %s is too long", o->speaker);
    return true;
}

bool hypervisor_log_word(struct words *w, const char *word)
{
    struct words ahead = *w;
    if (!words_literal(&ahead, "M") || !words_literal(&ahead, word))
        return false;
    *w = ahead;
    return true;
}

enum speaker hypervisor_log_speaker(const char **text, size_t *size)
{
    if (*size < 2 || (*text)[1] != ' ')
        return SPEAKER_NOBODY;
    if ((*text)[0] == 'M')
        return SPEAKER_HYPERVISOR;
    if ((*text)[0] != 'G')
        return SPEAKER_NOBODY;
    *text += 2;
    *size -= 2;
    return SPEAKER_GUEST;
}

static void *minivisor_open(struct observation *o)
{
    o->speaker = "the minivisor";
    return NULL;
}

static void *xen_domain_open(struct observation *o)
{
    o->speaker = "pvbench-xen-domain";
    return NULL;
}

const struct collector minivisor_log_collector = {
    .name = "minivisor log",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = minivisor_open,
    .line = hypervisor_line,
};

const struct collector xen_domain_log_collector = {
    .name = "pvbench-xen-domain log",
    .listens_to = SPEAKER_HYPERVISOR,
    .open = xen_domain_open,
    .line = hypervisor_line,
};
