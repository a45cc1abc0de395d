/*
 * state.h: what Xen's paravirtual devices remember of the guest, a member of
 * struct guest (guest.h). Each part is looked into by its own file alone.
 */
#ifndef DEVICE_STATE_H
#define DEVICE_STATE_H

#include "types.h"

/* The leaves of the store's tree (store.c says where they stand). */
enum store_node {
    VBD_FRONT_BACKEND,
    VBD_FRONT_BACKEND_ID,
    VBD_FRONT_VIRTUAL_DEVICE,
    VBD_FRONT_STATE,
    VBD_FRONT_RING_REF,
    VBD_FRONT_EVENT_CHANNEL,
    VBD_FRONT_PROTOCOL,
    VBD_FRONT_FEATURE_PERSISTENT,
    VBD_BACK_FRONTEND,
    VBD_BACK_FRONTEND_ID,
    VBD_BACK_STATE,
    VBD_BACK_FEATURE_PERSISTENT,
    VBD_BACK_FEATURE_FLUSH_CACHE,
    VBD_BACK_SECTORS,
    VBD_BACK_SECTOR_SIZE,
    VBD_BACK_INFO,
    VIF_FRONT_BACKEND,
    VIF_FRONT_BACKEND_ID,
    VIF_FRONT_HANDLE,
    VIF_FRONT_MAC,
    VIF_FRONT_STATE,
    VIF_FRONT_TX_RING_REF,
    VIF_FRONT_RX_RING_REF,
    VIF_FRONT_EVENT_CHANNEL,
    VIF_FRONT_REQUEST_RX_COPY,
    VIF_FRONT_FEATURE_RX_NOTIFY,
    VIF_FRONT_FEATURE_NO_CSUM_OFFLOAD,
    VIF_BACK_FRONTEND,
    VIF_BACK_FRONTEND_ID,
    VIF_BACK_STATE,
    VIF_BACK_FEATURE_RX_COPY,
    CONTROL_SHUTDOWN,
    STORE_LEAVES,
};

#define STORE_OWN   8 /* those that the guest has made, behind the others */
#define STORE_NODES (STORE_LEAVES + STORE_OWN)

#define STORE_VALUE   40 /* with its NUL */
#define STORE_PATH    64
#define STORE_TOKEN   STORE_PATH /* Linux's are addresses in hexadecimal digits, Mini-OS' the path once more */
#define STORE_WATCHES 8
#define STORE_MESSAGE 1024

#define STORE_TRANSACTIONS 4

struct store_tree {
    char value[STORE_NODES][STORE_VALUE];
    char own[STORE_OWN][STORE_PATH]; /* "": there is none */
};

struct store {
    struct xenstore_domain_interface *page;
    u32 req_cons, rsp_prod; /* what stands in the page may be the guest's lie */
    u32 skip;               /* what is still to come of a message that is too long */
    u32 taken;              /* of the message under way, and what it is so far: head and body */
    char message[STORE_MESSAGE];
    struct store_tree tree;
    u32 changes; /* of the tree, so far */
    u32 transactions;
    struct store_transaction {
        u32 id;      /* 0: none */
        u32 changes; /* when it began */
        struct store_tree tree;
    } transaction[STORE_TRANSACTIONS];
    struct store_watch {
        bool used, fired; /* fired: the event is not told yet */
        char path[STORE_PATH], token[STORE_TOKEN];
    } watch[STORE_WATCHES];
};

struct back_end {
    unsigned int state; /* enum xenbus_state */
    u32 port;           /* 0: none */
};

struct block {
    struct back_end back;
    u32 ring_grant;
    u32 done; /* requests taken, and responses given: each is carried out at once */
};

struct net {
    struct back_end back;
    u32 tx_grant, rx_grant;
    u32 sent, received; /* frames, and so requests taken and responses given, of either ring */
    bool in_pieces;     /* the next request belongs to the frame of the last one, which was refused */
};

#define DEVICE_PORTS 64

struct devices {
    u64 ports; /* events on these are for us, by the port */
    struct grant_entry_v1 *grants;
    struct store store;
    struct block block;
    struct net net;
};

#endif
