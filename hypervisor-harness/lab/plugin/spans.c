/* spans.c: see spans.h. */
#include "spans.h"
#include "profile.h"

#include <string.h>

/* Moments of a span, by count_now(); 0: has not come. */
struct moments {
    uint64_t first_exit;    /* the guest is left for the first time */
    uint64_t back_end;      /* the back end has it */
    uint64_t back_end_ends; /* for the last time so far */
    uint64_t guest_again;   /* the guest goes on behind that */
};

struct sums {
    uint64_t spans, part[PARTS], halts;
    /* Of those spans in which the back end took part. */
    uint64_t served, out, in;
};

static FILE *file;
static bool in_segment, is_open, has_ended;
static uint64_t first_address;
static struct sums segment;
static struct moments m;
static struct snapshot {
    uint64_t part[PARTS], halts;
    struct moments m;
} start, end;

void spans_write_to(FILE *f)
{
    file = f;
}

static struct snapshot snapshot(void)
{
    struct snapshot s = {.halts = parts_halts(), .m = m};
    memcpy(s.part, parts_now(), sizeof(s.part));
    return s;
}

static void add_span(void)
{
    segment.spans++;
    segment.halts += end.halts - start.halts;
    for (unsigned i = 0; i < PARTS; i++)
        segment.part[i] += end.part[i] - start.part[i];
    if (!end.m.first_exit || !end.m.back_end || !end.m.guest_again)
        return;
    segment.served++;
    segment.out += end.m.back_end - end.m.first_exit;
    segment.in += end.m.guest_again - end.m.back_end_ends;
}

static void close_span(void)
{
    if (is_open && has_ended)
        add_span();
    profile_close(is_open && has_ended);
    is_open = has_ended = false;
}

void spans_time_stamp(uint64_t address)
{
    if (!in_segment)
        return;
    if (!first_address)
        first_address = address;
    if (address != first_address) {
        end = snapshot();
        has_ended = true;
        profile_end(count_position());
        return;
    }
    close_span();
    m = (struct moments){0};
    start = snapshot();
    is_open = true;
    profile_start(count_position());
}

static void write_segment(void)
{
    fprintf(file,
            "segment spans=%lu guest=%lu guest_kernel=%lu hypervisor=%lu kernel=%lu user=%lu idle=%lu halts=%lu "
            "served=%lu out=%lu in=%lu\n",
            segment.spans, segment.part[PART_GUEST], segment.part[PART_GUEST_KERNEL], segment.part[PART_HYPERVISOR],
            segment.part[PART_KERNEL], segment.part[PART_USER], segment.part[PART_IDLE], segment.halts, segment.served,
            segment.out, segment.in);
}

void spans_mark(void)
{
    if (in_segment) {
        close_span();
        write_segment();
        profile_segment(segment.spans);
    }
    segment = (struct sums){0};
    first_address = 0;
    in_segment = !in_segment;
}

void spans_leave_world(enum world world)
{
    if (!is_open)
        return;
    if (world_is_guest(world) && !m.first_exit)
        m.first_exit = count_now();
    if (parts_is_back_end())
        m.back_end_ends = count_now();
}

void spans_enter_world(enum world world)
{
    if (!is_open)
        return;
    if (parts_is_back_end() && !m.back_end)
        m.back_end = count_now();
    if (world_is_guest(world) && m.back_end_ends > m.guest_again)
        m.guest_again = count_now();
}
