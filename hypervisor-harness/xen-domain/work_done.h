/* work_done.h: how often a domain beside the measured one has done its load, as it counts that in its own memory. */
#ifndef XEN_DOMAIN_WORK_DONE_H
#define XEN_DOMAIN_WORK_DONE_H

#include <stdbool.h>
#include <stdint.h>

/* `address`: of its section PVB_DONE_SECTION. False: it is not there, or does not look like it. */
bool work_done_read(uint32_t domain, uint64_t address, uint64_t *times);

#endif
