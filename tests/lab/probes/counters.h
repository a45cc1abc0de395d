/*
 * counters.h: the other ways to count exits, to compare the probes with:
 * perf's counters of the tracepoints, and ftrace's recording of them.
 */
#ifndef TESTS_COUNTERS_H
#define TESTS_COUNTERS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Counts a tracepoint of kvm for a process and all threads that it is going
 * to have; 0: the calling thread. Ends the program when it cannot.
 */
int counter_open(const char *event, pid_t process);
uint64_t counter_read(int fd);

/* A tracepoint of kvm into ftrace's ring buffer. */
void ftrace_switch(const char *event, bool on);

#endif
