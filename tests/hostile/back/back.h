/*
 * back.h: a minivisor whose back ends and store lie to the guest, each time in the one way that the command line
 * names (back=NAME, a row of kinds.def). It is the product's own but for the seams (back.c): what the product has
 * done there is changed a moment later, before the guest sees it.
 */
#ifndef HOSTILE_BACK_H
#define HOSTILE_BACK_H

#include "device/device.h"
#include "guest.h"
#include "memory.h"

#define xen_mb()  __asm__ volatile("" : : : "memory")
#define xen_rmb() xen_mb()
#define xen_wmb() xen_mb()

enum seam {
    START,    /* the devices are there, and the guest has not begun */
    BLOCK,    /* requests to the disk have been answered */
    SENT,     /* frames have been sent */
    RECEIVED, /* frames have come */
    STORE,    /* the store was told of something */
    CONSOLE,  /* and the console of a PV guest, perhaps */
};

#define STORE_PATH_MAX 128

/* What has been done a moment ago. */
struct scene {
    void *ring;         /* the page of it, with the responses first to end */
    u32 first, end;     /* of the store, bytes */
    const u32 *offered; /* the grants of the pages that were filled, by the response */
    u32 type, id;       /* the request to the store; 0, which is none that the guest makes: there was none */
    char path[STORE_PATH_MAX];
};

/* From now on the guest finds an event on this port whenever it polls. */
void storm(u32 port);

#define KIND(seam, name, ...) void name(struct scene *s);
#include "kinds.def"

#endif
