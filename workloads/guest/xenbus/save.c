/*
 * save.c: a guest that is saved and restored takes part in it: it answers the toolstack, which asks through the store,
 * suspends itself, and finds everything that was the old domain's anew (xen/sched.h, xen/io/xs_wire.h; Xen,
 * docs/misc/xenstore-paths.pandoc, ~/control/shutdown).
 */
#include "save.h"

const char *guest_no_save(bool live)
{
    char value[STORE_VALUE];
    if (!same_text(mode_platform(), "xen"))
        return "nobody here saves this guest: only pvbench's toolstack on Xen does";
    if (params_have_any_devices())
        return "a guest with devices is not saved here: its drivers would have to begin anew";
    xen_devices_init();
    if (!xen_is_possible() || xen_no_devices())
        return "there is no store by which a toolstack could ask the guest to suspend itself";
    if (live && store_read("data/no-live-save", value))
        return "this Xen was built without shadow paging, which tells what a PV guest writes to while it is copied";
    save_prepare();
    return NULL;
}

/* Xen's clock, which goes on while a domain is nowhere; that of an HVM guest's processor does not. */
static uint64_t clock_of_xen(void)
{
    volatile struct vcpu_time_info *own = mode_time;
    mode_time = &mode_shared_info->vcpu_info[0].time;
    const uint64_t ns = guest_clock_ns();
    mode_time = own;
    return ns;
}

/* The toolstack is asked by a word at the console; from then on all is as with xl save. */
uint64_t guest_save(void (*meanwhile)(void))
{
    save_announce(true);
    print("pvbench: save live=%u\n", meanwhile != NULL);
    store_await_text("control", "shutdown", "suspend", meanwhile);
    store_write_text("control", "shutdown", "");
    const uint64_t before = clock_of_xen();
    save_suspend();
    save_announce(false);
    store_again();
    const uint64_t after = clock_of_xen();
    return after > before ? (after - before) * mode_tsc_khz() / 1000000 : 0;
}
