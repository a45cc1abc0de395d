/*
 * store.c: the store's protocol over the page that is shared with it (xen/io/xs_wire.h): one request at a time, and
 * a word when something that is watched has changed.
 */
#include "xenbus.h"
#include <xen/io/xs_wire.h>

static volatile struct xenstore_domain_interface *ring;
static evtchn_port_t store_port;
static XENSTORE_RING_IDX sent, taken; /* ours of the indices: what stands in the page, the other side can change */
static uint32_t request;              /* the number of the last one */
static unsigned changes;              /* of what is watched, since it was looked at */

/* A firmware may have used it before. */
void store_init(volatile void *page, evtchn_port_t port)
{
    ring = page;
    sent = ring->req_prod;
    taken = ring->rsp_cons;
    store_port = port;
    port_mask(port);
}

void store_again(void)
{
    evtchn_port_t port;
    volatile void *page = xen_map_store(&port);
    if (!page)
        guest_panic("there is no store any more");
    store_init(page, port);
}

/* How many bytes of requests have room: one at least. */
static uint32_t await_room(void)
{
    unsigned waits = 0;
    for (;;) {
        const uint32_t waiting = sent - ring->req_cons;
        if (waiting < XENSTORE_RING_SIZE)
            return XENSTORE_RING_SIZE - waiting;
        if (waiting > XENSTORE_RING_SIZE)
            guest_panic("the store has taken more than was sent: to %u of %u", ring->req_cons, sent);
        port_wait_again(store_port, &waits, "the store");
    }
}

/* How many bytes of answers are there: one at least. `ask`: it may be waiting for room to answer. */
static uint32_t await_answer(bool ask)
{
    unsigned waits = 0;
    for (;;) {
        const uint32_t there = ring->rsp_prod - taken;
        if (there > XENSTORE_RING_SIZE)
            guest_panic("the store has sent more than has room: %u bytes", there);
        if (there)
            return there;
        if (ask)
            port_send(store_port);
        port_wait_again(store_port, &waits, "the store");
    }
}

static void put(const void *from, uint32_t size)
{
    const uint8_t *bytes = from;
    while (size) {
        const uint32_t room = await_room(), n = size < room ? size : room;
        for (uint32_t i = 0; i < n; i++) {
            char c;
            __builtin_memcpy(&c, bytes + i, 1);
            ring->req[MASK_XENSTORE_IDX(sent + i)] = c;
        }
        sent += n;
        ring->req_prod = sent; /* x86 keeps stores in order, and volatile ones the compiler */
        bytes += n;
        size -= n;
    }
}

/* NULL: what comes is of no interest. */
static void take(void *into, uint32_t size)
{
    uint8_t *bytes = into;
    while (size) {
        const uint32_t there = await_answer(true), n = size < there ? size : there;
        for (uint32_t i = 0; bytes && i < n; i++)
            bytes[i] = (uint8_t)ring->rsp[MASK_XENSTORE_IDX(taken + i)];
        taken += n;
        ring->rsp_cons = taken;
        bytes = bytes ? bytes + n : NULL;
        size -= n;
    }
}

/* The next message's body, cut to the size, with a NUL behind it. */
static struct xsd_sockmsg take_message(char value[STORE_VALUE])
{
    struct xsd_sockmsg head;
    take(&head, sizeof(head));
    if (head.len > XENSTORE_PAYLOAD_MAX)
        guest_panic("the store sends a message of %u bytes", head.len);
    const uint32_t n = head.len < STORE_VALUE ? head.len : STORE_VALUE - 1;
    take(value, n);
    value[n] = 0;
    take(NULL, head.len - n);
    return head;
}

static uint32_t length(const char *text)
{
    uint32_t n = 0;
    while (text[n])
        n++;
    return n;
}

/* The answer to the request, behind what has changed meanwhile. */
static struct xsd_sockmsg take_answer(uint32_t type, char answer[STORE_VALUE])
{
    for (unsigned events = 0;; events++) {
        const struct xsd_sockmsg reply = take_message(answer);
        if (reply.type != XS_WATCH_EVENT) {
            if (reply.req_id != request || (reply.type != type && reply.type != XS_ERROR))
                guest_panic("the store answers request %u of type %u, in place of %u of type %u", reply.req_id,
                            reply.type, request, type);
            return reply;
        }
        changes++;
        if (events == PATIENCE)
            guest_panic("the store tells of %u changes and does not answer", PATIENCE);
    }
}

/* How long the answer is; REFUSED: the store says no. The second word may be NULL; `tail`: it goes without its NUL, as
 * a value does. */
enum { REFUSED = -1 };
static int ask(uint32_t type, const char *path, const char *second, bool tail, char answer[STORE_VALUE])
{
    const uint32_t first_size = length(path) + 1, second_size = second ? length(second) + !tail : 0;
    const struct xsd_sockmsg head = {.type = type, .req_id = ++request, .len = first_size + second_size};
    put(&head, sizeof(head));
    put(path, first_size);
    put(second, second_size);
    port_send(store_port);
    const struct xsd_sockmsg reply = take_answer(type, answer);
    return reply.type == type ? (int)reply.len : REFUSED;
}

static void join(char path[STORE_VALUE], const char *folder, const char *name)
{
    format_text(path, STORE_VALUE, "%s/%s", folder, name);
}

bool store_read(const char *path, char value[STORE_VALUE])
{
    const int size = ask(XS_READ, path, NULL, false, value);
    return size != REFUSED && size < STORE_VALUE;
}

/* Its name becomes part of paths and of lines. */
bool store_first(const char *path, char value[STORE_VALUE])
{
    if (ask(XS_DIRECTORY, path, NULL, false, value) == REFUSED)
        return false;
    for (const char *c = value; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '/')
            return false;
    return *value;
}

static uint64_t number_of(const char *text, uint64_t otherwise)
{
    uint64_t number = 0;
    if (!*text)
        return otherwise;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return otherwise;
        number = number * 10 + (uint64_t)(*text - '0');
        if (number > UINT32_MAX)
            return otherwise;
    }
    return number;
}

uint64_t store_number(const char *folder, const char *name, uint64_t otherwise)
{
    char path[STORE_VALUE], value[STORE_VALUE];
    join(path, folder, name);
    return store_read(path, value) ? number_of(value, otherwise) : otherwise;
}

/* The store's words become part of a line. */
static void make_printable(char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            *text = '?';
}

static void must_take(int result, const char *verb, char path[STORE_VALUE], char answer[STORE_VALUE])
{
    if (result != REFUSED)
        return;
    make_printable(path);
    make_printable(answer);
    guest_panic("the store does not %s %s: %s", verb, path, answer);
}

void store_write_text(const char *folder, const char *name, const char *value)
{
    char path[STORE_VALUE], answer[STORE_VALUE];
    join(path, folder, name);
    must_take(ask(XS_WRITE, path, value, true, answer), "take", path, answer);
}

void store_write(const char *folder, const char *name, uint64_t value)
{
    char text[24];
    format_text(text, sizeof(text), "%lu", value);
    store_write_text(folder, name, text);
}

/* Nothing was asked. */
static void await_change(void)
{
    char value[STORE_VALUE];
    while (!changes) {
        await_answer(false);
        const struct xsd_sockmsg message = take_message(value);
        if (message.type != XS_WATCH_EVENT)
            guest_panic("the store answers request %u of type %u, which nobody has made", message.req_id, message.type);
        changes++;
    }
    changes = 0;
}

static void watch(const char *path)
{
    char answer[STORE_VALUE], name[STORE_VALUE];
    format_text(name, sizeof(name), "%s", path);
    must_take(ask(XS_WATCH, path, "watch", false, answer), "watch", name, answer);
}

static void unwatch(const char *path)
{
    char answer[STORE_VALUE];
    ask(XS_UNWATCH, path, "watch", false, answer);
    changes = 0;
}

/* A watch says at once that there is something to be looked at. */
uint64_t store_await(const char *folder, const char *name, uint32_t passing)
{
    char path[STORE_VALUE];
    uint64_t found;
    unsigned looks = 0;
    join(path, folder, name);
    watch(path);
    do {
        if (++looks > PATIENCE)
            guest_panic("the store tells of %u changes and none is one", PATIENCE);
        await_change();
        found = store_number(folder, name, STORE_NO_NUMBER);
    } while (found < 32 && passing >> found & 1);
    unwatch(path);
    return found;
}

void store_await_text(const char *folder, const char *name, const char *text, void (*meanwhile)(void))
{
    char path[STORE_VALUE], value[STORE_VALUE];
    unsigned looks = 0;
    join(path, folder, name);
    watch(path);
    do {
        if (++looks > PATIENCE)
            guest_panic("the store tells of %u changes and none is one", PATIENCE);
        while (meanwhile && !changes && ring->rsp_prod == taken)
            meanwhile();
        await_change();
    } while (!store_read(path, value) || !same_text(value, text));
    unwatch(path);
}

uint64_t store_await_other(const char *folder, const char *name, uint64_t number)
{
    char path[STORE_VALUE];
    uint64_t found;
    unsigned looks = 0;
    join(path, folder, name);
    watch(path);
    do {
        if (++looks > PATIENCE)
            guest_panic("the store tells of %u changes and none is one", PATIENCE);
        await_change();
        found = store_number(folder, name, number);
    } while (found == number);
    unwatch(path);
    return found;
}
