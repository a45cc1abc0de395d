/*
 * pci.c: a PCI bus with one function on it, the IDE controller of a PIIX3
 * (Intel 290550, 82371SB, 2.3: its registers), through configuration
 * mechanism 1 (PCI Local Bus Specification 3.0, 3.2.2.3.2), by double words
 * only.
 *
 * All but the right to reach memory is as if firmware had left it for good:
 * the function answers at its ports, and BAR4 is where it is whatever is
 * written to it.
 */
#include "hvm.h"
#include "ide.h"
#include "ports.h"

#define ADDRESS_ENABLE   0x80000000
#define ADDRESS_FUNCTION 0x7fffff00 /* and bus and device: all zero for this one */
#define ADDRESS_REGISTER 0xfc

#define COMMAND        0x04
#define COMMAND_IO     0x01
#define COMMAND_MASTER 0x04

static struct pci *this_pci(void)
{
    return &guest.hvm.board.pci;
}

bool pci_is_master(void)
{
    return this_pci()->command & COMMAND_MASTER;
}

static bool selected(u32 address)
{
    return (address & (ADDRESS_ENABLE | ADDRESS_FUNCTION)) == ADDRESS_ENABLE;
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

static u32 data_read(u16 port)
{
    (void)port;
    if (!selected(this_pci()->address))
        return 0xffffffff;
    switch (this_pci()->address & ADDRESS_REGISTER) {
    case 0x00:
        return 0x70108086;
    case COMMAND: /* the upper half is the status: answers at medium speed */
        return 0x02800000 | this_pci()->command;
    case 0x08: /* IDE, with a bus master, at the ports that it has always had */
        return 0x01018000;
    case 0x20:
        return BUS_MASTER_PORT | 1;
    case 0x40: /* the primary channel is on, the secondary one off */
        return 0x00008000;
    default:
        return 0;
    }
}

static void data_write(u16 port, u32 value)
{
    (void)port;
    if (selected(this_pci()->address) && (this_pci()->address & ADDRESS_REGISTER) == COMMAND)
        this_pci()->command = COMMAND_IO | (value & COMMAND_MASTER);
}

void pci_init(void)
{
    this_pci()->command = COMMAND_IO;
}

PORT_DEVICE(pci_address, 0xcf8, 0xcf8, 4, address_read, address_write);
PORT_DEVICE(pci_data, 0xcfc, 0xcfc, 4, data_read, data_write);
