/* tree.c: the store's tree: one disk, its front end in domain 1, which is the guest, and its back end in domain 0. */
#include "tree.h"
#include "device.h"
#include "disk.h"
#include "memory.h"
#include "state.h"

#define GUEST_FOLDER "/local/domain/1/"
#define FRONT        "device/vbd/51712" /* xvda */
#define BACK         "/local/domain/0/backend/vbd/1/51712"

static const struct {
    const char *path, *value;
    bool guest_writes;
} leaves[STORE_NODES] = {
    [FRONT_BACKEND] = {FRONT "/backend", BACK, false},
    [FRONT_BACKEND_ID] = {FRONT "/backend-id", "0", false},
    [FRONT_VIRTUAL_DEVICE] = {FRONT "/virtual-device", "51712", false},
    [FRONT_STATE] = {FRONT "/state", "1", true},
    [FRONT_RING_REF] = {FRONT "/ring-ref", "", true},
    [FRONT_EVENT_CHANNEL] = {FRONT "/event-channel", "", true},
    [FRONT_PROTOCOL] = {FRONT "/protocol", "", true},
    [FRONT_FEATURE_PERSISTENT] = {FRONT "/feature-persistent", "", true},
    [BACK_FRONTEND] = {BACK "/frontend", GUEST_FOLDER FRONT, false},
    [BACK_FRONTEND_ID] = {BACK "/frontend-id", "1", false},
    [BACK_STATE] = {BACK "/state", "1", false},
    [BACK_FEATURE_PERSISTENT] = {BACK "/feature-persistent", "1", false},
    [BACK_FEATURE_FLUSH_CACHE] = {BACK "/feature-flush-cache", "1", false},
    [BACK_SECTORS] = {BACK "/sectors", "2048", false},
    [BACK_SECTOR_SIZE] = {BACK "/sector-size", "512", false},
    [BACK_INFO] = {BACK "/info", "0", false},
};
_Static_assert(DISK_SIZE == 2048 * 512, "the tree says how large the disk is");
_Static_assert(sizeof(BACK) <= STORE_VALUE && sizeof(GUEST_FOLDER FRONT) <= STORE_VALUE, "state.h: STORE_VALUE");

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
    for (unsigned int i = 0; i < STORE_NODES; i++)
        if (same_text(leaves[i].path, tree_path(path)))
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
