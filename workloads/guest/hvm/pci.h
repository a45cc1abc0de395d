/*
 * pci.h: the devices of the computer's first PCI bus, by its configuration ports (PCI Local Bus Specification 3.0,
 * 3.2.2.3.2, "configuration mechanism").
 */
#ifndef GUEST_HVM_PCI_H
#define GUEST_HVM_PCI_H

#include "hvm.h"

enum {
    PCI_ID = 0x00, /* vendor in the lower half, device in the upper one */
    PCI_COMMAND = 0x04,
    PCI_CLASS = 0x08, /* class, subclass, interface, revision: from the highest byte down */
    PCI_BAR0 = 0x10,
    PCI_CAPABILITIES = 0x34,
};

/* Of PCI_COMMAND. */
enum { PCI_IO = 1, PCI_MEMORY = 2, PCI_MASTER = 4 };

/* A function of a device on bus 0: slot << 3 | function. */
typedef unsigned pci_function;

#define PCI_NONE ~0u

uint32_t pci_read(pci_function f, unsigned reg);
void pci_write(pci_function f, unsigned reg, uint32_t value);

/* Who polls a device's register does so at most so often: each is an exit, so that these are minutes. */
enum { PCI_POLLS_MAX = 1 << 26 };

/* The first one of which PCI_CLASS or PCI_ID, read at `reg` and masked, is `value`; PCI_NONE: there is none. */
pci_function pci_find(unsigned reg, uint32_t mask, uint32_t value);

/* The ports at this base-address register, which gets a place of ours where no firmware has given it one; it answers
 * there. */
uint16_t pci_ports(pci_function f, unsigned bar, uint16_t own);

/* The same of memory, below 4 GiB. */
uintptr_t pci_memory(pci_function f, unsigned bar, uint32_t own);

/* Lets it answer and, as PCI_MASTER, reach memory. */
void pci_enable(pci_function f, uint32_t what);

#endif
