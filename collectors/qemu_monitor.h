/*
 * qemu_monitor.h: asks QEMU by its monitor (QMP) how many requests of a guest's disk it has served, before it is gone.
 *
 * A guest with devices that is done tells QEMU's device pvpanic, and only then ends QEMU. Whoever watches has
 * asked for a pause at that moment, reads the statistics in it and lets the guest go on; where nobody watches, QEMU
 * takes no notice of it, and nothing waits.
 */
#ifndef COLLECTORS_QEMU_MONITOR_H
#define COLLECTORS_QEMU_MONITOR_H

#include "collectors/device_counts.h"

#include <time.h>

#define QEMU_DISK "disk" /* as the disk is called there */

struct qemu_monitor {
    int fd; /* its end is with whoever started QEMU; 0: there is none */
    bool answered, waits;
    time_t since;
    char line[16384]; /* what has come of it */
    size_t used;
};

/* Before QEMU runs: what it is to do when the guest is done. It reads that when it is there. */
void qemu_monitor_begin(struct qemu_monitor *m, int fd);

/* Takes what has come. True: `is_done`, the guest, waits or is about to, and the answer is due. */
bool qemu_monitor_step(struct qemu_monitor *m, bool is_done, struct device_counts *into);

#endif
