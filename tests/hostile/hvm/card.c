/* The network card's registers: memory that is not there, sizes and rings that do not fit. */
#include "../hostile.h"
#include "hvm/pci.h"

enum {
    CARD = 0x813910ec,
    TX_STATUS = 0x10,
    TX_ADDRESS = 0x20,
    RX_BUFFER = 0x30,
    COMMAND = 0x37,
    RX_TAKEN = 0x38,
    RX_FILLED = 0x3a,
    INTERRUPTS_ON = 0x3c,
    INTERRUPTS = 0x3e,
    RX_SETTINGS = 0x44
};

static uint16_t base;
static uint8_t frame[PAGE_SIZE] __attribute__((aligned(4096)));

static void begin(uint32_t rx_settings, uint64_t ring)
{
    const pci_function f = pci_find(PCI_ID, ~0u, CARD);
    base = (uint16_t)(pci_read(f, PCI_BAR0) & 0xfffc);
    pci_enable(f, PCI_IO | PCI_MASTER);
    outb(base + COMMAND, 0x10);
    outl(base + RX_BUFFER, (uint32_t)ring);
    outb(base + COMMAND, 0x0c);
    outl(base + RX_SETTINGS, rx_settings | 0x0a);
}

static uint32_t send(uint64_t address, uint32_t size)
{
    outl(base + TX_ADDRESS, (uint32_t)address);
    outl(base + TX_STATUS, size);
    return inl(base + TX_STATUS);
}

static void sent_from_nowhere(void)
{
    begin(0, 0x1000000);
    const uint32_t status = send(0xfee00000, 60), beyond = send(0xfffffff0, 1514);
    survived("%x %x %x", status, beyond, inw(base + INTERRUPTS));
}
HOSTILE(card_sent_from_nowhere, sent_from_nowhere);

static void wild_sizes(void)
{
    unsigned sent = 0;
    begin(0, 0x1000000);
    for (uint32_t size = 1515; size < 0x2000; size++)
        sent += !!(send((uintptr_t)frame, size) & 0x8000);
    survived("%u sent", sent);
}
HOSTILE(card_wild_sizes, wild_sizes);

static void received_nowhere(void)
{
    begin(0, 0xfee00000);
    guest_net_fill(frame, PVB_NET_SEND, 2, PVB_NET_FRAME_MIN);
    send((uintptr_t)frame, 60);
    survived("%x %u", inw(base + INTERRUPTS), inw(base + RX_FILLED));
}
HOSTILE(card_received_nowhere, received_nowhere);

/* The smallest ring does not hold 32 of the longest, and a driver that takes none gets no more. */
static void ring_full(void)
{
    begin(0, (uintptr_t)guest_pages(17));
    guest_net_fill(frame, PVB_NET_SEND, 32, PVB_NET_FRAME_MAX);
    for (unsigned i = 0; i < 8; i++)
        send((uintptr_t)frame, 60);
    survived("%x %u", inw(base + INTERRUPTS), inw(base + RX_FILLED));
}
HOSTILE(card_ring_full, ring_full);

static void wild_registers(void)
{
    begin(0, 0x1000000);
    for (unsigned value = 0; value < 0x10000; value += 257) {
        outw(base + RX_TAKEN, (uint16_t)value);
        outl(base + RX_SETTINGS, value << 5 | 0x0f);
        outw(base + INTERRUPTS_ON, 0);
        outw(base + INTERRUPTS, (uint16_t)value);
        guest_net_fill(frame, PVB_NET_SEND, value & 31, PVB_NET_FRAME_MAX);
        send((uintptr_t)frame, 60 + value % 1400);
    }
    outb(base + COMMAND, 0x10);
    survived("%x %x", inb(base + COMMAND), inw(base + INTERRUPTS));
}
HOSTILE(card_wild_registers, wild_registers);
