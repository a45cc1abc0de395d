/*
 * pci.c: a PCI bus with three functions on it, the IDE controller of a PIIX3
 * (Intel 290550, 82371SB, 2.3: its registers), a network card and a test device, through configuration
 * mechanism 1 (PCI Local Bus Specification 3.0, 3.2.2.3.2), by double words
 * only.
 *
 * All but the right to reach memory is as if firmware had left it for good:
 * a function answers at its places, and its base addresses are what they are whatever is
 * written to them.
 */
#include "pci.h"
#include "hvm.h"
#include "ide.h"
#include "ports.h"

#define ADDRESS_ENABLE   0x80000000
#define ADDRESS_FUNCTION 0x7fffff00 /* and bus and device */
#define ADDRESS_REGISTER 0xfc

#define ID             0x00
#define COMMAND        0x04
#define CLASS          0x08
#define INTERRUPT      0x3c
#define IDE_TIMING     0x40
#define COMMAND_IO     0x01
#define COMMAND_MEMORY 0x02
#define COMMAND_MASTER 0x04

static const struct function {
    u32 at; /* device << 11 | function << 8 */
    u32 id, class;
    u32 answers; /* in the command register, for good */
    struct {
        u32 at, value; /* 0: there is none */
    } base[2];
    u32 interrupt; /* pin and line */
    u32 timing;    /* of IDE: the primary channel is on, the secondary one off */
} functions[PCI_FUNCTIONS] = {
    [PCI_IDE] = {0, 0x70108086, 0x01018000, COMMAND_IO, {{0x20, BUS_MASTER_PORT | 1}}, 0, 0x8000},
    [PCI_CARD] = {3 << 11, 0x813910ec, 0x02000010, COMMAND_IO, {{0x10, RTL8139_PORT | 1}}, 0x0100 | RTL8139_LINE, 0},
    [PCI_DOORBELL] = {4 << 11,
                      0x00051b36,
                      0x00ff0000,
                      COMMAND_IO | COMMAND_MEMORY,
                      {{0x10, DOORBELL_PAGE}, {0x14, DOORBELL_PORT | 1}},
                      0,
                      0},
};

static struct pci *this_pci(void)
{
    return &guest.hvm.board.pci;
}

bool pci_is_master(enum pci_function f)
{
    return this_pci()->command[f] & COMMAND_MASTER;
}

/* The function that the address selects; PCI_FUNCTIONS: there is none. */
static enum pci_function selected(u32 address)
{
    unsigned int f = 0;

    while (f < PCI_FUNCTIONS && (address & (ADDRESS_ENABLE | ADDRESS_FUNCTION)) != (ADDRESS_ENABLE | functions[f].at))
        f++;
    return (enum pci_function)f;
}

static u32 address_read(u16 port)
{
    (void)port;
    return this_pci()->address;
}

static void address_write(u16 port, u32 value)
{
    (void)port;
    this_pci()->address = value;
}

static u32 register_read(enum pci_function f, u32 which)
{
    const struct function *function = &functions[f];

    for (unsigned int i = 0; i < 2; i++)
        if (function->base[i].value && which == function->base[i].at)
            return function->base[i].value;
    switch (which) {
    case ID:
        return function->id;
    case COMMAND: /* the upper half is the status: answers at medium speed */
        return 0x02800000 | this_pci()->command[f];
    case CLASS:
        return function->class;
    case INTERRUPT:
        return function->interrupt;
    case IDE_TIMING:
        return function->timing;
    default:
        return 0;
    }
}

static u32 data_read(u16 port)
{
    enum pci_function f = selected(this_pci()->address);

    (void)port;
    return f == PCI_FUNCTIONS ? 0xffffffff : register_read(f, this_pci()->address & ADDRESS_REGISTER);
}

static void data_write(u16 port, u32 value)
{
    enum pci_function f = selected(this_pci()->address);

    (void)port;
    if (f != PCI_FUNCTIONS && (this_pci()->address & ADDRESS_REGISTER) == COMMAND)
        this_pci()->command[f] = functions[f].answers | (value & COMMAND_MASTER);
}

void pci_init(void)
{
    for (unsigned int f = 0; f < PCI_FUNCTIONS; f++)
        this_pci()->command[f] = functions[f].answers;
}

PORT_DEVICE(pci_address, 0xcf8, 0xcf8, 4, address_read, address_write);
PORT_DEVICE(pci_data, 0xcfc, 0xcfc, 4, data_read, data_write);
