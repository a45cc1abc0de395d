/*
 * xenbus.h: what a driver of Xen's devices needs of a guest, in PV as in HVM: grants, event channels and the
 * store where front and back ends meet. A mode provides how they are found.
 */
#ifndef GUEST_XENBUS_H
#define GUEST_XENBUS_H

#include "../hypercall.h"
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/sched.h>

/* --- provided by the mode (pv/devices.c, hvm/devices.c) --------------------- */

uint64_t xen_frame(const void *page); /* the frame of a page, as a grant names it */

/* At the start of day. NULL: there is none. */
struct grant_entry_v1 *xen_map_grants(void);
volatile void *xen_map_store(evtchn_port_t *port);

/* --- start.c ----------------------------------------------------------------- */

/* At the start of day, as often as there are drivers. */
void xen_devices_init(void);
bool xen_is_possible(void);       /* grants and event channels are there, and so a hypervisor of Xen's kind */
const char *xen_no_devices(void); /* of such a one; NULL: the store is there as well */

/* --- grants.c: for the domain that has the back end ---------------------------- */

typedef uint16_t grant_name;

void grants_init(struct grant_entry_v1 *table);
grant_name grant_page(uint16_t domain, const void *page); /* to read and to write */
void grant_end(grant_name name);                          /* panics when it is still mapped */

/* Granted when it is first asked for, and then for as long as the device is open: of one device at a time. */
extern grant_name lasting_grants[(64ul << 20) / PAGE_SIZE]; /* by the page; 0: none */
grant_name grant_new_lasting(uint16_t domain, const void *page);
static inline grant_name grant_lasting(uint16_t domain, const void *page)
{
    const grant_name name = lasting_grants[(uintptr_t)page / PAGE_SIZE];
    return name ? name : grant_new_lasting(domain, page);
}
void grants_end_lasting(void);

/* --- store.c: xenstore (xen/io/xs_wire.h); paths are those below the domain's own --- */

enum { STORE_VALUE = 128 };
#define STORE_NO_NUMBER (~0ul)

/* What the store says is looked at before it is believed: what breaks its protocol is a panic. */
void store_init(volatile void *ring, evtchn_port_t port);
void store_again(void);                                      /* of the domain that the guest has become */
bool store_read(const char *path, char value[STORE_VALUE]);  /* false: there is none, or it is longer */
bool store_first(const char *path, char value[STORE_VALUE]); /* entry of a folder; false: none that can be in a path */
/* `otherwise`: what stands there is no number, or one of more than 32 bits. */
uint64_t store_number(const char *folder, const char *name, uint64_t otherwise);
void store_write(const char *folder, const char *name, uint64_t value);
void store_write_text(const char *folder, const char *name, const char *value);
/* The number that stands there, or STORE_NO_NUMBER, as soon as it is none of those that pass: bits, by the number. */
uint64_t store_await(const char *folder, const char *name, uint32_t passing);
uint64_t store_await_other(const char *folder, const char *name, uint64_t number); /* than this one */
/* Until this word stands there; `meanwhile` as often as there is no news, or NULL: it sleeps then. */
void store_await_text(const char *folder, const char *name, const char *text, void (*meanwhile)(void));

/* --- event channels: masked, so that they make no upcall; whoever waits, polls --- */

static inline uint64_t *port_word(void *bits, evtchn_port_t port)
{
    return &((uint64_t *)bits)[port / 64];
}

static inline void port_mask(evtchn_port_t port)
{
    __atomic_or_fetch(port_word(mode_shared_info->evtchn_mask, port), 1ul << port % 64, __ATOMIC_SEQ_CST);
}

static inline void port_clear(evtchn_port_t port)
{
    __atomic_and_fetch(port_word(mode_shared_info->evtchn_pending, port), ~(1ul << port % 64), __ATOMIC_SEQ_CST);
}

static inline void port_send(evtchn_port_t port)
{
    struct evtchn_send send = {.port = port};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &send), "EVTCHNOP_send");
    notifications.sent++;
}

static inline void port_wait(evtchn_port_t port)
{
    struct sched_poll poll = {.nr_ports = 1};
    set_xen_guest_handle(poll.ports, &port);
    must(HYPERCALL2(__HYPERVISOR_sched_op, SCHEDOP_poll, &poll), "SCHEDOP_poll");
    notifications.received++;
    port_clear(port);
}

/*
 * As often as there is nothing yet: an event is a reason to look, and no answer. `waits` counts those that brought
 * nothing, from 0: so many are a storm behind which no answer comes.
 */
enum { PATIENCE = 1000 };
static inline void port_wait_again(evtchn_port_t port, unsigned *waits, const char *who)
{
    if (++*waits > PATIENCE)
        guest_panic("%s sends %u events and brings nothing", who, PATIENCE);
    port_wait(port);
}

#endif
