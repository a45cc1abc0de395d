/* Requests to the disk that cannot be carried out, and rings and states that are not those of a front end. */
#include "front.h"

static void wild_sectors(void)
{
    static const uint64_t wild[] = {2048, 2041, 1ul << 32, 1ul << 55, (1ul << 55) - 8, (1ul << 55) + 8, ~0ul, ~0ul - 7};
    unsigned done = 0;

    vbd_connect();
    struct blkif_request request = vbd_read(grant_page(0, vbd_data));
    for (unsigned write = 0; write < 2; write++)
        for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
            request.operation = write ? BLKIF_OP_WRITE : BLKIF_OP_READ;
            request.sector_number = wild[i];
            done += vbd_send(&request) != BLKIF_RSP_ERROR;
        }
    request.sector_number = 2040;
    survived("%u done, the last page: %d", done, vbd_send(&request));
}
HOSTILE(vbd_wild_sectors, wild_sectors);

static void wild_segments(void)
{
    static const uint8_t wild[][3] = {{1, 5, 4}, {1, 0, 8}, {1, 255, 7}, {1, 0, 255}, {1, 255, 255},
                                      {1, 7, 8}, {0, 0, 7}, {12, 0, 7},  {255, 0, 7}};
    unsigned done = 0;

    vbd_connect();
    struct blkif_request request = vbd_read(grant_page(0, vbd_data));
    for (unsigned i = 1; i < BLKIF_MAX_SEGMENTS_PER_REQUEST; i++)
        request.seg[i] = request.seg[0];
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        request.nr_segments = wild[i][0];
        request.seg[0].first_sect = wild[i][1];
        request.seg[0].last_sect = wild[i][2];
        done += vbd_send(&request) != BLKIF_RSP_ERROR;
    }
    survived("%u done", done);
}
HOSTILE(vbd_wild_segments, wild_segments);

static void wild_operations(void)
{
    unsigned done = 0;

    vbd_connect();
    struct blkif_request request = vbd_read(grant_page(0, vbd_data));
    for (unsigned operation = BLKIF_OP_WRITE + 1; operation < 256; operation++) {
        request.operation = (uint8_t)operation;
        done += vbd_send(&request) >= 0;
    }
    survived("%u done", done);
}
HOSTILE(vbd_wild_operations, wild_operations);

static int read_into(grant_ref_t grant)
{
    const struct blkif_request request = vbd_read(grant);

    return vbd_send(&request);
}

/* Names that give nothing, and entries that do not give what is asked for. */
static void wild_grants(void)
{
    static const grant_ref_t wild[] = {0, 511, 512, 2047, 2048, 2049, 1 << 16, 1u << 31, ~0u};
    static const struct grant_entry_v1 entries[] = {
        {GTF_invalid, 0, 0},       {GTF_accept_transfer, 0, 0},        {GTF_transitive, 0, 0},
        {GTF_permit_access, 1, 0}, {GTF_permit_access, DOMID_SELF, 0}, {GTF_permit_access | GTF_readonly, 0, 0},
    };
    unsigned done = 0;

    vbd_connect();
    const grant_name name = grant_page(0, vbd_data);
    struct grant_entry_v1 *entry = &vbd_grants()[name];
    const uint32_t frame = entry->frame;
    const int good = read_into(name);
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++)
        done += read_into(wild[i]) != BLKIF_RSP_ERROR;
    for (unsigned i = 0; i < sizeof(entries) / sizeof(entries[0]); i++) {
        *entry = entries[i];
        entry->frame = frame;
        done += read_into(name) != BLKIF_RSP_ERROR;
    }
    struct blkif_request request = vbd_read(name);
    request.operation = BLKIF_OP_WRITE;
    survived("%u done; the good one %d, writing from a page to be read only %d", done, good, vbd_send(&request));
}
HOSTILE(vbd_wild_grants, wild_grants);

/* Frames that nobody has, that are the hypervisor's own, and around the end of what a number can say. */
static void foreign_frames(void)
{
    static const uint32_t frames[] = {0x100, 0xb8, 0xfee00, 0xfe701, 0xfe7ff, 0x40000, 0x100000, 0x10000000, ~0u};
    const unsigned from = mode_name()[0] == 'p' ? 0 : 3; /* the first ones are good numbers in HVM */
    unsigned done = 0;

    vbd_connect();
    const grant_name name = grant_page(0, vbd_data);
    for (unsigned i = from; i < sizeof(frames) / sizeof(frames[0]); i++) {
        vbd_grants()[name].frame = frames[i];
        done += read_into(name) != BLKIF_RSP_ERROR;
    }
    survived("%u done", done);
}
HOSTILE(vbd_foreign_frames, foreign_frames);

static void ring_overrun(void)
{
    vbd_connect();
    vbd_ring->req_prod = 33;
    port_send(vbd_port);
    survived("33 requests in a ring of 32");
}
HOSTILE(vbd_ring_overrun, ring_overrun);

static void ring_behind(void)
{
    vbd_connect();
    vbd_ring->req_prod = ~0u;
    port_send(vbd_port);
    survived("a producer behind the consumer");
}
HOSTILE(vbd_ring_behind, ring_behind);

static void ring_revoked(void)
{
    vbd_connect();
    grant_end(vbd_ring_grant);
    survived("%d", read_into(vbd_ring_grant));
}
HOSTILE(vbd_ring_revoked, ring_revoked);

static int write_page(uint64_t number, grant_ref_t grant)
{
    struct blkif_request request = vbd_read(grant);

    request.operation = BLKIF_OP_WRITE;
    request.sector_number = number * 8;
    return vbd_send(&request);
}

/*
 * The disk's zeros take the place of all requests while the first one is carried out: it goes on as it was, to its
 * second page, and is answered under its name; the others are what they have become.
 */
static void read_over_ring(void)
{
    static uint8_t zeros[PAGE_SIZE] __attribute__((aligned(4096)));

    vbd_connect();
    const grant_name name = grant_page(0, vbd_data);
    vbd_data[0] = 77;
    int written = write_page(0, grant_page(0, zeros)) | write_page(1, name);
    vbd_data[0] = 0;
    struct blkif_request request = vbd_read(vbd_ring_grant);
    request.nr_segments = 2;
    request.seg[1] = (struct blkif_request_segment){name, 0, 7};
    for (unsigned i = 0; i < 30; i++)
        vbd_put(&request);
    const int last = vbd_push();
    const struct blkif_response *first = vbd_response(2);
    survived("%d, %lu %d %u, then %d", written, first->id, first->status, vbd_data[0], last);
}
HOSTILE(vbd_read_over_ring, read_over_ring);

/* Neither what the store says later nor what the port becomes matters to a ring that is connected. */
static void changed_while_connected(void)
{
    struct evtchn_close close;

    vbd_connect();
    const grant_name name = grant_page(0, vbd_data);
    store_write(FRONT, "ring-ref", 511);
    store_write(FRONT, "event-channel", 63);
    store_write(FRONT, "state", XenbusStateConnected);
    const int before = read_into(name);
    close.port = vbd_port;
    must(HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_close, &close), "close");
    const long closed = HYPERCALL2(__HYPERVISOR_event_channel_op, EVTCHNOP_send, &close);
    vbd_port = vbd_new_port();
    survived("%d, closed %ld, with the same number again %d", before, closed, read_into(name));
}
HOSTILE(vbd_changed_while_connected, changed_while_connected);

/* What the back end cannot connect to: it says so and closes, and connects when it is offered what is right. */
static void wild_offers(void)
{
    const grant_name good = grant_page(0, vbd_data);
    const uint32_t grants[] = {511, 512, ~0u, good, good, good, good}, ports[] = {5, 5, 5, 0, 1, 63, ~0u};
    unsigned taken = 0;

    for (unsigned i = 0; i < sizeof(grants) / sizeof(grants[0]); i++) {
        vbd_offer(grants[i], ports[i]);
        taken += store_number(BACK, "state", 0) != XenbusStateClosing;
    }
    vbd_connect();
    survived("%u taken, then %d", taken, read_into(good));
}
HOSTILE(vbd_wild_offers, wild_offers);

static void wild_states(void)
{
    static const char *const wild[] = {"0", "2", "7", "8", "", "x", "4294967299", "18446744073709551619", "-1", "3 "};
    unsigned moved = 0;

    vbd_offer(511, 0); /* so that it is not ready to be connected */
    for (unsigned i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
        store_write_text(FRONT, "state", wild[i]);
        moved += store_number(BACK, "state", 0) != XenbusStateClosing;
    }
    survived("%u states moved it", moved);
}
HOSTILE(vbd_wild_states, wild_states);

/* A ring whose other end is closed is nobody's: requests stay where they are. */
static void request_when_closed(void)
{
    vbd_connect();
    store_write(FRONT, "state", XenbusStateClosed);
    survived("%d", read_into(grant_page(0, vbd_data)) == NO_RESPONSE);
}
HOSTILE(vbd_request_when_closed, request_when_closed);
