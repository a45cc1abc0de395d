/* boot.h: the guest's own start as a load; boot.c. */
#ifndef WORKLOADS_LINUX_BOOT_H
#define WORKLOADS_LINUX_BOOT_H

#include <stdint.h>

/* The first process is there, and knows where it is: the region that was open since the guest's start ends here. */
void boot_is_over(uint32_t steady_region);

/* The time stamp of that. */
uint64_t boot_ended(void);

/* The lines of its phases (pvbench/log.h), by the kernel's own words with their times. */
void boot_say_phases(unsigned index);

#endif
