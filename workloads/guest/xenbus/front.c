/* front.c: see front.h. */
#include "front.h"

static char reason[96];

static const char *find(struct front *f)
{
    char folder[STORE_VALUE], id[STORE_VALUE], path[STORE_VALUE];
    format_text(reason, sizeof(reason), "no %s of Xen's kind was found", f->what);
    format_text(folder, sizeof(folder), "device/%s", f->kind);
    if (!store_first(folder, id))
        return reason;
    format_text(f->path, sizeof(f->path), "device/%s/%s", f->kind, id);
    format_text(path, sizeof(path), "%s/backend", f->path);
    const uint64_t domain = store_number(f->path, "backend-id", DOMID_INVALID);
    f->domain = (uint16_t)domain;
    if (domain < DOMID_FIRST_RESERVED && store_read(path, f->back))
        return NULL;
    format_text(reason, sizeof(reason), "the store does not say where the back end of the %s is", f->what);
    return reason;
}

static void open_port(struct front *f)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF, .remote_dom = f->domain};
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_alloc_unbound, &unbound), "EVTCHNOP_alloc_unbound");
    f->port = unbound.port;
    port_mask(f->port);
    port_clear(f->port);
}

/* The back end's state as soon as it is none of those that pass. */
static uint64_t await(const struct front *f, uint32_t passing)
{
    return store_await(f->back, "state", passing);
}

/* For a line: -1 where none stands. */
static int said(uint64_t state)
{
    return state == STORE_NO_NUMBER ? -1 : (int)state;
}

const char *front_open(struct front *f)
{
    if (find(f))
        return reason;
    if (store_number(f->path, "state", 0) != XenbusStateInitialising)
        store_write(f->path, "state", XenbusStateInitialising);
    const uint64_t state = await(f, 1u << XenbusStateInitialising | 1u << XenbusStateClosed);
    if (state != XenbusStateInitWait) {
        format_text(reason, sizeof(reason), "the back end of the %s does not wait for a front end: state %d", f->what,
                    said(state));
        return reason;
    }
    open_port(f);
    store_write(f->path, "event-channel", f->port);
    return NULL;
}

void front_connect(struct front *f, enum xenbus_state own)
{
    store_write(f->path, "state", own);
    const uint64_t state = await(f, 1u << XenbusStateInitWait | 1u << XenbusStateInitialised);
    if (state != XenbusStateConnected)
        guest_panic("the back end of the %s does not connect: state %d", f->what, said(state));
}

void front_close(struct front *f)
{
    struct evtchn_close close = {.port = f->port};
    store_write(f->path, "state", XenbusStateClosing);
    uint64_t state = await(f, 1u << XenbusStateConnected);
    if (state == XenbusStateClosing || state == XenbusStateClosed) {
        store_write(f->path, "state", XenbusStateClosed);
        state = await(f, 1u << XenbusStateClosing);
    }
    if (state != XenbusStateClosed)
        guest_panic("the back end of the %s does not close: state %d", f->what, said(state));
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), "EVTCHNOP_close");
}
