/*
 * console.c: where a PV guest finds its console: in the start info.
 */
#include "pv.h"
#include "../ring.h"

void pv_console_init(void)
{
    if (!(start_info->flags & SIF_INITDOMAIN) && start_info->console.domU.mfn)
        ring_open((void *)pv_page_of_frame(start_info->console.domU.mfn), start_info->console.domU.evtchn);
}

void mode_console_write(const char *text, size_t size)
{
    if (ring_is_open())
        ring_write(text, size);
    else
        emergency_write(text, size);
}

void guest_console_char(char c)
{
    mode_console_write(&c, 1);
}
