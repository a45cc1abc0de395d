/*
 * device.h: Xen's paravirtual disk and network card, served in the hypervisor for a
 * PV and for an HVM guest alike, and what they need of either.
 *
 * Reading order: devices.c; grants.c, by which the guest says what of its
 * memory may be touched; store.c, where front and back ends meet; back.c, their
 * states; block.c and disk.c, where the data are; net.c and station.c, where frames go to. All of it happens inside the
 * hypercall by which the guest sends an event: what is looked at is not
 * changed meanwhile, but by what is written there itself.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include "types.h"

/* --- devices.c ------------------------------------------------------------ */

#define STORE_PORT 1

/* At the start of day, with the guest's page for the store. */
void devices_init(void *store_page);

/* The guest has sent an event on a port whose other end is not its own. */
void device_event(u32 port);

/* What each mode does in its own way. */
void *guest_memory(u64 frame);        /* a frame of the guest's own memory, for now; null: it is none */
bool guest_port_is_unbound(u32 port); /* offered by the guest to another domain */
void guest_notify(u32 port);

/* --- grants.c: version 1, one frame --------------------------------------- */

void grants_init(void);
#define GRANT_FRAMES 4
u64 grants_frame(u64 index);

/* The memory that this grant gives, valid until the guest runs again; null: it gives none. */
void *granted_memory(u32 grant, bool to_write);

/* --- store.c -------------------------------------------------------------- */

void store_init(void *page);
void store_serve(void);
u32 store_number(unsigned int node); /* enum store_node; ~0: no number stands there */
const char *store_text(unsigned int node);
void store_set_state(unsigned int node, unsigned int state);
void store_ask_shutdown(void); /* as Xen's tools do; the guest follows or not */

/* --- block.c -------------------------------------------------------------- */

void block_init(void);
void block_front_changed(void); /* its state was written */
void block_serve(void);

/* --- net.c ---------------------------------------------------------------- */

void net_init(void);
void net_front_changed(void);
void net_serve(void);

#endif
