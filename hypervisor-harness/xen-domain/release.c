/* release.c: asks what any toolstack may ask, and looks at the refusal; release.h says why. */
#include "hypervisor-harness/xen-domain/release.h"

#include <errno.h>
#include <stdio.h>
#include <xenctrl.h>

/* One request of either sort; 0, or the error. */
static int refusal(xc_interface *xc)
{
    xc_physinfo_t computer = {0};
    xc_vcpuinfo_t vcpu;
    return xc_physinfo(xc, &computer) || xc_vcpu_getinfo(xc, 0, 0, &vcpu) ? errno : 0;
}

int release_check(char *why, size_t size)
{
    xc_interface *xc = xc_interface_open(NULL, NULL, 0);
    int version = xc ? xc_version(xc, XENVER_version, NULL) : -1, bad = 0;
    /* The first domain is allowed to ask; what else EACCES may stand for, other versions are the likely cause. */
    if (version > 0 && refusal(xc) == EACCES) {
        snprintf(why, size,
                 "Xen %d.%d refuses this toolstack, which speaks version 0x%x of sysctl and 0x%x of domctl; build "
                 "with that of this Xen: make lab-hosts XEN_DIST=DIR",
                 version >> 16, version & 0xffff, XEN_SYSCTL_INTERFACE_VERSION, XEN_DOMCTL_INTERFACE_VERSION);
        bad = -1;
    }
    if (xc)
        xc_interface_close(xc);
    return bad;
}
