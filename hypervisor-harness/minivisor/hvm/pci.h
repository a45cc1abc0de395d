/* pci.h: the functions on the board's PCI bus, and what their devices need to know of it. */
#ifndef HVM_PCI_H
#define HVM_PCI_H

#include "board.h"

/* May it reach memory? */
bool pci_is_master(enum pci_function f);

/* Where the network card's ports are, and the line of the 8259s that it pulls. */
#define RTL8139_PORT 0xc100
#define RTL8139_LINE 11

/* Where the test device is: its ports, and a page of memory in which the guest has none. */
#define DOORBELL_PORT 0xc200
#define DOORBELL_PAGE 0xf0000000

#endif
