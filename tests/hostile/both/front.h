/* front.h: a front end of the disk for those who misuse it: what blkfront does, in steps that can be done wrongly. */
#ifndef HOSTILE_FRONT_H
#define HOSTILE_FRONT_H

#include "../hostile.h"
#include "xenbus/xenbus.h"

#define xen_mb()  asm volatile("" : : : "memory")
#define xen_rmb() xen_mb()
#define xen_wmb() xen_mb()
#include <xen/io/blkif.h>
#include <xen/io/xenbus.h>

#define FRONT "device/vbd/51712"
#define BACK  "/local/domain/0/backend/vbd/1/51712"

enum { NO_RESPONSE = 99 };

extern struct blkif_sring *const vbd_ring;
extern grant_name vbd_ring_grant;
extern evtchn_port_t vbd_port;
extern uint8_t vbd_data[PAGE_SIZE]; /* a page to read and write */

struct grant_entry_v1 *vbd_grants(void);

evtchn_port_t vbd_new_port(void);
void vbd_offer(uint32_t grant, uint32_t port); /* ring and port, to the back end */
void vbd_connect(void);

/* A read of the disk's first page into this grant. */
struct blkif_request vbd_read(grant_ref_t grant);

void vbd_put(const struct blkif_request *request);
int vbd_push(void);                                /* status of the last one, or NO_RESPONSE */
int vbd_send(const struct blkif_request *request); /* both */

/* Of the request with this number, from 0 on. */
const struct blkif_response *vbd_response(RING_IDX number);

#endif
