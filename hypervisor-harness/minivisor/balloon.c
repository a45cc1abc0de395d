/* balloon.c: a stack of free frames, threaded through the frames themselves. */
#include "balloon.h"
#include "guest.h"
#include "memory.h"

void balloon_give(u64 frame)
{
    page_infos[frame] = (struct page_info){.owner = OWNER_FREE};
    *(u64 *)frame_to_virt(frame) = guest.balloon.top;
    guest.balloon.top = frame;
    guest.balloon.given++;
}

u64 balloon_take(void)
{
    u64 frame = guest.balloon.top;

    if (!frame)
        return 0;
    guest.balloon.top = *(u64 *)frame_to_virt(frame);
    guest.balloon.given--;
    page_infos[frame].owner = OWNER_GUEST;
    clear_page(frame_to_virt(frame));
    return frame;
}

u64 balloon_held(void)
{
    return guest.pages - guest.balloon.given;
}
