/*
 * nic.h: the network card of a domain: Linux's netback, or the device model's RTL8139 on a TAP device; and the station
 * at the other end of either (hypervisor-harness/station/).
 */
#ifndef XEN_DOMAIN_NIC_H
#define XEN_DOMAIN_NIC_H

#include "collectors/device_counts.h"
#include "hypervisor-harness/station/station.h"

#include <libxl.h>
#include <stdbool.h>
#include <stddef.h>

/* The one of a process that runs a domain. */
struct nic {
    const char *kind; /* "pv", "emulated"; NULL: the domain has none */
    struct station station;
};

/* Is there a module for it, and may we set an interface up? False: the domain goes without, for the reason in `why`. */
bool nic_is_to_be_had(const char *kind, char *why, size_t size);

/* Adds it to a domain's configuration, which frees it; -1: out of memory. */
int nic_configure(const struct nic *n, libxl_domain_config *c);

/* The domain exists: its interface gets its address and its station. 0, or -1 with the reason in `why`. */
int nic_start(struct nic *n, uint32_t domain, char *why, size_t size);
void nic_end(struct nic *n);

/* What its interface has counted; of netback's nothing, which forgets it whenever a front end leaves. */
void nic_counts(const struct nic *n, uint32_t domain, struct device_counts *into);

/*
 * libxenlight runs a program for each interface that comes or goes ("hotplug script"), which puts it into the
 * computer's network. Ours goes into none: this program itself is run, and tells netback that all is done.
 */
bool nic_is_script(int argc, char **argv);
int nic_script(char **argv);

#endif
