/* store.c: how the store lies: about its ring, in its protocol, and about what stands in it. */
#include "back.h"

#include <xen/io/xenbus.h>
#include <xen/io/xs_wire.h>

#define BACK_STATE "/local/domain/0/backend/vbd/1/51712/state"

static struct xenstore_domain_interface *page(struct scene *s)
{
    return s->ring;
}

static bool ends_with(const char *text, const char *end)
{
    u64 n = 0, m = 0;

    while (text[n])
        n++;
    while (end[m])
        m++;
    return n >= m && !memcmp(text + n - m, end, m);
}

static bool was(const struct scene *s, u32 type, const char *end_of_path)
{
    return s->type == type && ends_with(s->path, end_of_path);
}

/* The state that the front end of the disk has written. */
static bool front_is(unsigned int state)
{
    return store_number(VBD_FRONT_STATE) == state;
}

static void put(const void *from, u32 size)
{
    struct store *store = &guest.devices.store;

    for (u32 i = 0; i < size; i++)
        memcpy(&store->page->rsp[MASK_XENSTORE_IDX(store->rsp_prod + i)], (const char *)from + i, 1);
    store->rsp_prod += size;
    store->page->rsp_prod = store->rsp_prod;
}

static void say(u32 type, u32 id, const char *body, u32 size)
{
    const struct xsd_sockmsg head = {.type = type, .req_id = id, .len = size};

    put(&head, sizeof(head));
    put(body, size);
    guest_notify(STORE_PORT);
}

/* What was answered, has not been. */
static void take_back(struct scene *s)
{
    guest.devices.store.rsp_prod = page(s)->rsp_prod = s->first;
}

static void say_instead(struct scene *s, u32 type, const char *body, u32 size)
{
    take_back(s);
    say(type, s->id, body, size);
}

static void tell_change(void)
{
    say(XS_WATCH_EVENT, 0, BACK_STATE "\0watch", sizeof(BACK_STATE "\0watch"));
}

/* --- the ring -------------------------------------------------------------------------- */

void store_ahead(struct scene *s)
{
    page(s)->rsp_prod = s->first + 2000;
}

void store_behind(struct scene *s)
{
    page(s)->rsp_prod = s->first - 1;
}

void store_takes_ahead(struct scene *s)
{
    page(s)->req_cons += 100;
}

void store_takes_nothing(struct scene *s)
{
    page(s)->req_cons = 0;
}

void store_front_indices(struct scene *s)
{
    page(s)->req_prod += 100;
    page(s)->rsp_cons = 12345;
}

void store_half(struct scene *s)
{
    if (s->end != s->first)
        page(s)->rsp_prod = s->first + (s->end - s->first) / 2;
}

void store_storm(struct scene *s)
{
    take_back(s);
    storm(STORE_PORT);
}

/* --- the protocol ------------------------------------------------------------------------ */

void store_other_type(struct scene *s)
{
    say_instead(s, XS_WRITE, "OK", 3);
}

void store_other_id(struct scene *s)
{
    take_back(s);
    say(s->type, s->id + 1, "51712", 6);
}

void store_long(struct scene *s)
{
    const struct xsd_sockmsg head = {.type = s->type, .req_id = s->id, .len = 0x7fffffff};

    take_back(s);
    put(&head, sizeof(head));
}

void store_refuses(struct scene *s)
{
    static const char words[] = "E\nM end reason=poweroff";

    if (was(s, XS_WRITE, "/event-channel"))
        say_instead(s, XS_ERROR, words, sizeof(words));
}

void store_refuses_watch(struct scene *s)
{
    if (was(s, XS_WATCH, ""))
        say_instead(s, XS_ERROR, "ENOSPC", 7);
}

void store_only_changes(struct scene *s)
{
    take_back(s);
    tell_change();
}

/* It goes on being closed, as it may before it begins. */
void store_same_changes(struct scene *s)
{
    if (!was(s, XS_READ, BACK_STATE))
        return;
    say_instead(s, XS_READ, "6", 1);
    tell_change();
}

void store_unasked(struct scene *s)
{
    if (!was(s, XS_WATCH, ""))
        return;
    say_instead(s, XS_WATCH, "OK", 3);
    say(XS_READ, 99, "4", 1);
}

/* --- what stands in it --------------------------------------------------------------------- */

static void read_as(struct scene *s, const char *end_of_path, const char *value, u32 size)
{
    if (was(s, XS_READ, end_of_path))
        say_instead(s, XS_READ, value, size);
}

void name_no_name(struct scene *s)
{
    if (was(s, XS_DIRECTORY, ""))
        say_instead(s, XS_DIRECTORY, "0/../\n", 7);
}

static const char *many(char c)
{
    static char text[300];

    memset(text, c, sizeof(text) - 1);
    return text;
}

void name_long(struct scene *s)
{
    if (was(s, XS_DIRECTORY, ""))
        say_instead(s, XS_DIRECTORY, many('1'), 300);
}

void backend_none(struct scene *s)
{
    if (was(s, XS_READ, "/backend"))
        say_instead(s, XS_ERROR, "ENOENT", 7);
}

void backend_long(struct scene *s)
{
    read_as(s, "/backend", many('b'), 200);
}

static void connect_as(struct scene *s, const char *state)
{
    if (front_is(XenbusStateInitialised))
        read_as(s, BACK_STATE, state, 1);
}

void connect_closing(struct scene *s)
{
    connect_as(s, "5");
}

void connect_closed(struct scene *s)
{
    connect_as(s, "6");
}

void connect_unknown(struct scene *s)
{
    connect_as(s, "0");
}

void connect_no_number(struct scene *s)
{
    connect_as(s, "x");
}

void close_unknown(struct scene *s)
{
    if (front_is(XenbusStateClosing))
        read_as(s, BACK_STATE, "0", 1);
}

void close_no_number(struct scene *s)
{
    if (front_is(XenbusStateClosing))
        read_as(s, BACK_STATE, "4 ", 2);
}

/* Before the guest begins. */
static void set(unsigned int node, const char *text)
{
    char *value = guest.devices.store.tree.value[node];

    for (unsigned int i = 0; i < STORE_VALUE && (!i || text[i - 1]); i++)
        value[i] = text[i];
}

void domain_no_number(struct scene *s)
{
    (void)s;
    set(VBD_FRONT_BACKEND_ID, "zero");
}

void domain_reserved(struct scene *s)
{
    (void)s;
    set(VBD_FRONT_BACKEND_ID, "32752");
}

void domain_wide(struct scene *s)
{
    (void)s;
    set(VBD_FRONT_BACKEND_ID, "36893488147419103232");
}

void state_no_number(struct scene *s)
{
    (void)s;
    set(VBD_BACK_STATE, "two");
}

void state_unknown(struct scene *s)
{
    (void)s;
    set(VBD_BACK_STATE, "0");
}

void state_closing(struct scene *s)
{
    (void)s;
    set(VBD_BACK_STATE, "5");
}

void state_beyond(struct scene *s)
{
    (void)s;
    set(VBD_BACK_STATE, "34");
}

void state_closed(struct scene *s)
{
    (void)s;
    set(VBD_BACK_STATE, "6");
}

void net_state_closing(struct scene *s)
{
    (void)s;
    set(VIF_BACK_STATE, "5");
}
