/* front.c: see front.h. */
#include "front.h"

bool front_find(struct front *f, const char *kind)
{
    char folder[STORE_VALUE], id[STORE_VALUE], path[STORE_VALUE];
    format_text(folder, sizeof(folder), "device/%s", kind);
    if (!store_first(folder, id))
        return false;
    format_text(f->path, sizeof(f->path), "device/%s/%s", kind, id);
    format_text(path, sizeof(path), "%s/backend", f->path);
    f->domain = (uint16_t)store_number(f->path, "backend-id", 0);
    return store_read(path, f->back);
}

static void open_port(struct front *f)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = f->domain};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), "EVTCHNOP_alloc_unbound");
    f->port = unbound.port;
    port_mask(f->port);
    port_clear(f->port);
}

void front_begin(struct front *f)
{
    if (store_number(f->path, "state", 0) != XenbusStateInitialising)
        store_write(f->path, "state", XenbusStateInitialising);
    store_await(f->back, "state", XenbusStateInitWait, XenbusStateInitWait);
    open_port(f);
    store_write(f->path, "event-channel", f->port);
}

bool front_connect(struct front *f, enum xenbus_state state)
{
    store_write(f->path, "state", state);
    return store_await(f->back, "state", XenbusStateConnected, XenbusStateClosing) == XenbusStateConnected;
}

void front_close(struct front *f)
{
    struct evtchn_close close = {.port = f->port};
    store_write(f->path, "state", XenbusStateClosing);
    store_await(f->back, "state", XenbusStateClosing, XenbusStateClosed);
    store_write(f->path, "state", XenbusStateClosed);
    store_await(f->back, "state", XenbusStateClosed, XenbusStateClosed);
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), "EVTCHNOP_close");
}
