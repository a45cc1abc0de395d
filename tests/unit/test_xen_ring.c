/* The ring that Xen shares, made up: records before and behind its end, one that is full, and one that is nonsense. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "hypervisor-harness/xen-domain/books.h"
#include "hypervisor-harness/xen-domain/first_domain_books.h"
#include "hypervisor-harness/xen-domain/code.h"
#include "hypervisor-harness/xen-domain/perfc_opinion.h"
#include "hypervisor-harness/xen-domain/trace.h"
#include "hypervisor-harness/xen-domain/trace_ring.h"

#include <stdlib.h>
#include <string.h>
#include <xen/trace.h>

enum { WORDS = 100, SIZE = WORDS * 4, CALL = 8 /* bytes of a record without a time */ };

static struct {
    struct t_buf head;
    uint32_t words[WORDS];
} ring;
static struct xen_trace *trace;

static int set_up(void **state)
{
    (void)state;
    memset(&ring, 0, sizeof(ring));
    trace = xen_trace_new(7, XEN_ISA_PV);
    return trace ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    xen_trace_free(trace);
    return 0;
}

static void put_calls(unsigned count)
{
    for (; count; count--) {
        uint32_t *to = ring.words + ring.head.prod % SIZE / 4;
        to[0] = TRC_PV_HYPERCALL_V2 | 1u << TRACE_EXTRA_SHIFT;
        to[1] = PVB_HC_xen_version;
        ring.head.prod = (ring.head.prod + CALL) % (2 * SIZE);
    }
}

static uint64_t drained(void)
{
    trace_ring_drain(&ring.head, SIZE, trace);
    return xen_trace_counts(trace)->call[PVB_HC_xen_version];
}

static void what_has_come_is_taken_once(void **state)
{
    (void)state;
    assert_int_equal(drained(), 0);
    put_calls(3);
    assert_int_equal(drained(), 3);
    assert_int_equal(drained(), 3);
    assert_int_equal(ring.head.cons, ring.head.prod);
    assert_int_equal(xen_trace_lost(trace), 0);
}

/* Three times around, so that both offsets have come round, too. */
static void records_go_on_at_the_beginning(void **state)
{
    (void)state;
    for (unsigned i = 1; i <= 3 * SIZE / CALL / 30 + 1; i++) {
        put_calls(30);
        assert_int_equal(drained(), 30 * i);
    }
    assert_int_equal(xen_trace_lost(trace), 0);
}

/* Xen would have told the loss with a later record, and there may be none. */
static void full_is_taken_for_a_loss(void **state)
{
    (void)state;
    const unsigned most = (SIZE - TRACE_RING_ROOM_LEAST) / CALL;
    put_calls(most);
    assert_int_equal(drained(), most);
    assert_int_equal(xen_trace_lost(trace), 0);
    put_calls(most + 1);
    assert_int_equal(drained(), 2 * most + 1);
    assert_int_equal(xen_trace_lost(trace), 1);
    put_calls(SIZE / CALL);
    assert_int_equal(drained(), 2 * most + 1 + SIZE / CALL);
}

static void nonsense_is_a_doubt(void **state)
{
    (void)state;
    static const struct t_buf cases[] = {{2 * SIZE, 0}, {0, 2 * SIZE}, {0, SIZE + 4}, {UINT32_MAX, UINT32_MAX}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        tear_down(state);
        set_up(state);
        ring.head = cases[i];
        assert_int_equal(drained(), 0);
        assert_string_equal(xen_trace_doubted(trace), "the offsets in Xen's trace buffer are impossible ones");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_has_come_is_taken_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(records_go_on_at_the_beginning, set_up, tear_down),
        cmocka_unit_test_setup_teardown(full_is_taken_for_a_loss, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nonsense_is_a_doubt, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
