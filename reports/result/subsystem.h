/* subsystem.h: what part of a system a workload exercises. */
#ifndef REPORTS_SUBSYSTEM_H
#define REPORTS_SUBSYSTEM_H

#include <stddef.h>

extern const char *const subsystems[]; /* in the order of figures, NULL-ended */
#define SUBSYSTEMS 6

/* One of `subsystems`; NULL for a workload that belongs to none (the empty loop) or is not known. */
const char *subsystem_of(const char *workload);

#endif
