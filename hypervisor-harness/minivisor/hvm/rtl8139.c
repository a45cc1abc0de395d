/*
 * rtl8139.c: a network card, the RTL8139, by its I/O ports, with the registers that its drivers need to send and to
 * receive (Realtek, RTL8139C(L) data sheet; "RTL8139(A/B) Programming Guide", 1999). Its frames go to the station.
 *
 * A frame is sent before the access that asks for it is over, and what answers it is in the ring by then. All places in
 * memory are the guest's word, looked up where they are used; what is not the guest's memory is a system error. The
 * check sum behind a frame is zero: a wire's errors are not emulated, and nobody looks at it.
 */
#include "hvm.h"
#include "memory.h"
#include "pci.h"
#include "ports.h"
#include "device/station.h"

#include <pvbench/net.h>

/* Registers, from the base on. */
#define TX_STATUS     0x10 /* four */
#define TX_ADDRESS    0x20 /* four */
#define RX_BUFFER     0x30
#define COMMAND       0x37
#define RX_TAKEN      0x38
#define RX_FILLED     0x3a
#define INTERRUPTS_ON 0x3c
#define INTERRUPTS    0x3e
#define TX_SETTINGS   0x40
#define RX_SETTINGS   0x44
#define POWER         0x52

#define COMMAND_EMPTY   0x01
#define COMMAND_SEND    0x04
#define COMMAND_RECEIVE 0x08
#define COMMAND_RESET   0x10

#define TX_SIZE    0x1fff
#define TX_OWN     0x2000 /* the card is done with the place */
#define TX_SENT    0x8000
#define TX_ABORTED 0x40000000

#define RX_ALL       0x01
#define RX_OWN       0x02
#define RX_BROADCAST 0x08

#define RX_GOOD           0x0001
#define RX_WAS_BROADCAST  0x2000
#define RX_WAS_OWN        0x4000
#define RX_HEAD           4u
#define CHECK_SUM         4u
#define RX_TAKEN_DISTANCE 16u /* the register is so much behind */

#define HAPPENED_RECEIVED 0x0001
#define HAPPENED_SENT     0x0004
#define HAPPENED_TX_ERROR 0x0008
#define HAPPENED_OVERFLOW 0x0010
#define HAPPENED_SYSTEM   0x8000

static const u8 address[6] = PVB_NET_GUEST_MAC;

static struct rtl8139 *this_card(void)
{
    return &guest.hvm.board.rtl8139;
}

static void happens(u16 what)
{
    this_card()->happened |= what;
    pic_set_line(RTL8139_LINE, this_card()->happened & this_card()->interrupts_on);
}

/* --- memory ------------------------------------------------------------------ */

/* False: not all of it is the guest's memory, or the card may not reach any. */
static bool copy(u64 gpa, u8 *own, u64 size, bool to_guest)
{
    while (size) {
        u64 here = MIN(size, PAGE_SIZE - (gpa & ~PAGE_MASK));
        u8 *p = pci_is_master(PCI_CARD) ? guest_physical(gpa, here) : NULL;

        if (!p)
            return false;
        if (to_guest)
            copy_large(p, own, here);
        else
            copy_large(own, p, here);
        gpa += here;
        own += here;
        size -= here;
    }
    return true;
}

/* --- what comes --------------------------------------------------------------- */

static u32 ring_size(void)
{
    return 0x2000u << (this_card()->rx_settings >> 11 & 3);
}

/* Around the end of the ring, from where the card is. */
static bool put(u8 *bytes, u32 size)
{
    u32 start = this_card()->filled % ring_size(), here = MIN(size, ring_size() - start);

    return copy((u64)this_card()->rx_buffer + start, bytes, here, true) &&
           copy(this_card()->rx_buffer, bytes + here, size - here, true);
}

static u16 kind_of(const u8 *frame)
{
    static const u8 everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    if (!memcmp(frame, everybody, sizeof(everybody)))
        return this_card()->rx_settings & (RX_BROADCAST | RX_ALL) ? RX_WAS_BROADCAST : 0;
    if (!memcmp(frame, address, sizeof(address)))
        return this_card()->rx_settings & (RX_OWN | RX_ALL) ? RX_WAS_OWN : 0;
    return 0;
}

/* Of the ring, all but the last byte. */
static bool has_room(u32 size)
{
    u32 used = (this_card()->filled + ring_size() - this_card()->taken) % ring_size();

    return size < ring_size() - used;
}

static bool receive(const u8 *frame, u64 bytes)
{
    struct rtl8139 *card = this_card();
    u8 whole[RX_HEAD + PVB_NET_FRAME_MAX + CHECK_SUM];
    u16 kind = kind_of(frame), length = (u16)(MAX(bytes, PVB_NET_FRAME_MIN) + CHECK_SUM);
    u32 size = (RX_HEAD + length + 3u) & ~3u;

    if (!(card->command & COMMAND_RECEIVE) || !kind)
        return false;
    if (!has_room(size)) {
        happens(HAPPENED_OVERFLOW);
        return false;
    }
    whole[0] = RX_GOOD;
    whole[1] = (u8)(kind >> 8);
    whole[2] = (u8)length;
    whole[3] = (u8)(length >> 8);
    copy_large(whole + RX_HEAD, frame, bytes);
    memset(whole + RX_HEAD + bytes, 0, length - bytes);
    if (!put(whole, RX_HEAD + length)) {
        happens(HAPPENED_SYSTEM);
        return false;
    }
    card->filled = (u16)((card->filled + size) % ring_size());
    happens(HAPPENED_RECEIVED);
    return true;
}

/* --- what is sent ---------------------------------------------------------------- */

static void send(unsigned int place)
{
    struct rtl8139 *card = this_card();
    u8 frame[PVB_NET_FRAME_MAX];
    u32 size = card->tx_status[place] & TX_SIZE;

    if (size > sizeof(frame) || !copy(card->tx_address[place], frame, size, false)) {
        card->tx_status[place] |= TX_OWN | TX_ABORTED;
        happens(size > sizeof(frame) ? HAPPENED_TX_ERROR : HAPPENED_SYSTEM);
        return;
    }
    card->tx_status[place] |= TX_OWN | TX_SENT;
    happens(HAPPENED_SENT);
    station_frame(frame, size, receive);
}

static u32 tx_read(u16 port)
{
    unsigned int place = port >> 2 & 3;

    return port < RTL8139_PORT + TX_ADDRESS ? this_card()->tx_status[place] : this_card()->tx_address[place];
}

static void tx_write(u16 port, u32 value)
{
    unsigned int place = port >> 2 & 3;

    if (port >= RTL8139_PORT + TX_ADDRESS) {
        this_card()->tx_address[place] = value;
        return;
    }
    this_card()->tx_status[place] = value & ~(u32)(TX_SENT | TX_ABORTED);
    if (!(value & TX_OWN) && (this_card()->command & COMMAND_SEND))
        send(place);
}

/* --- the other registers ---------------------------------------------------------- */

static void reset(void)
{
    *this_card() = (struct rtl8139){.tx_status = {TX_OWN, TX_OWN, TX_OWN, TX_OWN}};
    happens(0);
}

static u32 byte_read(u16 port)
{
    const struct rtl8139 *card = this_card();

    switch (port - RTL8139_PORT) {
    case COMMAND:
        return card->command | (card->filled == card->taken ? COMMAND_EMPTY : 0u);
    case POWER:
        return card->power;
    default: /* the station's address */
        return address[port - RTL8139_PORT];
    }
}

static void byte_write(u16 port, u32 value)
{
    if (port == RTL8139_PORT + POWER)
        this_card()->power = (u8)value;
    else if (port == RTL8139_PORT + COMMAND && (value & COMMAND_RESET))
        reset();
    else if (port == RTL8139_PORT + COMMAND)
        this_card()->command = value & (COMMAND_SEND | COMMAND_RECEIVE);
}

static u32 word_read(u16 port)
{
    const struct rtl8139 *card = this_card();

    switch (port - RTL8139_PORT) {
    case RX_TAKEN:
        return (u16)(card->taken - RX_TAKEN_DISTANCE);
    case RX_FILLED:
        return card->filled;
    case INTERRUPTS_ON:
        return card->interrupts_on;
    case INTERRUPTS:
        return card->happened;
    default:
        return 0;
    }
}

static void word_write(u16 port, u32 value)
{
    struct rtl8139 *card = this_card();

    switch (port - RTL8139_PORT) {
    case RX_TAKEN:
        card->taken = (u16)((value + RX_TAKEN_DISTANCE) % ring_size());
        break;
    case INTERRUPTS_ON:
        card->interrupts_on = (u16)value;
        break;
    case INTERRUPTS:
        card->happened &= (u16)~value;
        break;
    }
    happens(0);
}

static u32 long_read(u16 port)
{
    const struct rtl8139 *card = this_card();

    switch (port - RTL8139_PORT) {
    case RX_BUFFER:
        return card->rx_buffer;
    case TX_SETTINGS:
        return card->tx_settings;
    case RX_SETTINGS:
        return card->rx_settings;
    default:
        return 0;
    }
}

/* Another ring begins at its beginning. */
static void long_write(u16 port, u32 value)
{
    struct rtl8139 *card = this_card();

    switch (port - RTL8139_PORT) {
    case RX_BUFFER:
        card->rx_buffer = value;
        card->filled = card->taken = 0;
        break;
    case TX_SETTINGS:
        card->tx_settings = value;
        break;
    case RX_SETTINGS:
        card->rx_settings = value;
        card->filled = (u16)(card->filled % ring_size());
        card->taken = (u16)(card->taken % ring_size());
        break;
    }
}

PORT_DEVICE(rtl8139_address, RTL8139_PORT, RTL8139_PORT + 5, 1, byte_read, port_write_ignored);
PORT_DEVICE(rtl8139_tx, RTL8139_PORT + TX_STATUS, RTL8139_PORT + TX_ADDRESS + 12, 4, tx_read, tx_write);
PORT_DEVICE(rtl8139_rx, RTL8139_PORT + RX_BUFFER, RTL8139_PORT + RX_BUFFER, 4, long_read, long_write);
PORT_DEVICE(rtl8139_command, RTL8139_PORT + COMMAND, RTL8139_PORT + COMMAND, 1, byte_read, byte_write);
PORT_DEVICE(rtl8139_words, RTL8139_PORT + RX_TAKEN, RTL8139_PORT + INTERRUPTS, 2, word_read, word_write);
PORT_DEVICE(rtl8139_settings, RTL8139_PORT + TX_SETTINGS, RTL8139_PORT + RX_SETTINGS, 4, long_read, long_write);
PORT_DEVICE(rtl8139_power, RTL8139_PORT + POWER, RTL8139_PORT + POWER, 1, byte_read, byte_write);
