/* The station at the other end of a guest's wire: what it makes of any frame, and that it loses none of an answer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hypervisor-harness/station/order.h"
#include "hypervisor-harness/station/station.h"

#include <linux/virtio_net.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static const uint8_t own[6] = {2, 0, 0, 0, 0, 9}, guest[6] = PVB_NET_GUEST_MAC;

struct frame {
    struct pvb_net_frame head;
    uint8_t data[PVB_NET_FRAME_MAX - sizeof(struct pvb_net_frame)];
};

static struct frame frame_of(unsigned what, unsigned count, unsigned size)
{
    struct frame f = {.head = {.from = PVB_NET_GUEST_MAC,
                               .type = {PVB_NET_TYPE >> 8, PVB_NET_TYPE & 0xff},
                               .what = (uint8_t)what,
                               .count = (uint8_t)count,
                               .size = {(uint8_t)size, (uint8_t)(size >> 8)}}};
    return f;
}

static bool is_order(unsigned what, unsigned count, unsigned size, size_t bytes)
{
    const struct frame f = frame_of(what, count, size);
    struct station_order order;
    return station_order_read(&f, bytes, &order);
}

static void orders_are_within_bounds(void **state)
{
    (void)state;
    assert_true(is_order(PVB_NET_SEND, 1, PVB_NET_FRAME_MIN, 60));
    assert_true(is_order(PVB_NET_SEND, PVB_NET_COUNT_MAX, PVB_NET_FRAME_MAX, 60));
    assert_true(is_order(PVB_NET_SEND, 3, 100, PVB_NET_FRAME_MAX));
    assert_false(is_order(PVB_NET_SEND, 0, 60, 60));
    assert_false(is_order(PVB_NET_SEND, PVB_NET_COUNT_MAX + 1, 60, 60));
    assert_false(is_order(PVB_NET_SEND, 1, PVB_NET_FRAME_MIN - 1, 60));
    assert_false(is_order(PVB_NET_SEND, 1, PVB_NET_FRAME_MAX + 1, 60));
    assert_false(is_order(PVB_NET_SINK, 1, 60, 60));
    assert_false(is_order(PVB_NET_DATA, 1, 60, 60));
    assert_false(is_order(PVB_NET_SEND, 1, 60, 0));
    assert_false(is_order(PVB_NET_SEND, 1, 60, PVB_NET_FRAME_MIN - 1));
    assert_false(is_order(PVB_NET_SEND, 1, 60, PVB_NET_FRAME_MAX + 1));
}

static void another_type_is_no_order(void **state)
{
    (void)state;
    struct frame f = frame_of(PVB_NET_SEND, 1, 60);
    struct station_order order;
    f.head.type[1]++;
    assert_false(station_order_read(&f, 60, &order));
}

/* To the guest, in turn, each byte as the guest expects it. */
static void is_answer(const struct frame *f, unsigned i, unsigned size, const uint8_t from[6])
{
    assert_memory_equal(f->head.to, guest, 6);
    assert_memory_equal(f->head.from, from, 6);
    assert_int_equal(f->head.type[0] << 8 | f->head.type[1], PVB_NET_TYPE);
    assert_int_equal(f->head.what, PVB_NET_DATA);
    assert_int_equal(f->head.count, i);
    for (unsigned at = sizeof(f->head); at < size; at++)
        assert_int_equal(((const uint8_t *)f)[at], pvb_net_byte(i, at));
}

static void answers_are_what_was_asked(void **state)
{
    (void)state;
    const struct station_order order = {PVB_NET_COUNT_MAX, 100};
    struct frame f;
    for (unsigned i = 0; i < order.count; i++) {
        memset(&f, 0xee, sizeof(f));
        station_order_fill(&order, i, own, &f);
        is_answer(&f, i, 100, own);
        assert_int_equal(((const uint8_t *)&f)[100], 0xee);
    }
}

/* --- a wire, where one can be had ---------------------------------------------- */

struct carried { /* by a TAP device */
    struct virtio_net_hdr offload;
    struct frame frame;
} __attribute__((packed));

static ssize_t next_frame(int tap, struct carried *c)
{
    struct pollfd p = {.fd = tap, .events = POLLIN};
    return poll(&p, 1, 10000) == 1 ? read(tap, c, sizeof(*c)) : -1;
}

static void ask(int tap, unsigned count, unsigned size)
{
    struct carried c = {.frame = frame_of(PVB_NET_SEND, count, size)};
    memset(c.frame.head.to, 0xff, 6);
    assert_int_equal(write(tap, &c, sizeof(c.offload) + PVB_NET_FRAME_MIN), sizeof(c.offload) + PVB_NET_FRAME_MIN);
    for (unsigned i = 0; i < count; i++) {
        assert_int_equal(next_frame(tap, &c), sizeof(c.offload) + size);
        struct frame f;
        memcpy(&f, &c.frame, sizeof(f));
        uint8_t from[6];
        memcpy(from, f.head.from, 6);
        is_answer(&f, i, size, from);
    }
}

/* In a network of its own, so that this computer's sees nothing of it. */
static void a_wire_loses_nothing(void **state)
{
    (void)state;
    char name[IFNAMSIZ], why[STATION_WHY];
    if (unshare(CLONE_NEWNET))
        skip();
    const int tap = station_tap(name, why);
    if (tap < 0)
        skip();
    assert_int_equal(station_set_up(name, why), 0);
    struct station station;
    assert_int_equal(station_start(&station, name, why), 0);
    ask(tap, 1, PVB_NET_FRAME_MIN);
    ask(tap, PVB_NET_COUNT_MAX, PVB_NET_FRAME_MAX);
    ask(tap, PVB_NET_COUNT_MAX, PVB_NET_FRAME_MAX);
    assert_int_equal(station_set_up(name, why), -1);
    assert_non_null(strstr(why, "another guest's wire"));
    station_end(&station);
    close(tap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_are_within_bounds),
        cmocka_unit_test(another_type_is_no_order),
        cmocka_unit_test(answers_are_what_was_asked),
        cmocka_unit_test(a_wire_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
