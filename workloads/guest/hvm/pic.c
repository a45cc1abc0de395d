/*
 * pic.c: the pair of 8259s (Intel 8259A data sheet): silent, but for the one line by which an emulated card
 * interrupts. What they want to say comes by the local APIC's LINT0, the "virtual wire" of old (Intel
 * MultiProcessor Specification 1.4, 3.6.2.2).
 *
 * The handler takes note and no more. The line stays in service, so that it cannot interrupt again, until the
 * driver has seen to its card and ends it (hvm_line_end). Interrupts are open as long as the line is: one that finds
 * them masked would be an exit more, for the moment in which it can be taken.
 */
#include "pci.h"

enum {
    MASTER = 0x20,
    SLAVE = 0xa0,
    MASK = 1,             /* its port, behind that of commands */
    CASCADE = 2,          /* the master's line that the slave is on */
    LINE = 11,            /* of the pair; 3 of the slave */
    EDGE_LEVEL = 0x4d1,   /* of the slave's lines, a bit each: 1 is level (82371SB, 2.2.18) */
    SPECIFIC_END = 0x60,  /* and the line */
    BRIDGE = 0x70008086,  /* the PIIX3 as ISA bridge */
    BRIDGE_ROUTES = 0x60, /* to which line each of PCI's four goes, a byte each (82371SB, 2.2.10) */
    EVERY_ROUTE = LINE * 0x01010101,
};

static volatile bool came; /* and is not ended */

/* Moves the vectors out of the exceptions' way and masks every line. */
void hvm_pic_init(void)
{
    static const uint8_t master[] = {VECTOR_PIC_MASTER, 1 << CASCADE, 1}, slave[] = {VECTOR_PIC_SLAVE, CASCADE, 1};
    outb(MASTER, 0x11);
    outb(SLAVE, 0x11);
    for (unsigned i = 0; i < 3; i++) {
        outb(MASTER + MASK, master[i]);
        outb(SLAVE + MASK, slave[i]);
    }
    outb(MASTER + MASK, 0xff);
    outb(SLAVE + MASK, 0xff);
}

/* Where there is no such bridge, the card is wired to the line. */
static void route(void)
{
    const pci_function bridge = pci_find(PCI_ID, ~0u, BRIDGE);
    if (bridge != PCI_NONE)
        pci_write(bridge, BRIDGE_ROUTES, EVERY_ROUTE);
    outb(EDGE_LEVEL, inb(EDGE_LEVEL) | 1 << (LINE - 8));
}

void hvm_line_open(void)
{
    route();
    came = false;
    hvm_apic_open_lint0(true);
    outb(MASTER + MASK, (uint8_t) ~(1 << CASCADE));
    outb(SLAVE + MASK, (uint8_t) ~(1 << (LINE - 8)));
    guest_irq_unmask();
}

void hvm_line_close(void)
{
    guest_irq_mask();
    outb(MASTER + MASK, 0xff);
    outb(SLAVE + MASK, 0xff);
    if (came)
        hvm_line_end();
    hvm_apic_open_lint0(false);
}

void hvm_line_end(void)
{
    came = false;
    outb(SLAVE, SPECIFIC_END | (LINE - 8));
    outb(MASTER, SPECIFIC_END | CASCADE);
}

void hvm_halt_until_line(void)
{
    guest_irq_mask();
    while (!came)
        asm volatile("sti; hlt; cli" : : : "memory");
    guest_irq_unmask();
}

void line_interrupt(void)
{
    came = true;
}

/* What a line that was withdrawn leaves behind: of the slave's the master does not know better. */
void spurious_interrupt(void)
{
}

void spurious_slave_interrupt(void)
{
    outb(MASTER, SPECIFIC_END | CASCADE);
}
