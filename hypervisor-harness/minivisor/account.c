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
 *
 * A guest with several vCPUs has both twice: the first vCPU, which marks, and all
 * others. What is printed is the sum, with the others' counts behind.
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

static struct account *this_account(void)
{
    return &guest.account;
}

void account_init(void)
{
    this_account()->books = this_account()->next_books = &this_account()->between;
}

/* Is a region open, whoever is running? */
static bool is_open(const struct account *a)
{
    return a->next_books == &a->region.books || (a->others && a->next_books == &a->others->region);
}

void account_init_several(void)
{
    guest.account.others = phys_to_virt(allocate_frames((sizeof(*guest.account.others) + PAGE_SIZE - 1) >> PAGE_SHIFT));
}

void account_switch(bool marks)
{
    struct account *a = this_account();
    bool open = is_open(a);

    if (marks)
        a->books = open ? &a->region.books : &a->between;
    else
        a->books = open ? &a->others->region : &a->others->between;
    a->next_books = a->books;
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

    if (this_vcpu()->nested)
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
    const struct account *a = this_account();
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

/* --- the other vCPUs' books, added to the first one's ------------------------ */

static void add_rest(struct counter *c, u64 count, u64 total, u64 min, u64 max)
{
    c->rest_min = c->rest_count ? MIN(c->rest_min, min) : min;
    c->rest_max = MAX(c->rest_max, max);
    c->rest_count += count;
    c->rest_total += total;
}

/* In the slot of the same value, else in one that has none or whose value has not occurred. */
static void add_value(struct counter *c, u64 ticks, u64 count)
{
    u64 i, unused = VALUE_SLOTS;

    for (i = 0; i < c->used && c->value[i].ticks != ticks; i++)
        if (!c->value[i].count)
            unused = i;
    if (i == c->used && i < VALUE_SLOTS)
        c->used++;
    else if (i == c->used)
        i = unused;
    if (i == VALUE_SLOTS) {
        add_rest(c, count, count * ticks, ticks, ticks);
        return;
    }
    c->value[i].count = c->value[i].ticks == ticks ? c->value[i].count + count : count;
    c->value[i].ticks = ticks;
}

/* How many there were. */
static u64 add_counter(struct counter *c, const struct counter *from)
{
    u64 count = from->rest_count;

    for (u64 i = 0; i < from->used; i++) {
        count += from->value[i].count;
        if (from->value[i].count)
            add_value(c, from->value[i].ticks, from->value[i].count);
    }
    if (from->rest_count)
        add_rest(c, from->rest_count, from->rest_total, from->rest_min, from->rest_max);
    return count;
}

static void add_details(struct books *b, const struct books *from)
{
    b->details_lost += from->details_lost;
    for (u64 i = 0, at; i < from->details; i++) {
        const struct detail *d = &from->detail[i];

        for (at = 0; at < b->details; at++)
            if (b->detail[at].key == d->key && b->detail[at].code == d->code && b->detail[at].class == d->class)
                break;
        if (at == DETAIL_SLOTS) {
            b->details_lost += d->count;
            continue;
        }
        if (at == b->details) {
            b->detail[b->details++] = *d;
            continue;
        }
        b->detail[at].count += d->count;
    }
}

static void print_counter(unsigned int class, unsigned int index)
{
    struct account *a = this_account();
    struct counter *c = &a->region.books.counter[classes[class].first + index];
    unsigned int code = class == PVB_CLASS_EXIT ? exit_code(index) : index;
    u64 total, entries, others, min, max;
    unsigned int n;

    others = a->others ? add_counter(c, &a->others->region.counter[classes[class].first + index]) : 0;
    total = c->rest_total;
    entries = c->rest_count;
    n = sort_values(c);
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
    if (others)
        print("M others id=%u class=%s code=%u count=%lu\n", a->region.id, classes[class].name, code, others);
    print_details(class, code);
}

void account_flush(void)
{
    struct account *a = this_account();
    bool open = is_open(a);

    a->books = a->next_books = &a->between;
    if (!a->region.known)
        return;
    if (a->others)
        add_details(&a->region.books, &a->others->region);
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
    struct account *a = this_account();

    if (is_open(a))
        kill_guest("mark: region %u begins inside region %u", id, a->region.id);
    if (!a->region.known || id != a->region.id) {
        account_flush();
        a->region.books = a->between;
        clear_counts(&a->region.books);
        if (a->others) {
            a->others->region = a->others->between;
            clear_counts(&a->others->region);
        }
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
    struct account *a = this_account();

    if (a->next_books != &a->region.books || id != a->region.id)
        kill_guest("mark: end of region %u, which is not open", id);
    a->region.ticks += rdtsc() - a->region.span_start;
    memset(&a->between, 0, sizeof(a->between));
    if (a->others)
        memset(&a->others->between, 0, sizeof(a->others->between));
    a->books = a->next_books = &a->between;
}

void account_mark(u32 value)
{
    u32 id = PVB_MARK_REGION(value);

    if (this_vcpu()->turn.number)
        kill_guest("mark: by vCPU %u, and a region is the first one's", this_vcpu()->turn.number);
    if (PVB_MARK_IS_END(value))
        end(id);
    else
        begin(id);
}
