/* drivers.h: the guest's disk and network card, by Debian's own modules, which travel with its programs. */
#ifndef WORKLOADS_LINUX_DRIVERS_H
#define WORKLOADS_LINUX_DRIVERS_H

/* All modules are loaded, once: those whose device is not there do nothing. NULL, or why they cannot be. */
const char *drivers_load(void);

/* The block device of the guest's disk, once it is there: "/dev/vda". NULL: the guest has none, or none of its modules.
 */
const char *drivers_disk(void);

/* The network interface, up, with the guest's address (pvbench/net.h), once it can send. NULL, or why there is none. */
const char *drivers_network(void);

#endif
