/*
 * account.c: the books of entries.
 *
 * Costs in the lab are exact, and nearly always one value, so the books
 * keep distinct values with their counts, the latest in front: the usual
 * entry costs one comparison and one addition. What finds no slot is kept
 * as a remainder with its sum and extremes. Nothing is printed while a
 * region is open.
 *
 * There are two books: one for the region, one to be thrown away for all
 * that happens between regions. A region's book begins as a copy of the
 * other with all counts at zero: it then knows the costs that the warm-up
 * had, and the first entry of a region takes the same way as all others.
 */
#include "account.h"
#include "console.h"
#include "guest.h"
#include "memory.h"
#include "timer.h"

#include <pvbench/log.h>

static const struct {
    const char *name;
    unsigned int first, kinds;
} classes[PVB_CLASSES] = {
    [PVB_CLASS_HYPERCALL] = {"hypercall", 0, HYPERCALL_KINDS},
    [PVB_CLASS_FORWARD] = {"forward", FIRST_FORWARD, FORWARD_KINDS},
    [PVB_CLASS_EMULATE] = {"emulate", FIRST_EMULATE, EMULATE_KINDS},
    [PVB_CLASS_EXIT] = {"exit", FIRST_EXIT, EXIT_KINDS},
};

static struct vcpu_account *this_account(void)
{
    return &this_vcpu()->account;
}

void account_init(void)
{
    this_account()->books = this_account()->next_books = &this_account()->between;
}

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

static void count_rest(struct counter *c, u64 ticks)
{
    if (!c->rest_count || ticks < c->rest_min)
        c->rest_min = ticks;
    if (ticks > c->rest_max)
        c->rest_max = ticks;
    c->rest_count++;
    c->rest_total += ticks;
}

/*
 * All slots are taken. One whose value is known from before the region and has
 * not come in it makes room: what does come is worth more. Out of line, since
 * it would lengthen the way of a value that has its slot.
 */
static __attribute__((noinline)) void count_one_more(struct counter *c, u64 ticks)
{
    u64 i;

    for (i = 0; i < VALUE_SLOTS && c->value[i].count; i++)
        ;
    if (i == VALUE_SLOTS) {
        count_rest(c, ticks);
        return;
    }
    c->value[i] = c->value[0];
    c->value[0].ticks = ticks;
    c->value[0].count = 1;
}

/* Not the latest value: looks for it, and brings it to the front. */
static void count_unusual(struct counter *c, u64 ticks)
{
    u64 i, count = 0;

    for (i = 0; i < c->used && c->value[i].ticks != ticks; i++)
        ;
    if (i == VALUE_SLOTS) {
        count_one_more(c, ticks);
        return;
    }
    if (i < c->used)
        count = c->value[i].count;
    else
        c->used++;
    c->value[i] = c->value[0];
    c->value[0].ticks = ticks;
    c->value[0].count = count + 1;
}

static inline void count(unsigned int kind)
{
    u64 ticks = rdtsc() - this_vcpu()->entry_tsc;
    struct counter *c = &this_account()->books->counter[kind];

    if (likely(c->value[0].ticks == ticks))
        c->value[0].count++;
    else
        count_unusual(c, ticks);
    this_account()->books = this_account()->next_books;
}

/* For entry.S: the shortest way for the class that PV guests use most. */
void account_hypercall(unsigned int number);
void account_hypercall(unsigned int number)
{
    count(number);
}

void account(enum pvb_class class, unsigned int code)
{
    if (class == PVB_CLASS_EXIT)
        code = exit_index(code);
    count(classes[class].first + MIN(code, classes[class].kinds - 1));
}

void account_detail(enum pvb_class class, unsigned int code, u64 key)
{
    struct books *b = this_account()->books;
    struct detail *d = &b->detail[b->latest_detail];
    u64 i;

    if (this_account()->nested)
        return;
    if (likely(d->key == key && d->code == code && d->class == class)) {
        d->count++;
        return;
    }
    for (i = 0, d = b->detail; i < b->details; i++, d++)
        if (d->key == key && d->code == code && d->class == class)
            break;
    if (i == DETAIL_SLOTS) {
        b->details_lost++;
        return;
    }
    if (i == b->details) {
        *d = (struct detail){(u8) class, (u16)code, key, 0};
        b->details++;
    }
    d->count++;
    b->latest_detail = i;
}

static void clear_counts(struct books *b)
{
    for (unsigned int kind = 0; kind < KINDS; kind++) {
        struct counter *c = &b->counter[kind];

        for (u64 i = 0; i < c->used; i++)
            c->value[i].count = 0;
        c->rest_count = c->rest_total = c->rest_min = c->rest_max = 0;
    }
    for (u64 i = 0; i < b->details; i++)
        b->detail[i].count = 0;
    b->details_lost = 0;
}

static void print_details(unsigned int class, unsigned int code)
{
    const struct vcpu_account *a = this_account();
    const struct books *b = &a->region.books;
    bool begun = false;

    for (u64 i = 0; i < b->details; i++) {
        const struct detail *d = &b->detail[i];

        if (!d->count || d->class != class || d->code != code)
            continue;
        if (!begun)
            print("M detail id=%u class=%s code=%u rest=%lu", a->region.id, classes[class].name, code, b->details_lost);
        begun = true;
        print(" %lx:%lu", d->key, d->count);
    }
    if (begun)
        print("\n");
}

/* Those that occurred to the front, ascending; returns how many. */
static unsigned int sort_values(struct counter *c)
{
    unsigned int n = 0;

    for (u64 i = 0; i < c->used; i++) {
        __typeof__(c->value[0]) v = c->value[i];
        unsigned int j;

        if (!v.count)
            continue;
        for (j = n++; j && c->value[j - 1].ticks > v.ticks; j--)
            c->value[j] = c->value[j - 1];
        c->value[j] = v;
    }
    return n;
}

static void print_counter(unsigned int class, unsigned int index)
{
    struct vcpu_account *a = this_account();
    struct counter *c = &a->region.books.counter[classes[class].first + index];
    unsigned int code = class == PVB_CLASS_EXIT ? exit_code(index) : index;
    u64 total = c->rest_total, entries = c->rest_count, min, max;
    unsigned int n = sort_values(c);

    if (n == 0)
        return;
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
    print("M entry id=%u class=%s code=%u count=%lu total=%lu min=%lu max=%lu\n", a->region.id, classes[class].name,
          code, entries, total, min, max);
    if (n > 1) {
        print("M dist id=%u class=%s code=%u rest=%lu", a->region.id, classes[class].name, code, c->rest_count);
        for (unsigned int i = 0; i < n; i++)
            print(" %lu*%lu", c->value[i].ticks, c->value[i].count);
        print("\n");
    }
    print_details(class, code);
}

void account_flush(void)
{
    struct vcpu_account *a = this_account();
    bool open = a->next_books == &a->region.books;

    a->books = a->next_books = &a->between;
    if (!a->region.known)
        return;
    if (open)
        a->region.ticks += rdtsc() - a->region.span_start;
    print("M region id=%u spans=%lu ticks=%lu%s\n", a->region.id, a->region.spans, a->region.ticks,
          open ? " open=1" : "");
    for (unsigned int class = 0; class < PVB_CLASSES; class ++)
        for (unsigned int i = 0; i < classes[class].kinds; i++)
            print_counter(class, i);
    print("M regionend id=%u\n", a->region.id);
    a->region.known = false;
}

static void begin(u32 id)
{
    struct vcpu_account *a = this_account();

    if (a->next_books == &a->region.books)
        kill_guest("mark: region %u begins inside region %u", id, a->region.id);
    if (!a->region.known || id != a->region.id) {
        account_flush();
        a->region.books = a->between;
        clear_counts(&a->region.books);
        a->region.id = id;
        a->region.known = true;
        a->region.spans = 0;
        a->region.ticks = 0;
    }
    a->region.spans++;
    watchdog_progress();
    a->next_books = &a->region.books;
    a->region.span_start = rdtsc();
}

void account_start(u32 region)
{
    begin(region);
    this_account()->books = this_account()->next_books;
}

static void end(u32 id)
{
    struct vcpu_account *a = this_account();

    if (a->next_books != &a->region.books || id != a->region.id)
        kill_guest("mark: end of region %u, which is not open", id);
    a->region.ticks += rdtsc() - a->region.span_start;
    memset(&a->between, 0, sizeof(a->between));
    a->books = a->next_books = &a->between;
}

void account_mark(u32 value)
{
    u32 id = PVB_MARK_REGION(value);

    if (PVB_MARK_IS_END(value))
        end(id);
    else
        begin(id);
}
