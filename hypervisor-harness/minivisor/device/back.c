/* back.c: see back.h. */
#include "back.h"
#include "device.h"
#include "guest.h"

#include <xen/io/xenbus.h>

static void set_state(struct back_end *b, const struct back_kind *kind, unsigned int state)
{
    b->state = state;
    store_set_state(kind->back_state, state);
}

void back_init(struct back_end *b, const struct back_kind *kind)
{
    set_state(b, kind, XenbusStateInitWait);
}

bool back_is_connected(const struct back_end *b)
{
    return b->state == XenbusStateConnected;
}

static void disconnect(struct back_end *b, const struct back_kind *kind, unsigned int state)
{
    guest.devices.ports &= ~(1ull << b->port);
    b->port = 0;
    guest.devices.ports |= 1ull << STORE_PORT;
    set_state(b, kind, state);
}

/* What the front end offers is looked at here for an early answer, and again at each use. */
static void connect(struct back_end *b, const struct back_kind *kind)
{
    u32 port = store_number(kind->event_channel);

    if (!guest_port_is_unbound(port) || port >= DEVICE_PORTS || !kind->connect()) {
        disconnect(b, kind, XenbusStateClosing);
        return;
    }
    b->port = port;
    guest.devices.ports |= 1ull << port;
    set_state(b, kind, XenbusStateConnected);
}

void back_front_changed(struct back_end *b, const struct back_kind *kind)
{
    switch (store_number(kind->front_state)) {
    case XenbusStateInitialising:
        disconnect(b, kind, XenbusStateInitWait);
        break;
    case XenbusStateInitialised:
    case XenbusStateConnected:
        if (b->state == XenbusStateInitWait)
            connect(b, kind);
        break;
    case XenbusStateClosing:
        if (b->state != XenbusStateClosed)
            disconnect(b, kind, XenbusStateClosing);
        break;
    case XenbusStateClosed:
        disconnect(b, kind, XenbusStateClosed);
        break;
    }
}
