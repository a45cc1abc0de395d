/*
 * back.c: the seams: functions of the product that the linker lets through here (--wrap), so that the product itself
 * has nothing of this in it.
 */
#include "back.h"
#include "limit.h"
#include "hvm/hvm.h"
#include "pv/pv.h"

#include <xen/io/console.h>
#include <xen/io/netif.h>
#include <xen/io/xs_wire.h>

#define RX_ENTRIES __CONST_RING_SIZE(netif_rx, PAGE_SIZE)

static const struct kind {
    const char *name;
    enum seam seam;
    void (*strike)(struct scene *s);
} kinds[] = {
#define KIND(seam, name, ...) {#name, seam, name},
#include "kinds.def"
};

static const struct kind *chosen;
static u32 storm_port; /* 0: there is none */

static void strike(enum seam seam, struct scene *s)
{
    if (chosen->seam == seam)
        chosen->strike(s);
}

void storm(u32 port)
{
    storm_port = port;
}

/* --- the word on the command line ---------------------------------------------- */

/* Is this the name with which the text begins, and no longer one? */
static bool begins(const char *text, const char *name)
{
    while (*name)
        if (*text++ != *name++)
            return false;
    return !*text || *text == ' ';
}

static const struct kind *find(const char *word)
{
    for (unsigned int i = 0; i < ARRAY_SIZE(kinds); i++)
        if (begins(word, kinds[i].name))
            return &kinds[i];
    panic("no hostile back end has the name that stands behind back=");
}

void __real_limit_init(const char *command_line);
void __wrap_limit_init(const char *command_line);
void __wrap_limit_init(const char *command_line)
{
    for (const char *c = command_line; *c && !chosen; c++)
        if (!memcmp(c, "back=", 5))
            chosen = find(c + 5);
    if (!chosen)
        panic("back=NAME says how the back end is hostile");
    __real_limit_init(command_line);
}

/* --- the devices ------------------------------------------------------------------ */

void __real_devices_init(void *store_page);
void __wrap_devices_init(void *store_page);
void __wrap_devices_init(void *store_page)
{
    struct scene s = {0};

    __real_devices_init(store_page);
    strike(START, &s);
}

void __real_block_serve(void);
void __wrap_block_serve(void);
void __wrap_block_serve(void)
{
    const struct block *block = &guest.devices.block;
    struct scene s = {.first = block->done};

    __real_block_serve();
    s.end = block->done;
    s.ring = granted_memory(block->ring_grant, true);
    if (s.end != s.first)
        strike(BLOCK, &s);
}

/* A response takes its request's place. */
static void copy_offers(u32 offered[RX_ENTRIES])
{
    const struct netif_rx_sring *rx = granted_memory(guest.devices.net.rx_grant, true);

    for (unsigned int i = 0; rx && i < RX_ENTRIES; i++)
        offered[i] = rx->ring[(guest.devices.net.received + i) % RX_ENTRIES].req.gref;
}

void __real_net_serve(void);
void __wrap_net_serve(void);
void __wrap_net_serve(void)
{
    static u32 offered[RX_ENTRIES];
    const struct net *net = &guest.devices.net;
    struct scene sent = {.first = net->sent}, received = {.first = net->received, .offered = offered};

    copy_offers(offered);
    __real_net_serve();
    sent.end = net->sent;
    sent.ring = granted_memory(net->tx_grant, true);
    received.end = net->received;
    received.ring = granted_memory(net->rx_grant, true);
    if (sent.end != sent.first)
        strike(SENT, &sent);
    if (received.end != received.first)
        strike(RECEIVED, &received);
}

/* --- the store ---------------------------------------------------------------------- */

static void copy_request(void *into, u32 at, u32 size)
{
    const struct store *store = &guest.devices.store;

    for (u32 i = 0; i < size; i++)
        ((char *)into)[i] = store->page->req[MASK_XENSTORE_IDX(store->req_cons + at + i)];
}

void __real_store_serve(void);
void __wrap_store_serve(void);
void __wrap_store_serve(void)
{
    const struct store *store = &guest.devices.store;
    struct scene s = {.ring = store->page, .first = store->rsp_prod};
    struct xsd_sockmsg head;

    if (store->page->req_prod != store->req_cons) {
        copy_request(&head, 0, sizeof(head));
        copy_request(s.path, sizeof(head), MIN(head.len, STORE_PATH_MAX - 1));
        s.type = head.type;
        s.id = head.req_id;
    }
    __real_store_serve();
    s.end = store->rsp_prod;
    strike(STORE, &s);
}

/* --- calls that are not the devices' ------------------------------------------------ */

hypercall_fn __real_do_sched_op, __wrap_do_sched_op;
long __wrap_do_sched_op(u64 cmd, u64 argument, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    if (storm_port)
        guest_notify(storm_port);
    return __real_do_sched_op(cmd, argument, a3, a4, a5, regs);
}

long __real_hvm_device_hypercall(void);
long __wrap_hvm_device_hypercall(void);
long __wrap_hvm_device_hypercall(void)
{
    if (storm_port)
        guest_notify(storm_port);
    return __real_hvm_device_hypercall();
}

hypercall_fn __real_do_event_channel_op, __wrap_do_event_channel_op;
long __wrap_do_event_channel_op(u64 cmd, u64 argument, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    long result = __real_do_event_channel_op(cmd, argument, a3, a4, a5, regs);
    struct scene s = {.ring = guest.pv.console_ring};

    strike(CONSOLE, &s);
    return result;
}

void console_ahead(struct scene *s)
{
    ((struct xencons_interface *)s->ring)->out_cons += 100;
}

void console_front_index(struct scene *s)
{
    ((struct xencons_interface *)s->ring)->out_prod += 100;
}
