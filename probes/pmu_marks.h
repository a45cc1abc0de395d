/* pmu_marks.h: the counters of vCPUs, read at the guest's marks by an eBPF program (pmu.bpf.c). */
#ifndef PROBES_PMU_MARKS_H
#define PROBES_PMU_MARKS_H

#include "probes/pmu.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pmu_marks;

/* NULL with one line in `why`. */
struct pmu_marks *pmu_marks_open(char *why, size_t why_size);
void pmu_marks_close(struct pmu_marks *m);

/* From now on the vCPU's thread is known. Its counters are to be added before. */
void pmu_marks_thread(struct pmu_marks *m, unsigned vcpu, pid_t thread);

/* One counter of a vCPU; it must not count children. False when the kernel refuses it. */
bool pmu_marks_add(struct pmu_marks *m, unsigned vcpu, unsigned slot, int fd);

/* As it is now; lives as long as the marks. */
const struct pmu_region *pmu_marks_region(const struct pmu_marks *m, unsigned region);

#endif
