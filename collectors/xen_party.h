/*
 * xen_party.h: who runs in Xen's first domain: a word between the program that writes the log there and its reader.
 */
#ifndef COLLECTORS_XEN_PARTY_H
#define COLLECTORS_XEN_PARTY_H

enum xen_party {
    XEN_PARTY_DEVICE_MODEL, /* of the domain that is measured */
    XEN_PARTY_KERNEL,       /* threads of the kernel's that serve it: netback, blkback */
    XEN_PARTY_XENSTORED,
    XEN_PARTY_XENCONSOLED,
    XEN_PARTY_PVBENCH,
    XEN_PARTY_IDLE, /* interrupts while no process had anything to do */
    XEN_PARTY_OTHERS,
    XEN_PARTIES
};

const char *xen_party_name(enum xen_party party);

#endif
