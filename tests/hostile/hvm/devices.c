/* The disk, the grant table and event channels where they meet guest-physical memory: HVM. */
#include "../both/front.h"
#include "hvm/hvm.h"
#include <xen/hvm/hvm_op.h>
#include <xen/hvm/params.h>
#include <xen/memory.h>

static uint8_t page[PAGE_SIZE] __attribute__((aligned(4096)));

static long give_back(const void *from)
{
    uint64_t list[1] = {(uintptr_t)from / PAGE_SIZE};
    struct xen_memory_reservation gone = {.nr_extents = 1, .domid = DOMID_SELF};

    *(uint64_t *)&gone.extent_start = (uintptr_t)list;
    return HYPERCALL(__HYPERVISOR_memory_op, XENMEM_decrease_reservation, &gone, 0, 0, 0);
}

static void given_frame(void)
{
    vbd_connect();
    const struct blkif_request request = vbd_read(grant_page(0, page));
    const long given = give_back(page);
    survived("%ld given, %d", given, vbd_send(&request));
}
HOSTILE(vbd_given_frame, given_frame);

static void ring_given_back(void)
{
    vbd_connect();
    print("hostile: %ld given\n", give_back(vbd_ring));
    port_send(vbd_port);
    survived("a ring that is gone");
}
HOSTILE(vbd_ring_given_back, ring_given_back);

/* Pages of the hypervisor's are shown in their window and nowhere else, and only those that are offered. */
static void wild_places(void)
{
    static const uint64_t places[] = {0, 0x100, 0x3fff, 0x4000, 0xfe5ff, 0xfe800, 0xfee00, 1ul << 40, 1ul << 52, ~0ul};
    struct xen_add_to_physmap map = {.domid = DOMID_SELF, .space = XENMAPSPACE_grant_table};
    unsigned taken = 0;

    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        map.gpfn = places[i];
        taken += HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map) == 0;
    }
    map.gpfn = 0xfe710;
    for (map.idx = 4; map.idx; map.idx <<= 1)
        taken += HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map) == 0;
    map.space = XENMAPSPACE_shared_info;
    map.idx = 1;
    taken += HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map) == 0;
    for (map.space = 2; map.space < 16; map.space++)
        taken += HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map) == 0;
    taken += give_back((void *)0xfe701000) != 0;
    survived("%u taken", taken);
}
HOSTILE(grants_wild_places, wild_places);

static void wild_ports(void)
{
    static const uint32_t wild[] = {0, 2, 63, 64, 65, 1u << 31, ~0u};
    unsigned taken = 0;

    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        struct sched_poll poll = {.nr_ports = 1};
        uint32_t port = wild[i];
        *(uint64_t *)&poll.ports = (uintptr_t)&port;
        taken += HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &port) != -22;
        taken += HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &port) != -22;
        taken += HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll) != -22;
    }
    uint32_t store = 1; /* whose end is not the guest's to close */
    taken += HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &store) != -22;
    for (unsigned i = 0; i < 100; i++) {
        struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF};
        taken += HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound) == 0;
    }
    survived("%u taken", taken - 62);
}
HOSTILE(device_wild_ports, wild_ports);

static void poll_for_ever(void)
{
    vbd_port = vbd_new_port();
    port_wait(vbd_port);
    survived("polled");
}
HOSTILE(device_poll_for_ever, poll_for_ever);

/* Arguments of all that a guest with devices may call, where there is nothing. */
static void wild_pointers(void)
{
    static const uint64_t pointers[] = {0x800000000000ul, UNMAPPED_ADDRESS, 0xfffffffffffffffcul, 0xfe701000};
    unsigned taken = 0;

    for (unsigned i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        taken += HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, pointers[i]) != -14;
        taken += HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, pointers[i]) != -14;
        taken += HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, pointers[i]) != -14;
        taken += HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_poll, pointers[i]) != -14;
        taken += HYPERCALL2(__HYPERVISOR_hvm_op, HVMOP_get_param, pointers[i]) != -14;
    }
    survived("%u taken", taken);
}
HOSTILE(device_wild_pointers, wild_pointers);
