/* modes.h: what the program of this folder can be asked to do on the lab's host. */
#ifndef TESTS_MODES_H
#define TESTS_MODES_H

void probes_bench(void);
void probes_counts(void);
void probes_hosts(void);
void probes_machine(void);
void probes_trace(void);
void probes_vcpus(void);

#endif
