/*
 * rtl8139.c: the driver of an emulated network card, the RTL8139, by its I/O ports (Realtek, "RTL8139(A/B)
 * Programming Guide", 1999; RTL8139C(L) data sheet).
 *
 * Sent frames are copied into the card's four places, which it takes in turn, so that the last one's end is all
 * that is to be polled. Received ones stand one behind the other in a ring of 64 KiB; the card interrupts, and one
 * register then says how far it is. Each access is an exit, and there are no more of them than that.
 */
#include "../net.h"
#include "pci.h"

enum {
    CARD = 0x813910ec,
    OWN_PORTS = 0xc100, /* where nothing else is when no firmware has given it a place */
    PLACES = 4,
    RING = 64 * 1024, /* 32 of the longest frames lie in it, which the next smaller one would not hold */
    RING_PAGES = RING / PAGE_SIZE + 1,
    /* Room goes back when so much is taken: what is left has place for 32 of the longest. */
    GIVE_BACK = 12 * 1024,
    ALIGNED = 4,
    HEAD = 4, /* before each frame: status, and length with the check sum */
    CHECK_SUM = 4,
};

/* Registers, from the base on. */
enum {
    TX_STATUS = 0x10,  /* four, of 32 bits: size and go; what became of it */
    TX_ADDRESS = 0x20, /* four */
    RX_BUFFER = 0x30,
    COMMAND = 0x37,
    RX_TAKEN = 0x38, /* 16 bytes less than that */
    RX_FILLED = 0x3a,
    INTERRUPTS_ON = 0x3c,
    INTERRUPTS = 0x3e, /* what has happened; ones that are written clear */
    TX_SETTINGS = 0x40,
    RX_SETTINGS = 0x44,
    POWER = 0x52,
};

enum {
    COMMAND_RESET = 0x10,
    COMMAND_RECEIVE = 0x08,
    COMMAND_SEND = 0x04,
    TX_SENT = 1 << 15,
    TX_FAILED = 1 << 30 | 1 << 14,  /* aborted; the FIFO ran empty */
    TX_DMA_MOST = 7 << 8 | 3 << 24, /* bursts of 2048 bytes, the usual gap between frames */
    RX_OWN_AND_BROADCAST = 2 | 8,
    RX_DMA_MOST = 7 << 8 | 7 << 13, /* no limit to bursts; whole frames */
    RX_RING_64K = 3 << 11,
    RX_GOOD = 1,
    HAPPENED_RECEIVED = 1 << 0,
    HAPPENED_LOST = 1 << 1 | 1 << 4 | 1 << 6, /* a bad frame, the ring or the FIFO full */
};
#define TX_WRONG ((uint32_t)TX_FAILED)

static uint16_t ports;
static uint8_t places[PLACES][2048] __attribute__((aligned(PAGE_SIZE)));
static unsigned next;   /* place */
static unsigned on_way; /* frames that were put and not polled for */
static unsigned sent;   /* frames that nobody was told of */
static volatile uint8_t *ring;
static unsigned taken;                               /* how far frames were looked at */
static unsigned given;                               /* how far the card knows it */
static unsigned filled;                              /* how far it is, as it said last */
static uint8_t whole[PVB_NET_FRAME_MAX + CHECK_SUM]; /* the frame that goes around the ring's end */

static uint16_t find_ports(void)
{
    const pci_function f = pci_find(PCI_ID, ~0u, CARD);
    return f == PCI_NONE ? 0 : pci_ports(f, PCI_BAR0, OWN_PORTS);
}

static void reset(void)
{
    outb(ports + POWER, 0);
    outb(ports + COMMAND, COMMAND_RESET);
    for (unsigned polls = 0; inb(ports + COMMAND) & COMMAND_RESET; polls++)
        if (polls == PCI_POLLS_MAX)
            guest_panic("the RTL8139 does not come out of its reset");
}

static void set_memory(void)
{
    ring = guest_pages(RING_PAGES);
    memset((void *)ring, 0, RING_PAGES * PAGE_SIZE); /* a page's first use may cost an entry */
    next = on_way = sent = taken = given = filled = 0;
    for (unsigned i = 0; i < PLACES; i++)
        outl(ports + TX_ADDRESS + 4 * i, (uint32_t)(uintptr_t)places[i]);
    outl(ports + RX_BUFFER, (uint32_t)(uintptr_t)ring);
}

static const char *rtl8139_open(void)
{
    ports = find_ports();
    if (!ports)
        return "no network card (RTL8139) was found";
    reset();
    set_memory();
    hvm_line_open();
    outb(ports + COMMAND, COMMAND_RECEIVE | COMMAND_SEND); /* before the settings: they take no others */
    outl(ports + TX_SETTINGS, TX_DMA_MOST);
    outl(ports + RX_SETTINGS, RX_DMA_MOST | RX_RING_64K | RX_OWN_AND_BROADCAST);
    outw(ports + INTERRUPTS_ON, HAPPENED_RECEIVED | HAPPENED_LOST);
    return NULL;
}

static void rtl8139_close(void)
{
    outw(ports + INTERRUPTS_ON, 0);
    outb(ports + COMMAND, 0);
    hvm_line_close();
}

/* They are sent in turn: with the last one all are. */
static void poll(void)
{
    const uint16_t last = (uint16_t)(ports + TX_STATUS + 4 * ((next + PLACES - 1) % PLACES));
    uint32_t status;
    for (unsigned polls = 0; !((status = inl(last)) & (TX_SENT | TX_WRONG)); polls++)
        if (polls == PCI_POLLS_MAX)
            guest_panic("the RTL8139 does not send: status 0x%x", status);
    if (status & TX_WRONG)
        guest_panic("the RTL8139 could not send: status 0x%x", status);
    sent += on_way;
    on_way = 0;
}

static void rtl8139_put(const void *frame, unsigned size)
{
    if (on_way == PLACES)
        poll();
    memcpy(places[next], frame, size);
    outl(ports + TX_STATUS + 4 * next, size);
    notifications.sent++;
    next = (next + 1) % PLACES;
    on_way++;
}

static void rtl8139_notify(void)
{
    if (on_way)
        poll();
}

static unsigned rtl8139_sent(void)
{
    const unsigned frames = sent;
    if (!frames)
        guest_panic("nothing was put that could be sent");
    sent = 0;
    return frames;
}

static void give_back(void)
{
    given = taken;
    outw(ports + RX_TAKEN, (uint16_t)(given - 16));
}

/* The end of the line comes before the look, so that no frame is behind the look and without an interrupt. */
static void await_frames(void)
{
    if (given != taken)
        give_back();
    hvm_halt_until_line();
    notifications.received++;
    const uint16_t happened = inw(ports + INTERRUPTS);
    outw(ports + INTERRUPTS, happened);
    hvm_line_end();
    if (happened & HAPPENED_LOST)
        guest_panic("the RTL8139 lost a frame: interrupt status 0x%x", happened);
    filled = inw(ports + RX_FILLED);
}

static void copy_around(unsigned at, unsigned size)
{
    for (unsigned i = 0; i < size; i++)
        whole[i] = ring[(at + i) % RING];
}

/* One that goes around the end of the ring is put together. */
static unsigned rtl8139_receive(const void **frame)
{
    if ((taken - given) % RING >= GIVE_BACK)
        give_back();
    while (taken == filled)
        await_frames();
    const uint32_t head = *(volatile uint32_t *)&ring[taken];
    const unsigned size = head >> 16, at = (taken + HEAD) % RING;
    if (!(head & RX_GOOD) || size < PVB_NET_FRAME_MIN + CHECK_SUM || size > sizeof(whole))
        guest_panic("the RTL8139 received what is no frame: head 0x%x", head);
    if (at + size > RING)
        copy_around(at, size);
    *frame = at + size > RING ? (const void *)whole : (const void *)&ring[at];
    taken = (taken + (HEAD + size + ALIGNED - 1) / ALIGNED * ALIGNED) % RING;
    return size - CHECK_SUM;
}

NET_DRIVER(rtl8139, .emulated = true, .open = rtl8139_open, .close = rtl8139_close, .put = rtl8139_put,
           .notify = rtl8139_notify, .sent = rtl8139_sent, .receive = rtl8139_receive);
