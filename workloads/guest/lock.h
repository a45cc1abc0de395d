/* lock.h: lock.c's part of guest.h's yield and kick, for the modes that speak to Xen. */
#ifndef GUEST_LOCK_H
#define GUEST_LOCK_H

void xen_yield(void);
const char *xen_kick_begin(void); /* NULL, or why not */
void xen_kick(void);
void xen_kick_wait(void);
void xen_kick_end(void);

#endif
