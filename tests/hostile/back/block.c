/* block.c: how the disk's back end lies: about what stands in its ring, and about the data. */
#include "back.h"

#include <xen/io/blkif.h>
#include <xen/io/xenbus.h>

#define RING_ENTRIES __CONST_RING_SIZE(blkif, PAGE_SIZE)

static struct blkif_response *response(const struct scene *s, u32 number)
{
    struct blkif_sring *ring = s->ring;

    return &ring->ring[(s->first + number) % RING_ENTRIES].rsp;
}

static void answered_to(struct scene *s, u32 index)
{
    ((struct blkif_sring *)s->ring)->rsp_prod = index;
}

void blk_id_beyond(struct scene *s)
{
    response(s, 0)->id = 1000;
}

void blk_id_wide(struct scene *s)
{
    response(s, 0)->id |= 1ull << 32;
}

void blk_id_not_in_flight(struct scene *s)
{
    response(s, 0)->id = 7;
}

void blk_id_twice(struct scene *s)
{
    response(s, 1)->id = response(s, 0)->id;
}

void blk_other_operation(struct scene *s)
{
    response(s, 0)->operation = BLKIF_OP_FLUSH_DISKCACHE;
}

void blk_no_operation(struct scene *s)
{
    response(s, 0)->id = 7;
    response(s, 0)->operation = 0xff;
}

void blk_status_error(struct scene *s)
{
    response(s, 0)->status = BLKIF_RSP_ERROR;
}

void blk_status_unknown(struct scene *s)
{
    response(s, 0)->status = 77;
}

void blk_ahead(struct scene *s)
{
    answered_to(s, s->end + 1);
}

void blk_far_ahead(struct scene *s)
{
    answered_to(s, s->end + 1000);
}

void blk_behind(struct scene *s)
{
    answered_to(s, s->first - 1);
}

void blk_all_ones(struct scene *s)
{
    memset(s->ring, 0xff, PAGE_SIZE);
}

void blk_silent(struct scene *s)
{
    answered_to(s, s->first);
}

void blk_leaves(struct scene *s)
{
    answered_to(s, s->first);
    store_set_state(VBD_BACK_STATE, XenbusStateClosed);
}

void blk_storm(struct scene *s)
{
    answered_to(s, s->first);
    storm(guest.devices.block.back.port);
}

void blk_other_data(struct scene *s)
{
    (void)s;
    guest.disk.bytes[0] = 0;
}

void blk_front_index(struct scene *s)
{
    ((struct blkif_sring *)s->ring)->req_prod += 100;
}
