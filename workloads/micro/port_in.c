/* port_in: a byte from a port that the hypervisor watches, the 8259's interrupt mask, which has no side effect. */
#include "guest.h"

static void op(void)
{
    inb(0x21);
}

WORKLOAD(port_in, "I/O", "IN from port 0x21, the interrupt mask of the 8259", .op = op);
