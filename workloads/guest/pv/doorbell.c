/* doorbell.c: a paravirtual guest has none: what it says to a back end is a hypercall. */
#include "../internal.h"

const char *guest_doorbell_open(struct guest_doorbell *d, enum doorbell_place place, enum doorbell_taker taker)
{
    (void)d, (void)place, (void)taker;
    return params_have_any_devices() ? "a paravirtual guest has no PCI bus, and so no device with a doorbell"
                                     : NO_DOORBELL;
}

void guest_doorbell_close(void)
{
}
