/* pci.c: see pci.h. */
#include "pci.h"

enum { ADDRESS = 0xcf8, DATA = 0xcfc, FUNCTIONS = 32 * 8 };

static void select(pci_function f, unsigned reg)
{
    outl(ADDRESS, 1u << 31 | f << 8 | reg);
}

uint32_t pci_read(pci_function f, unsigned reg)
{
    select(f, reg);
    return inl(DATA);
}

void pci_write(pci_function f, unsigned reg, uint32_t value)
{
    select(f, reg);
    outl(DATA, value);
}

pci_function pci_find(unsigned reg, uint32_t mask, uint32_t value)
{
    for (pci_function f = 0; f < FUNCTIONS; f++)
        if (pci_read(f, PCI_ID) != ~0u && (pci_read(f, reg) & mask) == value)
            return f;
    return PCI_NONE;
}

/* The upper half is the status, of which written ones clear bits. */
void pci_enable(pci_function f, uint32_t what)
{
    pci_write(f, PCI_COMMAND, (pci_read(f, PCI_COMMAND) & 0xffff) | what);
}

/* What stands at this base-address register, less its type; our own choice where nobody has made one. */
static uint32_t base_of(pci_function f, unsigned bar, uint32_t mask, uint32_t own)
{
    const uint32_t base = pci_read(f, bar) & mask;
    if (base)
        return base;
    pci_write(f, bar, own);
    return pci_read(f, bar) & mask;
}

uint16_t pci_ports(pci_function f, unsigned bar, uint16_t own)
{
    const uint32_t base = base_of(f, bar, 0xfffc, own);
    pci_enable(f, PCI_IO | PCI_MASTER);
    return (uint16_t)base;
}

uintptr_t pci_memory(pci_function f, unsigned bar, uint32_t own)
{
    const uint32_t base = base_of(f, bar, ~0xfu, own);
    pci_enable(f, PCI_MEMORY);
    return base;
}
