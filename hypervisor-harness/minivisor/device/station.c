/*
 * station.c: see station.h. It answers ARP for its address (RFC 826), echo requests (RFC 792) and pvbench's own
 * requests for frames, and drops everything else.
 */
#include "station.h"
#include "memory.h"

#include <pvbench/net.h>

enum { ETHERNET = 14, ARP_SIZE = 42, IP_SIZE = 20, ICMP_SIZE = 8 };
enum { TYPE_IP = 0x0800, TYPE_ARP = 0x0806, PROTOCOL_ICMP = 1, ECHO_REPLY = 0, ECHO_REQUEST = 8 };

static const u8 own[6] = {0x02, 0x70, 0x76, 0x62, 0x00, 0x02};

/* The computer's, not the guest's: bytes that count on, from each of which a frame's contents can begin
 * (pvb_net_byte()). */
static u8 counting[256 + PVB_NET_FRAME_MAX];

void station_init(void)
{
    for (u32 i = 0; i < sizeof(counting); i++)
        counting[i] = (u8)i;
}

static u32 two(const u8 *at)
{
    return (u32)at[0] << 8 | at[1];
}

static u32 four(const u8 *at)
{
    return two(at) << 16 | two(at + 2);
}

static void put_two(u8 *at, u32 value)
{
    at[0] = (u8)(value >> 8);
    at[1] = (u8)value;
}

static void put_four(u8 *at, u32 value)
{
    put_two(at, value >> 16);
    put_two(at + 2, value);
}

/* Back to who sent it. */
static void turn_round(u8 *frame)
{
    memcpy(frame, frame + 6, 6);
    memcpy(frame + 6, own, 6);
}

/* Who has our address? 28 bytes behind the head: kinds, sizes, operation, then sender and target. */
static u64 answer_arp(u8 *frame, u64 size)
{
    u8 *arp = frame + ETHERNET;

    if (size < ARP_SIZE || two(arp + 6) != 1 || four(arp + 24) != PVB_NET_PEER_IP)
        return 0;
    put_two(arp + 6, 2);
    memcpy(arp + 18, arp + 8, 10); /* the target is who asked */
    memcpy(arp + 8, own, 6);
    put_four(arp + 14, PVB_NET_PEER_IP);
    return size;
}

/* RFC 1071. */
static u32 check_sum(const u8 *bytes, u64 size)
{
    u32 sum = 0;

    for (u64 i = 0; i + 1 < size; i += 2)
        sum += two(bytes + i);
    if (size & 1)
        sum += (u32)bytes[size - 1] << 8;
    sum = (sum & 0xffff) + (sum >> 16);
    return ~(sum + (sum >> 16)) & 0xffff;
}

static bool is_echo_request(const u8 *ip, u64 size)
{
    return size >= IP_SIZE + ICMP_SIZE && ip[0] == 0x45 && ip[9] == PROTOCOL_ICMP && four(ip + 16) == PVB_NET_PEER_IP &&
           two(ip + 2) >= IP_SIZE + ICMP_SIZE && two(ip + 2) <= size && ip[IP_SIZE] == ECHO_REQUEST &&
           !check_sum(ip, IP_SIZE) && !check_sum(ip + IP_SIZE, two(ip + 2) - IP_SIZE);
}

/* Swapped addresses leave the head's sum as it is. */
static u64 answer_ip(u8 *frame, u64 size)
{
    u8 *ip = frame + ETHERNET, *icmp = ip + IP_SIZE;
    u32 from = four(ip + 12);

    if (!is_echo_request(ip, size - ETHERNET))
        return 0;
    put_four(ip + 12, PVB_NET_PEER_IP);
    put_four(ip + 16, from);
    icmp[0] = ECHO_REPLY;
    put_two(icmp + 2, 0);
    put_two(icmp + 2, check_sum(icmp, two(ip + 2) - IP_SIZE));
    return size;
}

/* A guest without room for one has none for those behind it: what it can ask for at an event is bounded by its room. */
static void answer_order(u8 *frame, u64 size, bool (*deliver)(const u8 *, u64))
{
    struct pvb_net_frame *f = (struct pvb_net_frame *)frame;
    u32 count = f->count, wanted = (u32)f->size[1] << 8 | f->size[0];

    if (size < sizeof(*f) || f->what != PVB_NET_SEND || count > PVB_NET_COUNT_MAX || wanted < PVB_NET_FRAME_MIN ||
        wanted > PVB_NET_FRAME_MAX)
        return;
    turn_round(frame);
    f->what = PVB_NET_DATA;
    for (u32 i = 0; i < count; i++) {
        f->count = (u8)i;
        copy_large(frame + sizeof(*f), counting + pvb_net_byte(i, sizeof(*f)), wanted - sizeof(*f));
        if (!deliver(frame, wanted))
            break;
    }
}

void station_frame(const u8 *guests, u64 size, bool (*deliver)(const u8 *frame, u64 size))
{
    u8 frame[PVB_NET_FRAME_MAX];
    u64 answer = 0;
    u32 type;

    if (size < ETHERNET || size > sizeof(frame))
        return;
    type = two(guests + 12);
    if (type == PVB_NET_TYPE && size > sizeof(struct pvb_net_frame) && guests[14] == PVB_NET_SINK)
        return; /* nobody wants it: it is not even copied */
    copy_large(frame, guests, size);
    if (type == PVB_NET_TYPE)
        answer_order(frame, size, deliver);
    else if (type == TYPE_ARP)
        answer = answer_arp(frame, size);
    else if (type == TYPE_IP)
        answer = answer_ip(frame, size);
    if (!answer)
        return;
    turn_round(frame);
    deliver(frame, answer);
}
