/* Messages to the store that are not those of its protocol, and rings that are none. */
#include "front.h"
#include <xen/io/xs_wire.h>

static volatile struct xenstore_domain_interface *page;
static evtchn_port_t port;

static void find_page(void)
{
    page = xen_map_store(&port);
    if (!page)
        guest_panic("there is no store");
}

static void put(const char *from, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        page->req[MASK_XENSTORE_IDX(page->req_prod++)] = from[i];
}

static void send_message(uint32_t type, const char *body, uint32_t size, uint32_t said, uint32_t transaction)
{
    const struct xsd_sockmsg head = {type, 7, transaction, said};
    char bytes[sizeof(head)];

    memcpy(bytes, &head, sizeof(head));
    put(bytes, sizeof(bytes));
    put(body, size);
    port_send(port);
}

static uint8_t take(void)
{
    return (uint8_t)page->rsp[MASK_XENSTORE_IDX(page->rsp_cons++)];
}

static char last_word[64]; /* of the last answer, refusal or not */

/* The word of the next answer, if it is a refusal; else a blank one. NULL: there is no answer. */
static const char *refusal(void)
{
    struct xsd_sockmsg head;

    if (page->rsp_prod - page->rsp_cons < sizeof(head))
        return NULL;
    for (unsigned i = 0; i < sizeof(head); i++)
        ((uint8_t *)&head)[i] = take();
    for (unsigned i = 0; i < head.len; i++)
        last_word[i % 63] = (char)take();
    last_word[head.len < 63 ? head.len : 63] = 0;
    return head.type == XS_ERROR ? last_word : "";
}

static bool is_refused(uint32_t type, const char *body, uint32_t size, const char *word)
{
    send_message(type, body, size, size, 0);
    const char *answer = refusal();
    return answer && same_text(answer, word);
}

#define REFUSED(type, body, word) is_refused(type, body, sizeof(body), word)

static void wild_messages(void)
{
    static const char long_value[] = FRONT "/state\0"
                                           "0123456789012345678901234567890123456789";
    static const char nowhere[] = "nothing\0"
                                  "1";
    static const char long_path[] = "a path of more than 64 characters, which is more than a watch's path can have\0t";
    static const char long_token[] = "device\0"
                                     "a token of more than 64 characters, which is more than a watch's token can have";
    unsigned bad = 0;

    find_page();
    bad +=
        !REFUSED(XS_READ, "nothing", "ENOENT") + !REFUSED(XS_READ, FRONT, "ENOENT") + !REFUSED(XS_READ, "", "ENOENT");
    bad += !is_refused(XS_READ, FRONT "/state", 22, "EINVAL") + !is_refused(XS_READ, NULL, 0, "EINVAL");
    bad +=
        !REFUSED(XS_DIRECTORY, "device/vb", "ENOENT") + !is_refused(XS_WRITE, nowhere, sizeof(nowhere) - 1, "EACCES");
    bad += !is_refused(XS_WRITE, FRONT "/state", 22, "EINVAL") + !REFUSED(XS_WRITE,
                                                                          BACK "/state\0"
                                                                               "4",
                                                                          "EACCES");
    bad += !REFUSED(XS_WRITE,
                    FRONT "/state\0"
                          "4\0"
                          "5",
                    "EINVAL") +
           !REFUSED(XS_WRITE, long_value, "E2BIG");
    bad += !REFUSED(XS_WATCH, "device", "EINVAL") + !REFUSED(XS_WATCH, long_path, "E2BIG");
    bad += !REFUSED(XS_WATCH, long_token, "E2BIG") + !REFUSED(XS_UNWATCH, "device\0t", "ENOENT");
    bad += !REFUSED(XS_MKDIR, "device/x", "EACCES") + !REFUSED(XS_RM, "device", "EACCES");
    bad += !REFUSED(XS_INVALID, "", "ENOSYS") + !REFUSED(~0u, "", "ENOSYS");
    send_message(XS_READ, FRONT "/state", 23, 23, 5);
    bad += !same_text(refusal(), "ENOENT");
    survived("%u answered otherwise", bad);
}
HOSTILE(store_wild_messages, wild_messages);

/* Eight fit, and none twice. Each tells at once that there is something to be looked at. */
static void many_watches(void)
{
    unsigned bad = 0;

    find_page();
    for (unsigned i = 0; i < 8; i++) {
        const char watch[] = {'d', 'e', 'v', 'i', 'c', 'e', 0, "abcdefgh"[i], 0};
        bad += !is_refused(XS_WATCH, watch, sizeof(watch), "");
        bad += !refusal();
        bad += !is_refused(XS_WATCH, watch, sizeof(watch), "EEXIST");
    }
    bad += !REFUSED(XS_WATCH, "device\0i", "E2BIG");
    bad += !REFUSED(XS_UNWATCH, "device\0b", "") + !REFUSED(XS_WATCH, "device\0i", "");
    survived("%u answered otherwise", bad);
}
HOSTILE(store_many_watches, many_watches);

/* Refused by its head. All that follows is its body, for 4 GiB. */
static void long_message(void)
{
    static char body[1000];
    unsigned answers = 0;

    find_page();
    send_message(XS_WRITE, NULL, 0, ~0u, 0);
    const char *word = refusal();
    for (unsigned i = 0; i < 100; i++) {
        send_message(XS_READ, body, sizeof(body), sizeof(body), 0);
        answers += refusal() != NULL;
    }
    survived("%s, %u answers, %u left", word, answers, page->req_prod - page->req_cons);
}
HOSTILE(store_long_message, long_message);

/* Requests whose answers nobody reads wait, and are answered when there is room. */
static void unread_answers(void)
{
    unsigned answers = 0;

    find_page();
    for (unsigned i = 0; i < 40; i++)
        send_message(XS_READ, "nothing", 8, 8, 0);
    const uint32_t unread = page->rsp_prod - page->rsp_cons, left = page->req_prod - page->req_cons;
    for (const char *word; (word = refusal()) || page->req_prod != page->req_cons; port_send(port))
        answers += word != NULL;
    survived("%s, %u answers", unread <= 1024 && left ? "some wait" : "none wait", answers);
}
HOSTILE(store_unread_answers, unread_answers);

static void requests_ahead(void)
{
    find_page();
    page->req_prod = page->req_cons + 1025;
    port_send(port);
    survived("1025 bytes in a ring of 1024");
}
HOSTILE(store_requests_ahead, requests_ahead);

static void answers_ahead(void)
{
    find_page();
    page->rsp_cons = page->rsp_prod + 1;
    port_send(port);
    survived("more answers read than there were");
}
HOSTILE(store_answers_ahead, answers_ahead);

/* The indices that are the store's, changed by the guest: it has its own. */
static void forged_indices(void)
{
    find_page();
    const uint32_t produced = page->rsp_prod;
    page->req_cons = 77;
    page->rsp_prod = 77777;
    send_message(XS_READ, "nothing", 8, 8, 0);
    page->rsp_cons = produced;
    survived("%s", refusal());
}
HOSTILE(store_forged_indices, forged_indices);

/* Head and body apart, each byte told of alone: taken as it comes, and answered once, when all of it is there. */
static void message_in_pieces(void)
{
    static const char body[] = "nothing";
    const struct xsd_sockmsg head = {XS_READ, 7, 0, sizeof(body)};
    char bytes[sizeof(head) + sizeof(body)];
    unsigned early = 0, left = 0;

    memcpy(bytes, &head, sizeof(head));
    memcpy(bytes + sizeof(head), body, sizeof(body));
    find_page();
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        early += refusal() != NULL;
        put(bytes + i, 1);
        port_send(port);
        left += page->req_prod - page->req_cons;
    }
    const char *word = refusal();
    survived("%u early, %u left, %s", early, left, word ? word : "none");
}
HOSTILE(store_message_in_pieces, message_in_pieces);

/* What has been taken cannot be changed: the length in the ring is another by the time the body comes. */
static void message_changed(void)
{
    const struct xsd_sockmsg head = {XS_READ, 7, 0, 8};
    char bytes[sizeof(head)];

    find_page();
    const uint32_t at = page->req_prod;
    memcpy(bytes, &head, sizeof(head));
    put(bytes, sizeof(bytes));
    port_send(port);
    for (unsigned i = 0; i < sizeof(head); i++)
        page->req[MASK_XENSTORE_IDX(at + i)] = (char)0xff;
    put("nothing", 8);
    port_send(port);
    const char *word = refusal();
    survived("%s, %u left", word ? word : "none", page->req_prod - page->req_cons);
}
HOSTILE(store_message_changed, message_changed);

/* --- what the guest may make -------------------------------------------------- */

/* Nodes where it may make none, with names that are none, too many and too long; what is not its own stays. */
static void own_nodes(void)
{
    static const char wild[] = FRONT "/a b", twice[] = FRONT "//b", open[] = FRONT "/b/", root[] = "/", space[] = " ";
    static const char longest[] =
        "data/a-path-of-more-than-64-characters-which-is-more-than-a-node-of-the-guests-own-can-have";
    char path[] = "data/0";
    unsigned bad = 0;

    find_page();
    bad +=
        !REFUSED(XS_MKDIR, wild, "EINVAL") + !REFUSED(XS_MKDIR, twice, "EINVAL") + !REFUSED(XS_MKDIR, open, "EINVAL");
    bad += !REFUSED(XS_MKDIR, root, "EINVAL") + !REFUSED(XS_MKDIR, space, "EINVAL") + !REFUSED(XS_MKDIR, "", "EACCES");
    bad += !REFUSED(XS_MKDIR, longest, "E2BIG") + !REFUSED(XS_MKDIR, "data", "EACCES");
    bad += !REFUSED(XS_MKDIR, BACK "/b", "EACCES") + !REFUSED(XS_MKDIR, FRONT, "");
    for (unsigned i = 0; i < 8; i++, path[5]++)
        bad += !REFUSED(XS_MKDIR, path, "") + !REFUSED(XS_MKDIR, path, "");
    bad += !REFUSED(XS_MKDIR, path, "ENOSPC") + !REFUSED(XS_READ, path, "ENOENT");
    bad += !REFUSED(XS_RM, FRONT "/state", "EACCES") + !REFUSED(XS_RM, FRONT, "EACCES") + !REFUSED(XS_RM, "", "ENOENT");
    bad += !REFUSED(XS_RM, "data/7", "") + !REFUSED(XS_RM, "data/7", "") + !REFUSED(XS_RM, "data/", "EINVAL");
    bad += !REFUSED(XS_MKDIR, "/local/domain/1/data/7/b", "") + !REFUSED(XS_READ, "data/7/b", "");
    for (path[5] = '0'; path[5] < '8'; path[5]++)
        bad += !REFUSED(XS_RM, path, "") + !REFUSED(XS_READ, path, "ENOENT");
    survived("%u answered otherwise", bad);
}
HOSTILE(store_own_nodes, own_nodes);

/* The number of a new transaction, or 0. */
static uint32_t started(void)
{
    send_message(XS_TRANSACTION_START, "", 1, 1, 0);
    struct xsd_sockmsg head;
    uint32_t id = 0;

    for (unsigned i = 0; i < sizeof(head); i++)
        ((uint8_t *)&head)[i] = take();
    for (unsigned i = 0; i < head.len; i++) {
        const uint8_t c = take();
        id = c >= '0' && c <= '9' ? id * 10 + c - '0' : id;
    }
    return head.type == XS_TRANSACTION_START ? id : 0;
}

static bool said(uint32_t id, uint32_t type, const char *body, uint32_t size, const char *word)
{
    send_message(type, body, size, size, id);
    const char *answer = refusal();
    return answer && same_text(answer, word);
}

#define SAID(id, type, body, word) said(id, type, body, sizeof(body), word)

/* Numbers of none, two at once, too many, and ends that are none. */
static void wild_transactions(void)
{
    static const char a[] = "data/a\0"
                            "1",
                      back[] = BACK "/state\0"
                                    "4";
    uint32_t id[4];
    unsigned bad = 0;

    find_page();
    for (unsigned i = 0; i < 4; i++)
        id[i] = started();
    bad += started() != 0;
    bad += !SAID(id[0], XS_TRANSACTION_START, "", "EBUSY") + !SAID(77, XS_TRANSACTION_END, "T", "ENOENT");
    bad += !SAID(0, XS_TRANSACTION_END, "T", "ENOENT") + !SAID(id[0], XS_TRANSACTION_END, "TT", "EINVAL");
    bad += !SAID(77, XS_READ, FRONT "/state", "ENOENT") + !said(id[0], XS_WRITE, back, sizeof(back) - 1, "EACCES");
    /* Each is alone: what one makes no other has, and of two that have changed something the second is refused. */
    bad += !said(id[0], XS_WRITE, a, sizeof(a) - 1, "") + !SAID(id[1], XS_READ, "data/a", "ENOENT");
    bad += !SAID(0, XS_READ, "data/a", "ENOENT") + !SAID(id[0], XS_TRANSACTION_END, "T", "");
    bad += !SAID(0, XS_READ, "data/a", "") + !SAID(id[0], XS_READ, "data/a", "ENOENT");
    bad += !said(id[1], XS_WRITE, a, sizeof(a) - 1, "") + !SAID(id[1], XS_TRANSACTION_END, "T", "EAGAIN");
    bad += !SAID(id[2], XS_TRANSACTION_END, "F", "") + !SAID(id[2], XS_TRANSACTION_END, "F", "ENOENT");
    for (unsigned i = 0; i < 3; i++)
        bad += !(id[i] = started());
    bad += started() != 0;
    for (unsigned i = 0; i < 4; i++)
        bad += !SAID(id[i], XS_TRANSACTION_END, "F", "");
    bad += !REFUSED(XS_RM, "data/a", "");
    survived("%u answered otherwise", bad);
}
HOSTILE(store_wild_transactions, wild_transactions);

/* A state in a transaction moves nothing until its end, and then as any other: there is no ring, so that it is refused.
 */
static void state_in_transaction(void)
{
    static const char connected[] = FRONT "/state\0"
                                          "4";
    find_page();
    const uint32_t id = started();
    bool ok = said(id, XS_WRITE, connected, sizeof(connected) - 1, "");
    send_message(XS_READ, BACK "/state", sizeof(BACK "/state"), sizeof(BACK "/state"), 0);
    const char before = refusal() ? last_word[0] : '?';
    ok &= SAID(id, XS_TRANSACTION_END, "T", "");
    send_message(XS_READ, BACK "/state", sizeof(BACK "/state"), sizeof(BACK "/state"), 0);
    const char after = refusal() ? last_word[0] : '?';
    survived("%u, %c then %c", ok, before, after);
}
HOSTILE(store_state_in_transaction, state_in_transaction);

/* It is asked to end at a moment when its ring is none. */
static void ask_into_broken_ring(void)
{
    find_page();
    page->rsp_cons = page->rsp_prod + 1;
    for (;;)
        __asm__ volatile("pause");
}
HOSTILE(store_ask_broken_ring, ask_into_broken_ring);

/* It is asked to end, and does not look: nothing but the word has changed. */
static void ask_unheard(void)
{
    find_page();
    bool ok = REFUSED(XS_READ, "control/shutdown", "");
    const bool none = !last_word[0];
    for (uint64_t i = 0; i < 4000000; i++)
        __asm__ volatile("pause");
    ok &= REFUSED(XS_READ, "control/shutdown", "") && none;
    survived("%u, %s", ok, last_word);
}
HOSTILE(store_ask_unheard, ask_unheard);
