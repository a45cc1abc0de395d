/*
 * lab_explain.h: in which functions the instructions of an operation are executed, and by which calls they came there:
 * what the plugin of the lab's emulator has counted by address, by the names that images and hosts give.
 */
#ifndef RUNNER_LAB_EXPLAIN_H
#define RUNNER_LAB_EXPLAIN_H

#include "collectors/lab_host_log.h"
#include "runner/machine/machine.h"

#define EXPLAIN_FILE "profile.txt"

/* Which segments of the plugin's are a benchmark's: from `cold` on its first operation's, from `steady` on the
 * others', up to `end`. */
struct explain_segments {
    json_t *bench;
    size_t cold, steady, end;
};

/* Adds "explanation" to a boot as the result has it, or says there why there is none. */
void lab_explain_tell(const struct boot_order *order, const struct observation *o,
                      const struct explain_segments *segments, size_t count, json_t *run);

#endif
