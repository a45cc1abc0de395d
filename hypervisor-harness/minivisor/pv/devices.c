/*
 * devices.c: what paravirtual devices (device/) need of a PV guest: where it
 * finds the grant table, and which frames a grant can give.
 */
#include "account.h"
#include "guest.h"
#include "pv.h"
#include "user_copy.h"
#include "device/device.h"

#include <xen/errno.h>
#include <xen/grant_table.h>

/*
 * What is memory now stays so until the guest runs again. A frame that was a
 * page table a moment ago becomes memory as for any other writer.
 */
void *pv_memory(u64 frame)
{
    if (!frame_is_guests(frame))
        return NULL;
    if (page_infos[frame].type_references && page_infos[frame].type != TYPE_WRITABLE)
        return NULL;
    get_page_type(frame, TYPE_WRITABLE);
    put_page_type(frame);
    return frame_to_virt(frame);
}

static long setup_table(u64 argument)
{
    struct gnttab_setup_table setup;
    u64 list, frames[GRANT_FRAMES];

    if (!copy_from_guest(&setup, argument, sizeof(setup)))
        return -XEN_EFAULT;
    memcpy(&list, &setup.frame_list, sizeof(list));
    for (unsigned int i = 0; i < GRANT_FRAMES; i++)
        frames[i] = grants_frame(i);
    setup.status = GNTST_okay;
    if (setup.dom != DOMID_SELF)
        setup.status = GNTST_permission_denied;
    else if (setup.nr_frames > GRANT_FRAMES)
        setup.status = GNTST_general_error;
    else if (setup.nr_frames && !copy_to_guest(list, frames, setup.nr_frames * sizeof(frames[0])))
        setup.status = GNTST_bad_virt_addr;
    return copy_to_guest(argument, &setup, sizeof(setup)) ? 0 : -XEN_EFAULT;
}

long do_grant_table_op(u64 cmd, u64 argument, u64 count, u64 a4, u64 a5, struct regs *regs)
{
    (void)a4, (void)a5, (void)regs;
    account_detail(PVB_CLASS_HYPERCALL, PVB_HC_grant_table_op, cmd);
    if (cmd != GNTTABOP_setup_table)
        return -XEN_ENOSYS;
    return count == 1 ? setup_table(argument) : -XEN_EINVAL;
}
