/* pci.h: the functions on the board's PCI bus, and what their devices need to know of it. */
#ifndef HVM_PCI_H
#define HVM_PCI_H

#include "board.h"

/* May it reach memory? */
bool pci_is_master(enum pci_function f);

/* Where the network card's ports are, and the line of the 8259s that it pulls. */
#define RTL8139_PORT 0xc100
#define RTL8139_LINE 11

#endif
