/*
 * memory_op.c: giving memory back and taking it again, and questions about
 * memory (xen/memory.h). Extents are single pages.
 */
#include "account.h"
#include "balloon.h"
#include "guest.h"
#include "pv.h"
#include "timer.h"
#include "user_copy.h"

#include <xen/errno.h>
#include <xen/memory.h>

/* Stops at the first frame that is still in use: the count says how far it came. */
static long decrease(const struct xen_memory_reservation *r, u64 list)
{
    u64 i, frame;

    /* Stale translations to what nothing refers to: it must not be walked or written through them any more. */
    write_cr3(read_cr3());
    for (i = 0; i < r->nr_extents; i++) {
        if (!copy_from_guest(&frame, list + i * 8, 8))
            break;
        if (!frame_is_guests(frame))
            kill_guest("decrease_reservation: frame %lx is not the guest's own", frame);
        if (page_infos[frame].references || page_infos[frame].type_references)
            break;
        m2p[frame] = ~0ull;
        balloon_give(frame);
    }
    return (long)i;
}

/* In: pseudo-physical frames; out: the machine frames that now stand behind them. */
static long populate(const struct xen_memory_reservation *r, u64 list, bool place)
{
    u64 i, pfn = ~0ull, frame;

    for (i = 0; i < r->nr_extents; i++) {
        if (i % PREEMPT_BATCH == PREEMPT_BATCH - 1)
            interrupt_window(); /* the end is near: no more than all of the guest's memory */
        if (place && !copy_from_guest(&pfn, list + i * 8, 8))
            break;
        frame = balloon_take();
        if (!frame)
            break;
        if (!copy_to_guest(list + i * 8, &frame, 8)) {
            balloon_give(frame);
            break;
        }
        m2p[frame] = pfn;
    }
    return (long)i;
}

static long reservation(u64 cmd, u64 argument)
{
    struct xen_memory_reservation r;
    u64 list;

    if (!copy_from_guest(&r, argument, sizeof(r)))
        return -XEN_EFAULT;
    if (r.domid != DOMID_SELF)
        return -XEN_EPERM;
    if (r.extent_order != 0)
        return 0; /* no extents done */
    memcpy(&list, &r.extent_start, 8);
    return cmd == XENMEM_decrease_reservation ? decrease(&r, list) : populate(&r, list, cmd == XENMEM_populate_physmap);
}

static long memory_map(u64 argument)
{
    struct xen_memory_map map;
    struct {
        u64 address, size;
        u32 type;
    } __attribute__((packed)) entry = {0, guest.pages * PAGE_SIZE, 1};
    u64 buffer;

    if (!copy_from_guest(&map, argument, sizeof(map)))
        return -XEN_EFAULT;
    memcpy(&buffer, &map.buffer, 8);
    if (map.nr_entries < 1)
        return -XEN_EINVAL;
    map.nr_entries = 1;
    if (!copy_to_guest(buffer, &entry, sizeof(entry)) || !copy_to_guest(argument, &map, sizeof(map)))
        return -XEN_EFAULT;
    return 0;
}

static long machphys_mapping(u64 argument)
{
    struct xen_machphys_mapping mapping = {
        .v_start = M2P_BASE, .v_end = M2P_BASE + frame_count * 8, .max_mfn = frame_count - 1};

    return copy_to_guest(argument, &mapping, sizeof(mapping)) ? 0 : -XEN_EFAULT;
}

long do_memory_op(u64 cmd, u64 argument, u64 a3, u64 a4, u64 a5, struct regs *regs)
{
    (void)a3, (void)a4, (void)a5, (void)regs;
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_memory_op, cmd);
    switch (cmd) {
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
        return reservation(cmd, argument);
    case XENMEM_maximum_ram_page:
        return (long)frame_count;
    case XENMEM_current_reservation:
        return (long)balloon_held();
    case XENMEM_maximum_reservation:
        return (long)guest.pages;
    case XENMEM_memory_map:
        return memory_map(argument);
    case XENMEM_machphys_mapping:
        return machphys_mapping(argument);
    default:
        return -XEN_ENOSYS;
    }
}
