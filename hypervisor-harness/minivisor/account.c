/*
 * account.c: the books of entries.
 *
 * Costs in the lab are exact, and nearly always one value, so the books
 * keep distinct values with their counts, the latest in front: the usual
 * entry costs one comparison and one addition. What finds no slot is kept
 * as a remainder with its sum and extremes. Nothing is printed while a
 * region is open.
 */
#include "account.h"
#include "console.h"
#include "guest.h"
#include "timer.h"

#include <pvbench/log.h>

#define VALUE_SLOTS 16
#define DETAIL_SLOTS 256

struct counter {
    struct {
        u64 ticks, count;
    } value[VALUE_SLOTS];
    u64 rest_count, rest_total, rest_min, rest_max;
};

struct detail {
    u8 class;
    u16 code;
    u64 key, count;
};

/* Codes of each class, the last being `other`; exits beyond 0x8f are folded. */
enum { HYPERCALL_KINDS = HYPERCALLS, FORWARD_KINDS = 64, EMULATE_KINDS = 32, EXIT_KINDS = 0x90 + 5 };

static struct counter hypercall_counters[HYPERCALL_KINDS];
static struct counter forward_counters[FORWARD_KINDS];
static struct counter emulate_counters[EMULATE_KINDS];
static struct counter exit_counters[EXIT_KINDS];

static const struct {
    const char *name;
    struct counter *counters;
    unsigned int kinds;
} classes[PVB_CLASSES] = {
    [PVB_CLASS_HYPERCALL] = {"hypercall", hypercall_counters, HYPERCALL_KINDS},
    [PVB_CLASS_FORWARD] = {"forward", forward_counters, FORWARD_KINDS},
    [PVB_CLASS_EMULATE] = {"emulate", emulate_counters, EMULATE_KINDS},
    [PVB_CLASS_EXIT] = {"exit", exit_counters, EXIT_KINDS},
};

static struct detail details[DETAIL_SLOTS];
static struct detail *latest_detail = details;
static unsigned int details_used;
static u64 details_lost;

/*
 * The mark itself belongs to no region: BEGIN turns counting on after the
 * entry that carries it, END turns it off before.
 */
static enum { OFF, ON, ON_AFTER_THIS } counting;
static bool region_known;
static u32 region;
static u64 spans, region_ticks, span_start;

static unsigned int exit_index(unsigned int code)
{
    if (code < 0x90)
        return code;
    if (code >= 0x400 && code <= 0x403)
        return 0x90 + (code - 0x400);
    return EXIT_KINDS - 1;
}

static unsigned int exit_code(unsigned int index)
{
    if (index < 0x90)
        return index;
    return index == EXIT_KINDS - 1 ? 0xffff : index - 0x90 + 0x400;
}

static void count_unusual(struct counter *c, u64 ticks)
{
    unsigned int i;
    u64 count = 1;

    for (i = 0; i < VALUE_SLOTS && c->value[i].count; i++) {
        if (c->value[i].ticks == ticks) {
            count += c->value[i].count;
            c->value[i] = c->value[0];
            c->value[0].ticks = ticks;
            c->value[0].count = count;
            return;
        }
    }
    if (i < VALUE_SLOTS) {
        c->value[i] = c->value[0];
        c->value[0].ticks = ticks;
        c->value[0].count = 1;
        return;
    }
    if (!c->rest_count || ticks < c->rest_min)
        c->rest_min = ticks;
    if (ticks > c->rest_max)
        c->rest_max = ticks;
    c->rest_count++;
    c->rest_total += ticks;
}

static inline void count(struct counter *c)
{
    u64 ticks = rdtsc() - entry_tsc;

    if (unlikely(counting != ON)) {
        if (counting == ON_AFTER_THIS)
            counting = ON;
        return;
    }
    if (likely(c->value[0].ticks == ticks)) {
        c->value[0].count++;
        return;
    }
    count_unusual(c, ticks);
}

/* For entry.S: the shortest way for the class that PV guests use most. */
void account_hypercall(unsigned int number);
void account_hypercall(unsigned int number)
{
    count(&hypercall_counters[number]);
}

void account(enum pvb_class class, unsigned int code)
{
    if (class == PVB_CLASS_EXIT) {
        count(&exit_counters[exit_index(code)]);
        return;
    }
    count(&classes[class].counters[MIN(code, classes[class].kinds - 1)]);
}

void account_detail(enum pvb_class class, unsigned int code, u64 key)
{
    struct detail *d = latest_detail;

    if (counting != ON)
        return;
    if (likely(d->key == key && d->code == code && d->class == class)) {
        d->count++;
        return;
    }
    for (d = details; d < details + details_used; d++)
        if (d->key == key && d->code == code && d->class == class)
            break;
    if (d == details + DETAIL_SLOTS) {
        details_lost++;
        return;
    }
    if (d == details + details_used) {
        *d = (struct detail){(u8)class, (u16)code, key, 0};
        details_used++;
    }
    d->count++;
    latest_detail = d;
}

/* The latest cost and detail stay as a guess, so that a region's first entry costs what the others do. */
static void clear(void)
{
    for (unsigned int class = 0; class < PVB_CLASSES; class ++) {
        for (unsigned int i = 0; i < classes[class].kinds; i++) {
            struct counter *c = &classes[class].counters[i];
            u64 guess = c->value[0].ticks;

            *c = (struct counter){0};
            c->value[0].ticks = guess;
        }
    }
    details[0] = *latest_detail;
    details[0].count = 0;
    latest_detail = details;
    details_used = 1;
    details_lost = 0;
    spans = 0;
    region_ticks = 0;
}

static void print_details(unsigned int class, unsigned int code)
{
    bool begun = false;

    for (unsigned int i = 0; i < details_used; i++) {
        if (!details[i].count || details[i].class != class || details[i].code != code)
            continue;
        if (!begun)
            print("M detail id=%u class=%s code=%u rest=%lu", region, classes[class].name, code, details_lost);
        begun = true;
        print(" %lx:%lu", details[i].key, details[i].count);
    }
    if (begun)
        print("\n");
}

static void sort_values(struct counter *c, unsigned int n)
{
    for (unsigned int i = 1; i < n; i++)
        for (unsigned int j = i; j && c->value[j].ticks < c->value[j - 1].ticks; j--) {
            __typeof__(c->value[0]) swap = c->value[j];

            c->value[j] = c->value[j - 1];
            c->value[j - 1] = swap;
        }
}

static void print_counter(unsigned int class, unsigned int index)
{
    struct counter *c = &classes[class].counters[index];
    unsigned int code = class == PVB_CLASS_EXIT ? exit_code(index) : index;
    u64 total = c->rest_total, entries = c->rest_count, min, max;
    unsigned int n = 0;

    while (n < VALUE_SLOTS && c->value[n].count)
        n++;
    if (n == 0)
        return;
    sort_values(c, n);
    min = c->value[0].ticks;
    max = c->value[n - 1].ticks;
    if (c->rest_count) {
        min = MIN(min, c->rest_min);
        max = MAX(max, c->rest_max);
    }
    for (unsigned int i = 0; i < n; i++) {
        entries += c->value[i].count;
        total += c->value[i].ticks * c->value[i].count;
    }
    print("M entry id=%u class=%s code=%u count=%lu total=%lu min=%lu max=%lu\n", region, classes[class].name, code,
          entries, total, min, max);
    if (n > 1) {
        print("M dist id=%u class=%s code=%u rest=%lu", region, classes[class].name, code, c->rest_count);
        for (unsigned int i = 0; i < n; i++)
            print(" %lu*%lu", c->value[i].ticks, c->value[i].count);
        print("\n");
    }
    print_details(class, code);
}

void account_flush(void)
{
    bool open = counting != OFF;

    counting = OFF;
    if (!region_known)
        return;
    if (open)
        region_ticks += rdtsc() - span_start;
    print("M region id=%u spans=%lu ticks=%lu%s\n", region, spans, region_ticks, open ? " open=1" : "");
    for (unsigned int class = 0; class < PVB_CLASSES; class ++)
        for (unsigned int i = 0; i < classes[class].kinds; i++)
            print_counter(class, i);
    print("M regionend id=%u\n", region);
    region_known = false;
}

void account_mark(u32 value)
{
    u32 id = PVB_MARK_REGION(value);

    if (PVB_MARK_IS_END(value)) {
        if (counting != ON || id != region)
            kill_guest("mark: end of region %u, which is not open", id);
        region_ticks += rdtsc() - span_start;
        counting = OFF;
        return;
    }
    if (counting != OFF)
        kill_guest("mark: region %u begins inside region %u", id, region);
    if (!region_known || id != region) {
        account_flush();
        clear();
        region = id;
        region_known = true;
    }
    spans++;
    watchdog_progress();
    counting = ON_AFTER_THIS;
    span_start = rdtsc();
}
