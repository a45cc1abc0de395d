/*
 * store.c: xenstore's protocol (xen/io/xs_wire.h) over the page that is shared
 * with the guest, for the tree of tree.c. Everything in the page is the
 * guest's word: a message is copied before it is looked at, and the indices
 * that are the store's are kept here.
 */
#include "device.h"
#include "guest.h"
#include "memory.h"
#include "transactions.h"
#include "tree.h"

#include <xen/io/xs_wire.h>

/* Of requests: one fits into the ring as a whole. And of answers: the longest list of names. */
#define BODY_MAX (XENSTORE_RING_SIZE - sizeof(struct xsd_sockmsg))
_Static_assert(STORE_MESSAGE == XENSTORE_RING_SIZE, "state.h: a message fits into the ring");
#define ANSWER_MAX 512

struct message {
    struct xsd_sockmsg head;
    char body[BODY_MAX + 1]; /* with a NUL behind it */
    struct store_tree *tree; /* that it is about */
};

void store_init(void *page)
{
    struct store *store = &guest.devices.store;

    store->page = page;
    for (unsigned int i = 0; i < STORE_LEAVES; i++)
        memcpy(store->tree.value[i], tree_first_value(i), text_length(tree_first_value(i)) + 1);
}

const char *store_text(unsigned int node)
{
    return guest.devices.store.tree.value[node];
}

u32 store_number(unsigned int node)
{
    const char *c = store_text(node);
    u64 number = 0;

    if (!*c)
        return ~0u;
    for (; *c; c++) {
        if (*c < '0' || *c > '9' || number > ~0u)
            return ~0u;
        number = number * 10 + (u64)(*c - '0');
    }
    return number > ~0u ? ~0u : (u32)number;
}

/* Whoever watches is told of what he watches: of a folder that something in it has changed. */
void store_changed(unsigned int node)
{
    struct store *store = &guest.devices.store;

    store->changes++;
    for (unsigned int i = 0; i < STORE_WATCHES; i++)
        if (store->watch[i].used && tree_is_below(&store->tree, node, store->watch[i].path))
            store->watch[i].fired = true;
}

void store_move_back_end(unsigned int node)
{
    if (node == VBD_FRONT_STATE)
        block_front_changed();
    else if (node == VIF_FRONT_STATE)
        net_front_changed();
}

void store_set_state(unsigned int node, unsigned int state)
{
    guest.devices.store.tree.value[node][0] = (char)('0' + state);
    guest.devices.store.tree.value[node][1] = 0;
    store_changed(node);
}

void store_ask_shutdown(void)
{
    static const char word[] = "poweroff";

    memcpy(guest.devices.store.tree.value[CONTROL_SHUTDOWN], word, sizeof(word));
    store_changed(CONTROL_SHUTDOWN);
    store_serve();
}

/* --- the ring --------------------------------------------------------------- */

/* How much of an answer has room. */
static u32 room(void)
{
    const struct store *store = &guest.devices.store;
    u32 consumer = *(volatile u32 *)&store->page->rsp_cons, used = store->rsp_prod - consumer;

    if (used > XENSTORE_RING_SIZE)
        kill_guest("store's ring: answers: producer %u, consumer %u", store->rsp_prod, consumer);
    return XENSTORE_RING_SIZE - used;
}

/* What has room. */
static void put(const void *from, u64 size)
{
    struct store *store = &guest.devices.store;
    u32 at = MASK_XENSTORE_IDX(store->rsp_prod);
    u64 before_the_end = MIN(size, XENSTORE_RING_SIZE - at);

    memcpy(store->page->rsp + at, from, before_the_end);
    memcpy(store->page->rsp, (const char *)from + before_the_end, size - before_the_end);
    store->rsp_prod += (u32)size;
    store->page->rsp_prod = store->rsp_prod;
}

/* What is there. */
static void peek(void *into, u64 size)
{
    const struct store *store = &guest.devices.store;
    u32 at = MASK_XENSTORE_IDX(store->req_cons);
    u64 before_the_end = MIN(size, XENSTORE_RING_SIZE - at);

    memcpy(into, store->page->req + at, before_the_end);
    memcpy((char *)into + before_the_end, store->page->req, size - before_the_end);
}

static void consume(u32 size)
{
    struct store *store = &guest.devices.store;

    store->req_cons += size;
    store->page->req_cons = store->req_cons;
}

/* How much of requests is there. */
static u32 arrived(void)
{
    const struct store *store = &guest.devices.store;
    u32 producer = *(volatile u32 *)&store->page->req_prod, size = producer - store->req_cons;

    if (size > XENSTORE_RING_SIZE)
        kill_guest("store's ring: requests: producer %u, consumer %u", producer, store->req_cons);
    return size;
}

/* The rest of a message that was refused for its length. */
static void skip(void)
{
    struct store *store = &guest.devices.store;
    u32 size = MIN(store->skip, arrived());

    store->skip -= size;
    consume(size);
}

/* Of the message under way `size` bytes: true when they are there. */
static bool have(u64 size)
{
    struct store *store = &guest.devices.store;
    u32 more;

    if (store->taken < size) {
        more = (u32)MIN(size - store->taken, arrived());
        peek(store->message + store->taken, more);
        consume(more);
        store->taken += more;
    }
    return store->taken >= size;
}

/*
 * The next message, when all of it is there. One that is too long is its head alone. Each piece is taken out of the
 * ring as it comes: who writes head and body apart tells only of what he has put into an empty ring.
 */
static bool take(struct message *m)
{
    struct store *store = &guest.devices.store;

    skip();
    if (store->skip || !have(sizeof(m->head)))
        return false;
    memcpy(&m->head, store->message, sizeof(m->head));
    if (m->head.len > BODY_MAX) {
        store->skip = m->head.len;
    } else {
        if (!have(sizeof(m->head) + m->head.len))
            return false;
        memcpy(m->body, store->message + sizeof(m->head), m->head.len);
        m->body[m->head.len] = 0;
    }
    store->taken = 0;
    return true;
}

/* --- answers ------------------------------------------------------------------ */

static void answer(const struct message *m, u32 type, const void *body, u64 size)
{
    const struct xsd_sockmsg head = {type, m->head.req_id, m->head.tx_id, (u32)size};

    put(&head, sizeof(head));
    put(body, size);
}

static void refuse(const struct message *m, const char *word)
{
    answer(m, XS_ERROR, word, text_length(word) + 1);
}

static void confirm(const struct message *m)
{
    answer(m, m->head.type, "OK", 3);
}

static void tell_changes(void)
{
    struct store_watch *watch = guest.devices.store.watch;

    for (unsigned int i = 0; i < STORE_WATCHES; i++) {
        u64 path = text_length(watch[i].path) + 1, token = text_length(watch[i].token) + 1;
        const struct xsd_sockmsg head = {XS_WATCH_EVENT, 0, 0, (u32)(path + token)};

        if (!watch[i].fired || room() < sizeof(head) + path + token)
            continue;
        put(&head, sizeof(head));
        put(watch[i].path, path);
        put(watch[i].token, token);
        watch[i].fired = false;
    }
}

/* --- requests ------------------------------------------------------------------- */

/* The word behind the path and its NUL; null: there is none. */
static const char *second(const struct message *m)
{
    u64 first = text_length(m->body) + 1;

    return first <= m->head.len ? m->body + first : NULL;
}

static void serve_read(const struct message *m)
{
    int node = tree_find(m->tree, m->body);

    if (node < 0)
        refuse(m, "ENOENT");
    else
        answer(m, XS_READ, m->tree->value[node], text_length(m->tree->value[node]));
}

static void serve_directory(const struct message *m)
{
    char names[ANSWER_MAX];
    int size = tree_list(m->tree, m->body, names, sizeof(names));

    if (size < 0)
        refuse(m, size == TREE_NONE ? "ENOENT" : "E2BIG");
    else
        answer(m, XS_DIRECTORY, names, (u64)size);
}

/* What a transaction has written moves nobody before its end. */
static bool is_seen(const struct message *m)
{
    return m->tree == &guest.devices.store.tree;
}

/* The node, made if there is none; negative: refused. */
static int writable(const struct message *m)
{
    int node = tree_find(m->tree, m->body);
    const char *why = node < 0                                   ? tree_make(m->tree, m->body, &node)
                      : tree_guest_may_write((unsigned int)node) ? NULL
                                                                 : "EACCES";

    if (!why)
        return node;
    refuse(m, why);
    return -1;
}

static void serve_write(const struct message *m)
{
    const char *value = second(m);
    u64 size = value ? m->head.len - (u64)(value - m->body) : 0;
    int node = tree_find(m->tree, m->body);

    if (node >= 0 && !tree_guest_may_write((unsigned int)node)) {
        refuse(m, "EACCES");
        return;
    }
    if (!value || size >= STORE_VALUE || text_length(value) != size) {
        refuse(m, size >= STORE_VALUE ? "E2BIG" : "EINVAL");
        return;
    }
    node = writable(m);
    if (node < 0)
        return;
    memcpy(m->tree->value[node], value, size + 1);
    confirm(m);
    if (!is_seen(m))
        return;
    store_changed((unsigned int)node);
    store_move_back_end((unsigned int)node);
}

static void serve_make(const struct message *m)
{
    if (!tree_has(m->tree, m->body)) {
        int node = writable(m);

        if (node < 0)
            return;
        if (is_seen(m))
            store_changed((unsigned int)node);
    }
    confirm(m);
}

/* With all that is in it. That nothing is there is no error. */
static void serve_remove(const struct message *m)
{
    const char *why = tree_why_not_remove(m->tree, m->body);

    if (why) {
        refuse(m, why);
        return;
    }
    for (unsigned int i = STORE_LEAVES; i < STORE_NODES; i++) {
        if (!tree_is_below(m->tree, i, m->body))
            continue;
        if (is_seen(m))
            store_changed(i);
        *m->tree->own[i - STORE_LEAVES] = 0;
    }
    confirm(m);
}

static void serve_start(const struct message *m)
{
    char digits[NUMBER_SIZE];
    u32 id = m->head.tx_id ? 0 : transaction_start();

    if (id)
        answer(m, XS_TRANSACTION_START, digits, number_text(digits, id) + 1);
    else
        refuse(m, m->head.tx_id ? "EBUSY" : "ENOSPC");
}

static void serve_end(const struct message *m)
{
    const char *why = "EINVAL";

    if (same_text(m->body, "T") || same_text(m->body, "F"))
        why = transaction_end(m->head.tx_id, *m->body == 'T');
    if (why)
        refuse(m, why);
    else
        confirm(m);
}

/* Of this path and token, or the first that is free; null: there is none. */
static struct store_watch *find_watch(const char *path, const char *token)
{
    struct store_watch *watch = guest.devices.store.watch, *unused = NULL;

    for (unsigned int i = 0; i < STORE_WATCHES; i++) {
        if (watch[i].used && same_text(watch[i].path, path) && same_text(watch[i].token, token))
            return &watch[i];
        if (!watch[i].used && !unused)
            unused = &watch[i];
    }
    return unused;
}

static void start_watch(const struct message *m, struct store_watch *watch, const char *token)
{
    memcpy(watch->path, m->body, text_length(m->body) + 1);
    memcpy(watch->token, token, text_length(token) + 1);
    watch->used = watch->fired = true; /* at once: there is something to be looked at */
    confirm(m);
}

static void serve_watch(const struct message *m)
{
    const char *token = second(m);
    struct store_watch *watch;

    if (!token || text_length(token) + (u64)(token - m->body) >= m->head.len) {
        refuse(m, "EINVAL");
        return;
    }
    watch = find_watch(m->body, token);
    if (m->head.type == XS_UNWATCH && watch && watch->used) {
        watch->used = watch->fired = false;
        confirm(m);
    } else if (m->head.type == XS_UNWATCH) {
        refuse(m, "ENOENT");
    } else if (!watch || text_length(m->body) >= STORE_PATH || text_length(token) >= STORE_TOKEN) {
        refuse(m, "E2BIG");
    } else if (watch->used) {
        refuse(m, "EEXIST");
    } else {
        start_watch(m, watch, token);
    }
}

/* All but a value ends with a NUL. */
static const char *why_refused(const struct message *m)
{
    if (m->head.len > BODY_MAX)
        return "E2BIG";
    if (!m->head.len || (m->head.type != XS_WRITE && m->body[m->head.len - 1]))
        return "EINVAL";
    return m->tree ? NULL : "ENOENT";
}

static void serve_one(struct message *m)
{
    m->tree = transaction_tree(m->head.tx_id);
    if (why_refused(m)) {
        refuse(m, why_refused(m));
        return;
    }
    switch (m->head.type) {
    case XS_READ:
        serve_read(m);
        break;
    case XS_DIRECTORY:
        serve_directory(m);
        break;
    case XS_WRITE:
        serve_write(m);
        break;
    case XS_MKDIR:
        serve_make(m);
        break;
    case XS_RM:
        serve_remove(m);
        break;
    case XS_TRANSACTION_START:
        serve_start(m);
        break;
    case XS_TRANSACTION_END:
        serve_end(m);
        break;
    case XS_WATCH:
    case XS_UNWATCH:
        serve_watch(m);
        break;
    default:
        refuse(m, "ENOSYS");
    }
}

/* As long as there is room for any answer: the rest waits until the guest has read, and sends another event. */
void store_serve(void)
{
    const struct store *store = &guest.devices.store;
    u32 taken = store->req_cons, told = store->rsp_prod;
    struct message m;

    while (room() >= sizeof(m.head) + ANSWER_MAX && take(&m)) {
        serve_one(&m);
        tell_changes();
    }
    tell_changes();
    if (store->req_cons != taken || store->rsp_prod != told)
        guest_notify(STORE_PORT);
}
