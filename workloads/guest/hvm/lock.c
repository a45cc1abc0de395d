/*
 * lock.c: yield and kicks of a guest that knows whose it is: KVM's by its
 * own hypercalls, Xen's as in PV, for which the shared page must be seen.
 */
#include "../lock.h"
#include "hvm.h"
#include <xen/errno.h>
#include <xen/memory.h>

/*
 * Where neither memory nor a device is on Xen, and once the home of Linux's
 * shared page: so no memory has to make way, and no large page is split.
 */
#define SHARED_INFO_ADDRESS 0xfe700000ul

static const char nobody[] = "no hypervisor shows itself, so there is nobody to ask: a lock spins";

struct shared_info *mode_shared_info;

void hvm_map_shared_info(void)
{
    struct xen_add_to_physmap map = {
        .domid = DOMID_SELF,
        .space = XENMAPSPACE_shared_info,
        .gpfn = SHARED_INFO_ADDRESS / PAGE_SIZE,
    };
    if (mode_shared_info)
        return;
    long result = HYPERCALL2(__HYPERVISOR_memory_op, XENMEM_add_to_physmap, &map);
    if (result == -XEN_ENOSYS)
        return;
    must(result, "finding the shared page");
    hvm_map_identity(SHARED_INFO_ADDRESS, PTE_RW);
    mode_shared_info = (void *)SHARED_INFO_ADDRESS;
}

/*
 * At the start of day, since page tables made later go with the workload that they were made for. The minivisor's
 * HVM guests have event channels for devices alone (devices.c).
 */
void hvm_lock_init(void)
{
    if (platform == PLATFORM_XEN)
        hvm_map_shared_info();
}

const char *guest_no_yield(void)
{
    if (platform == PLATFORM_KVM)
        return kvm_no_yield();
    return platform == PLATFORM_NONE ? nobody : NULL;
}

void guest_yield(void)
{
    if (platform == PLATFORM_KVM)
        kvm_yield();
    else
        xen_yield();
}

const char *guest_kick_begin(void)
{
    if (platform == PLATFORM_KVM)
        return kvm_no_kick();
    return platform == PLATFORM_NONE ? nobody : xen_kick_begin();
}

void guest_kick(void)
{
    if (platform == PLATFORM_KVM)
        kvm_kick();
    else
        xen_kick();
}

void guest_kick_wait(void)
{
    if (platform == PLATFORM_KVM)
        asm volatile("hlt" : : : "memory"); /* interrupts masked: only a kick ends it */
    else
        xen_kick_wait();
}

/* KVM's kick leaves nothing behind once it has ended a wait. */
void guest_kick_end(void)
{
    if (platform != PLATFORM_KVM)
        xen_kick_end();
}
