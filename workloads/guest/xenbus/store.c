/*
 * store.c: the store's protocol over the page that is shared with it (xen/io/xs_wire.h): one request at a time, and
 * a word when something that is watched has changed.
 */
#include "xenbus.h"
#include <xen/io/xs_wire.h>

static volatile struct xenstore_domain_interface *ring;
static evtchn_port_t store_port;
static unsigned changes; /* of what is watched, since it was looked at */

void store_init(volatile void *page, evtchn_port_t port)
{
    ring = page;
    store_port = port;
    port_mask(port);
}

static void put(const void *from, uint32_t size)
{
    const uint8_t *bytes = from;
    char c;
    for (uint32_t i = 0; i < size; i++) {
        while (ring->req_prod - ring->req_cons == XENSTORE_RING_SIZE)
            port_wait(store_port);
        __builtin_memcpy(&c, bytes + i, 1);
        ring->req[MASK_XENSTORE_IDX(ring->req_prod)] = c;
        asm volatile("" : : : "memory");
        ring->req_prod++;
    }
}

/* NULL: what comes is of no interest. */
static void take(void *into, uint32_t size)
{
    uint8_t *bytes = into;
    for (uint32_t i = 0; i < size; i++) {
        while (ring->rsp_cons == ring->rsp_prod) {
            port_send(store_port);
            port_wait(store_port);
        }
        asm volatile("" : : : "memory");
        const char c = ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons)];
        if (bytes)
            bytes[i] = (uint8_t)c;
        ring->rsp_cons++;
    }
}

/* The next message's body, cut to the size, with a NUL behind it. */
static struct xsd_sockmsg take_message(char value[STORE_VALUE])
{
    struct xsd_sockmsg head;
    take(&head, sizeof(head));
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

/* False: the store says no. The second word may be NULL; `tail`: it goes without its NUL, as a value does. */
static bool ask(uint32_t type, const char *path, const char *second, bool tail, char answer[STORE_VALUE])
{
    const uint32_t first_size = length(path) + 1, second_size = second ? length(second) + !tail : 0;
    const struct xsd_sockmsg head = {.type = type, .len = first_size + second_size};
    put(&head, sizeof(head));
    put(path, first_size);
    put(second, second_size);
    port_send(store_port);
    for (;;) {
        const struct xsd_sockmsg reply = take_message(answer);
        if (reply.type != XS_WATCH_EVENT)
            return reply.type == type;
        changes++;
    }
}

static void join(char path[STORE_VALUE], const char *folder, const char *name)
{
    format_text(path, STORE_VALUE, "%s/%s", folder, name);
}

bool store_read(const char *path, char value[STORE_VALUE])
{
    return ask(XS_READ, path, NULL, false, value);
}

bool store_first(const char *path, char value[STORE_VALUE])
{
    return ask(XS_DIRECTORY, path, NULL, false, value) && *value;
}

uint64_t store_number(const char *folder, const char *name, uint64_t otherwise)
{
    char path[STORE_VALUE], value[STORE_VALUE];
    uint64_t number = 0;
    join(path, folder, name);
    if (!store_read(path, value) || !*value)
        return otherwise;
    for (const char *c = value; *c >= '0' && *c <= '9'; c++)
        number = number * 10 + (uint64_t)(*c - '0');
    return number;
}

void store_write_text(const char *folder, const char *name, const char *value)
{
    char path[STORE_VALUE], answer[STORE_VALUE];
    join(path, folder, name);
    if (!ask(XS_WRITE, path, value, true, answer))
        guest_panic("the store does not take %s: %s", path, answer);
}

void store_write(const char *folder, const char *name, uint64_t value)
{
    char text[24];
    format_text(text, sizeof(text), "%lu", value);
    store_write_text(folder, name, text);
}

static void await_change(void)
{
    char value[STORE_VALUE];
    while (!changes) {
        while (ring->rsp_cons == ring->rsp_prod)
            port_wait(store_port);
        changes += take_message(value).type == XS_WATCH_EVENT;
    }
    changes = 0;
}

/* A watch says at once that there is something to be looked at. */
uint64_t store_await(const char *folder, const char *name, uint64_t value, uint64_t other)
{
    char path[STORE_VALUE], answer[STORE_VALUE];
    uint64_t found;
    join(path, folder, name);
    if (!ask(XS_WATCH, path, "watch", false, answer))
        guest_panic("the store does not watch %s: %s", path, answer);
    do {
        await_change();
        found = store_number(folder, name, ~0ul);
    } while (found != value && found != other);
    ask(XS_UNWATCH, path, "watch", false, answer);
    changes = 0;
    return found;
}
