/* said.h: numbers out of what programs of Debian's say; nothing of the guest's, so that a test has it, too. */
#ifndef WORKLOADS_LINUX_SAID_H
#define WORKLOADS_LINUX_SAID_H

#include <stdbool.h>
#include <stdint.h>

/* cyclictest -v -N, lines "THREAD: NUMBER: NANOSECONDS" among others: their sum, if there are just so many; else false.
 */
bool said_cyclictest(const char *words, unsigned sleeps, uint64_t *ns);

/*
 * The number under such a path of keys, "jobs/read/total_ios", in a JSON document as fio writes it: each key is looked
 * for behind the one before, and a fraction is dropped. False when there is none.
 */
bool said_number(const char *json, const char *path, uint64_t *number);

/* The same of a number of seconds with a fraction, as iperf3 writes it, in nanoseconds; at most a day. */
bool said_seconds(const char *json, const char *path, uint64_t *ns);

#endif
