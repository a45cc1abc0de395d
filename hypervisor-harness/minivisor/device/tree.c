/* tree.c: the store's tree: one disk, one network card, their front ends in domain 1, which is the guest, their back
 * ends in domain 0. */
#include "tree.h"
#include "device.h"
#include "disk.h"
#include "memory.h"
#include "state.h"

#include <pvbench/net.h>

#define GUEST_FOLDER "/local/domain/1/"
#define VBD_FRONT    "device/vbd/51712" /* xvda */
#define VBD_BACK     "/local/domain/0/backend/vbd/1/51712"
#define VIF_FRONT    "device/vif/0"
#define VIF_BACK     "/local/domain/0/backend/vif/1/0"

static const struct {
    const char *path, *value;
    bool guest_writes;
} leaves[STORE_NODES] = {
    [VBD_FRONT_BACKEND] = {VBD_FRONT "/backend", VBD_BACK, false},
    [VBD_FRONT_BACKEND_ID] = {VBD_FRONT "/backend-id", "0", false},
    [VBD_FRONT_VIRTUAL_DEVICE] = {VBD_FRONT "/virtual-device", "51712", false},
    [VBD_FRONT_STATE] = {VBD_FRONT "/state", "1", true},
    [VBD_FRONT_RING_REF] = {VBD_FRONT "/ring-ref", "", true},
    [VBD_FRONT_EVENT_CHANNEL] = {VBD_FRONT "/event-channel", "", true},
    [VBD_FRONT_PROTOCOL] = {VBD_FRONT "/protocol", "", true},
    [VBD_FRONT_FEATURE_PERSISTENT] = {VBD_FRONT "/feature-persistent", "", true},
    [VBD_BACK_FRONTEND] = {VBD_BACK "/frontend", GUEST_FOLDER VBD_FRONT, false},
    [VBD_BACK_FRONTEND_ID] = {VBD_BACK "/frontend-id", "1", false},
    [VBD_BACK_STATE] = {VBD_BACK "/state", "1", false},
    [VBD_BACK_FEATURE_PERSISTENT] = {VBD_BACK "/feature-persistent", "1", false},
    [VBD_BACK_FEATURE_FLUSH_CACHE] = {VBD_BACK "/feature-flush-cache", "1", false},
    [VBD_BACK_SECTORS] = {VBD_BACK "/sectors", "2048", false},
    [VBD_BACK_SECTOR_SIZE] = {VBD_BACK "/sector-size", "512", false},
    [VBD_BACK_INFO] = {VBD_BACK "/info", "0", false},
    [VIF_FRONT_BACKEND] = {VIF_FRONT "/backend", VIF_BACK, false},
    [VIF_FRONT_BACKEND_ID] = {VIF_FRONT "/backend-id", "0", false},
    [VIF_FRONT_HANDLE] = {VIF_FRONT "/handle", "0", false},
    [VIF_FRONT_MAC] = {VIF_FRONT "/mac", PVB_NET_GUEST_MAC_TEXT, false},
    [VIF_FRONT_STATE] = {VIF_FRONT "/state", "1", true},
    [VIF_FRONT_TX_RING_REF] = {VIF_FRONT "/tx-ring-ref", "", true},
    [VIF_FRONT_RX_RING_REF] = {VIF_FRONT "/rx-ring-ref", "", true},
    [VIF_FRONT_EVENT_CHANNEL] = {VIF_FRONT "/event-channel", "", true},
    [VIF_FRONT_REQUEST_RX_COPY] = {VIF_FRONT "/request-rx-copy", "", true},
    [VIF_FRONT_FEATURE_RX_NOTIFY] = {VIF_FRONT "/feature-rx-notify", "", true},
    [VIF_FRONT_FEATURE_NO_CSUM_OFFLOAD] = {VIF_FRONT "/feature-no-csum-offload", "", true},
    [VIF_BACK_FRONTEND] = {VIF_BACK "/frontend", GUEST_FOLDER VIF_FRONT, false},
    [VIF_BACK_FRONTEND_ID] = {VIF_BACK "/frontend-id", "1", false},
    [VIF_BACK_STATE] = {VIF_BACK "/state", "1", false},
    [VIF_BACK_FEATURE_RX_COPY] = {VIF_BACK "/feature-rx-copy", "1", false},
};
_Static_assert(DISK_SIZE == 2048 * 512, "the tree says how large the disk is");
_Static_assert(sizeof(VBD_BACK) <= STORE_VALUE && sizeof(GUEST_FOLDER VBD_FRONT) <= STORE_VALUE,
               "state.h: STORE_VALUE");

u64 text_length(const char *text)
{
    u64 n = 0;

    while (text[n])
        n++;
    return n;
}

bool same_text(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* What is behind this beginning, or null. */
static const char *behind(const char *text, const char *beginning)
{
    while (*beginning)
        if (*text++ != *beginning++)
            return NULL;
    return text;
}

const char *tree_path(const char *path)
{
    const char *own = behind(path, GUEST_FOLDER);

    return own ? own : path;
}

int tree_find(const char *path)
{
    const char *wanted = tree_path(path);

    for (unsigned int i = 0; i < STORE_NODES; i++)
        if (same_text(leaves[i].path, wanted))
            return (int)i;
    return -1;
}

bool tree_guest_may_write(unsigned int node)
{
    return leaves[node].guest_writes;
}

bool tree_is_below(unsigned int node, const char *folder)
{
    const char *rest = behind(leaves[node].path, tree_path(folder));

    return rest && (!*rest || *rest == '/');
}

const char *tree_first_value(unsigned int node)
{
    return leaves[node].value;
}

/* The length of the name with which this begins. */
static u64 name_length(const char *rest)
{
    u64 n = 0;

    while (rest[n] && rest[n] != '/')
        n++;
    return n;
}

/* Names that stand in several paths stand in them one after the other. */
int tree_list(const char *folder, char *into, u64 size)
{
    u64 used = 0, last = 0;
    bool found = false;

    for (unsigned int i = 0; i < STORE_NODES; i++) {
        const char *rest = behind(leaves[i].path, tree_path(folder));
        u64 n;

        if (!rest || (*rest && *rest != '/'))
            continue;
        found = true;
        if (!*rest)
            continue; /* the leaf itself: nothing is in it */
        n = name_length(++rest);
        if (used && n + 1 == used - last && !memcmp(into + last, rest, n))
            continue;
        if (n + 1 > size - used)
            break;
        last = used;
        memcpy(into + used, rest, n);
        into[used + n] = 0;
        used += n + 1;
    }
    return found ? (int)used : -1;
}
