/*
 * net.c: the network card of guest.h, by whichever driver of the setting's kind finds one (net.h), and the frames
 * that are exchanged with the station at the other end of the wire (pvbench/net.h).
 */
#include "net.h"

extern const struct net_driver net_drivers[], net_drivers_end[];

uint64_t net_sent, net_received;

static const struct net_driver *card; /* while it is open */
static unsigned sent;                 /* of those that nobody has waited for yet */
static unsigned last_size;            /* of the frame that came last */
static uint8_t peer[6];

static const uint8_t own[6] = PVB_NET_GUEST_MAC, everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* Hardly any other frame is on the wire: so many in a row, and the one that is awaited will not come. */
enum { OTHERS_MAX = 100000 };

struct ethernet {
    uint8_t to[6], from[6], type[2];
};

struct arp { /* RFC 826, of Ethernet and IP */
    struct ethernet ethernet;
    uint8_t space[2], protocol[2], sizes[2], operation[2], from[6], from_ip[4], to[6], to_ip[4];
};

struct echo { /* RFC 791, RFC 792 */
    struct ethernet ethernet;
    uint8_t version, service, length[2], id[2], fragment[2], time_to_live, protocol, sum[2], from_ip[4], to_ip[4];
    uint8_t type, code, echo_sum[2], echo_id[2], number[2], data[PVB_NET_FRAME_MIN - 42];
};
_Static_assert(sizeof(struct arp) == 42 && sizeof(struct echo) == PVB_NET_FRAME_MIN, "RFC 826, RFC 791, RFC 792");

static size_t drivers(void)
{
    return ((uintptr_t)net_drivers_end - (uintptr_t)net_drivers) / sizeof(*net_drivers);
}

void net_init(void)
{
    for (size_t i = 0; i < drivers(); i++)
        if (net_drivers[i].init && params_have_devices(net_drivers[i].emulated))
            net_drivers[i].init();
}

static void put_ip(uint8_t at[4], uint32_t address)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(address >> (24 - 8 * i));
}

static void put_ethernet(struct ethernet *e, const uint8_t to[6], unsigned type)
{
    memcpy(e->to, to, sizeof(e->to));
    memcpy(e->from, own, sizeof(own));
    e->type[0] = (uint8_t)(type >> 8);
    e->type[1] = (uint8_t)type;
}

unsigned guest_net_receive(unsigned type, const void **frame)
{
    for (unsigned others = 0; others <= OTHERS_MAX; others++) {
        last_size = card->receive(frame);
        const struct ethernet *e = *frame;
        net_received++;
        if (last_size >= sizeof(*e) && (unsigned)(e->type[0] << 8 | e->type[1]) == type)
            return last_size;
    }
    guest_panic("%u frames came that nobody has asked for", OTHERS_MAX);
}

/* Who answers at the peer's address: also the proof that frames come and go. */
static void find_peer(void)
{
    struct arp *arp = guest_page();
    const void *frame;
    memset(arp, 0, PVB_NET_FRAME_MIN);
    put_ethernet(&arp->ethernet, everybody, NET_TYPE_ARP);
    arp->space[1] = 1;       /* Ethernet */
    arp->protocol[0] = 0x08; /* IP */
    arp->sizes[0] = 6;
    arp->sizes[1] = 4;
    arp->operation[1] = 1; /* a request */
    memcpy(arp->from, own, sizeof(own));
    put_ip(arp->from_ip, PVB_NET_GUEST_IP);
    put_ip(arp->to_ip, PVB_NET_PEER_IP);
    guest_net_put(arp, PVB_NET_FRAME_MIN);
    guest_net_notify();
    guest_net_wait_sent(1);
    guest_page_free(arp);
    if (guest_net_receive(NET_TYPE_ARP, &frame) < sizeof(*arp))
        guest_panic("the answer of the other station is too short");
    memcpy(peer, ((const struct arp *)frame)->from, sizeof(peer));
}

const char *guest_net_open(void)
{
    static const char none[] = "no network card is part of this guest; a suite's \"devices\" say which it has";
    const char *reason = none;
    for (size_t i = 0; i < drivers(); i++) {
        if (!params_have_devices(net_drivers[i].emulated))
            continue;
        if (net_drivers[i].is_possible && !net_drivers[i].is_possible()) {
            if (reason == none)
                reason = "no hypervisor shows itself that has such a network card";
            continue;
        }
        reason = net_drivers[i].open();
        if (reason)
            continue;
        card = &net_drivers[i];
        sent = 0;
        find_peer();
        return NULL;
    }
    return reason;
}

void guest_net_close(void)
{
    card->close();
    card = NULL;
}

void guest_net_put(const void *frame, unsigned size)
{
    net_sent++;
    card->put(frame, size);
}

void guest_net_notify(void)
{
    card->notify();
}

void guest_net_wait_sent(unsigned frames)
{
    while (sent < frames)
        sent += card->sent();
    sent -= frames;
}

/* --- the frames that are measured -------------------------------------------- */

void guest_net_fill(void *frame, enum pvb_net_what what, unsigned count, unsigned size)
{
    struct pvb_net_frame *f = frame;
    for (unsigned i = 0; i < PVB_NET_FRAME_MAX; i++)
        ((uint8_t *)frame)[i] = pvb_net_byte(count, i);
    put_ethernet(frame, peer, PVB_NET_TYPE);
    f->what = (uint8_t)what;
    f->count = (uint8_t)count;
    f->size[0] = (uint8_t)size;
    f->size[1] = (uint8_t)(size >> 8);
}

/* The Internet check sum (RFC 1071) of an even number of bytes. */
static void put_sum(uint8_t at[2], const uint8_t *bytes, unsigned size)
{
    uint32_t sum = 0;
    at[0] = at[1] = 0;
    for (unsigned i = 0; i < size; i += 2)
        sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~(sum + (sum >> 16));
    at[0] = (uint8_t)(sum >> 8);
    at[1] = (uint8_t)sum;
}

void guest_net_fill_echo(void *frame)
{
    struct echo *e = frame;
    memset(e, 0, sizeof(*e));
    put_ethernet(&e->ethernet, peer, NET_TYPE_IP);
    e->version = 0x45; /* and five words of head */
    e->length[1] = sizeof(*e) - sizeof(e->ethernet);
    e->time_to_live = 64;
    e->protocol = 1; /* ICMP */
    put_ip(e->from_ip, PVB_NET_GUEST_IP);
    put_ip(e->to_ip, PVB_NET_PEER_IP);
    put_sum(e->sum, &e->version, 20);
    e->type = 8; /* echo request */
    for (unsigned i = 0; i < sizeof(e->data); i++)
        e->data[i] = (uint8_t)i;
    put_sum(e->echo_sum, &e->type, 8 + sizeof(e->data));
}

void guest_net_check_echo(const void *frame, unsigned size)
{
    const struct echo *e = frame;
    if (size < sizeof(*e) || e->protocol != 1 || e->type != 0)
        guest_panic("what came is no answer to an echo request: %u bytes, protocol %u, type %u", size, e->protocol,
                    e->type);
    for (unsigned i = 0; i < sizeof(e->data); i++)
        if (e->data[i] != (uint8_t)i)
            guest_panic("byte %u of the answer is %u in place of %u", i, e->data[i], i);
}

void guest_net_check(const void *frame, unsigned count, unsigned size)
{
    const struct pvb_net_frame *f = frame;
    if (last_size < size)
        guest_panic("a frame of %u bytes in place of %u came", last_size, size);
    if (f->what != PVB_NET_DATA || f->count != count)
        guest_panic("frame %u in place of %u came", f->count, count);
    for (unsigned i = sizeof(*f); i < size; i++)
        if (((const uint8_t *)frame)[i] != pvb_net_byte(count, i))
            guest_panic("byte %u of frame %u is %u in place of %u", i, count, ((const uint8_t *)frame)[i],
                        pvb_net_byte(count, i));
}
