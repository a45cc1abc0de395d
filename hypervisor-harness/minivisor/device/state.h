/*
 * state.h: what Xen's paravirtual devices remember of the guest, a member of
 * struct guest (guest.h). Each part is looked into by its own file alone.
 */
#ifndef DEVICE_STATE_H
#define DEVICE_STATE_H

#include "types.h"

/* The leaves of the store's tree (store.c says where they stand). */
enum store_node {
    FRONT_BACKEND,
    FRONT_BACKEND_ID,
    FRONT_VIRTUAL_DEVICE,
    FRONT_STATE,
    FRONT_RING_REF,
    FRONT_EVENT_CHANNEL,
    FRONT_PROTOCOL,
    FRONT_FEATURE_PERSISTENT,
    BACK_FRONTEND,
    BACK_FRONTEND_ID,
    BACK_STATE,
    BACK_FEATURE_PERSISTENT,
    BACK_FEATURE_FLUSH_CACHE,
    BACK_SECTORS,
    BACK_SECTOR_SIZE,
    BACK_INFO,
    STORE_NODES,
};

#define STORE_VALUE   40 /* with its NUL */
#define STORE_PATH    64
#define STORE_TOKEN   16
#define STORE_WATCHES 4

struct store {
    struct xenstore_domain_interface *page;
    u32 req_cons, rsp_prod; /* what stands in the page may be the guest's lie */
    u32 skip;               /* what is still to come of a message that is too long */
    char value[STORE_NODES][STORE_VALUE];
    struct store_watch {
        bool used, fired; /* fired: the event is not told yet */
        char path[STORE_PATH], token[STORE_TOKEN];
    } watch[STORE_WATCHES];
};

struct block {
    unsigned int state; /* enum xenbus_state, of the back end */
    u32 ring_grant, port;
    u32 done; /* requests taken, and responses given: each is carried out at once */
};

struct devices {
    struct grant_entry_v1 *grants;
    struct store store;
    struct block block;
};

#endif
