/* xen_party.c: the names of who runs in the first domain, for who writes the lines and who reads them. */
#include "collectors/xen_party.h"

const char *xen_party_name(enum xen_party party)
{
    static const char *const names[XEN_PARTIES] = {[XEN_PARTY_DEVICE_MODEL] = "device_model",
                                                   [XEN_PARTY_KERNEL] = "kernel_threads",
                                                   [XEN_PARTY_XENSTORED] = "xenstored",
                                                   [XEN_PARTY_XENCONSOLED] = "xenconsoled",
                                                   [XEN_PARTY_PVBENCH] = "pvbench",
                                                   [XEN_PARTY_IDLE] = "idle",
                                                   [XEN_PARTY_OTHERS] = "others"};
    return names[party];
}
