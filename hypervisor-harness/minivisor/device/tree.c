/* tree.c: the store's tree: one disk, one network card, their front ends in domain 1, which is the guest, their back
 * ends in domain 0, and how the guest is asked to end. It is fixed, but for a few nodes that the guest makes in the
 * folders of its front ends and in its folder of data. */
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
} leaves[STORE_LEAVES] = {
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
    [CONTROL_SHUTDOWN] = {"control/shutdown", "", true},
};
static const char *const guests_folders[] = {VBD_FRONT, VIF_FRONT, "data"};
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

const char *tree_path_of(const struct store_tree *tree, unsigned int node)
{
    return node < STORE_LEAVES ? leaves[node].path : tree->own[node - STORE_LEAVES];
}

int tree_find(const struct store_tree *tree, const char *path)
{
    const char *wanted = tree_path(path);

    for (unsigned int i = 0; i < STORE_NODES; i++)
        if (*wanted && same_text(tree_path_of(tree, i), wanted))
            return (int)i;
    return -1;
}

bool tree_guest_may_write(unsigned int node)
{
    return node >= STORE_LEAVES || leaves[node].guest_writes;
}

/* It is the folder itself, or below it. */
static bool is_below(const char *path, const char *folder)
{
    const char *rest = behind(path, folder);

    return *path && *folder && rest && (!*rest || *rest == '/');
}

bool tree_is_below(const struct store_tree *tree, unsigned int node, const char *folder)
{
    return is_below(tree_path_of(tree, node), tree_path(folder));
}

const char *tree_first_value(unsigned int node)
{
    return leaves[node].value;
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '@' || c == '/';
}

/* Names with one slash between them, and perhaps one in front. */
static bool is_path(const char *path)
{
    for (u64 i = 0; path[i]; i++)
        if (!is_name(path[i]) || (path[i] == '/' && ((i && path[i - 1] == '/') || !path[i + 1])))
            return false;
    return true;
}

/* In a folder in which the guest makes nodes. */
static bool is_guests(const char *path)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(guests_folders); i++)
        if (is_below(path, guests_folders[i]) && !same_text(path, guests_folders[i]))
            return true;
    return false;
}

const char *tree_make(struct store_tree *tree, const char *path, int *node)
{
    const char *wanted = tree_path(path);

    if (!is_path(wanted))
        return "EINVAL";
    if (!is_guests(wanted))
        return "EACCES";
    if (text_length(wanted) >= STORE_PATH)
        return "E2BIG";
    for (unsigned int i = 0; i < STORE_OWN; i++) {
        if (*tree->own[i])
            continue;
        memcpy(tree->own[i], wanted, text_length(wanted) + 1);
        *tree->value[STORE_LEAVES + i] = 0;
        *node = (int)(STORE_LEAVES + i);
        return NULL;
    }
    return "ENOSPC";
}

bool tree_has(const struct store_tree *tree, const char *path)
{
    for (unsigned int i = 0; i < STORE_NODES; i++)
        if (tree_is_below(tree, i, path))
            return true;
    return false;
}

const char *tree_why_not_remove(const struct store_tree *tree, const char *path)
{
    if (!is_path(path))
        return "EINVAL";
    for (unsigned int i = 0; i < STORE_LEAVES; i++)
        if (tree_is_below(tree, i, path))
            return "EACCES";
    return is_guests(tree_path(path)) ? NULL : "ENOENT";
}

/* The length of the name with which this begins. */
static u64 name_length(const char *rest)
{
    u64 n = 0;

    while (rest[n] && rest[n] != '/')
        n++;
    return n;
}

/* A name of `n` characters is among these already. */
static bool is_listed(const char *names, u64 used, const char *name, u64 n)
{
    for (u64 at = 0; at < used; at += text_length(names + at) + 1)
        if (text_length(names + at) == n && !memcmp(names + at, name, n))
            return true;
    return false;
}

int tree_list(const struct store_tree *tree, const char *folder, char *into, u64 size)
{
    u64 used = 0;
    bool found = false;

    for (unsigned int i = 0; i < STORE_NODES; i++) {
        const char *rest = behind(tree_path_of(tree, i), tree_path(folder));
        u64 n;

        if (!tree_is_below(tree, i, folder))
            continue;
        found = true;
        if (!*rest)
            continue; /* the node itself: nothing is in it */
        n = name_length(++rest);
        if (is_listed(into, used, rest, n))
            continue;
        if (n + 1 > size - used)
            return TREE_TOO_LONG;
        memcpy(into + used, rest, n);
        into[used + n] = 0;
        used += n + 1;
    }
    return found ? (int)used : TREE_NONE;
}
