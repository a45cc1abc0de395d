/*
 * boot.h: one boot of one guest, from the filled image to the verdict.
 *
 * Where a collector that is to be had here disturbs what it watches, the guest starts twice: first
 * for its costs, then for the counts (collectors/two_starts.h). It is one boot
 * all the same, with one of either.
 *
 * It has a limit (boot_time.h), its output is bounded, captured in a log and handed to
 * the collectors line by line. Several can be under way; whoever owns them
 * waits for boot_fd() and calls boot_step().
 */
#ifndef RUNNER_BOOT_H
#define RUNNER_BOOT_H

#include "runner/machine/machine.h"
#include "runner/session/boot_time.h"
#include "runner/session/neighbours.h"
#include "runner/common/process.h"

#include "collectors/lines.h"
#include "collectors/two_starts.h"

#define BOOT_OUTPUT_MAX (16u << 20)

struct boot {
    struct boot_order order;
    const struct listener *listener;
    struct process process;
    struct lines lines;
    struct observation *seen;
    struct observation *costs; /* of the first start, once the guest has started for the second time */
    struct neighbours *beside; /* the guests beside it, where they are processes of ours; NULL: there are none */
    struct station station;    /* at the other end of the guest's wire; all 0: none */
    json_t *pinned;            /* where its threads are, once there is a vCPU; NULL before */
    char interface[32];        /* at the other end of the guest's wire; "": there is none */
    int wire;                  /* holds it open, so that it can be asked when the guest has ended; -1: nothing */
    int monitor;               /* the other end of QEMU's; 0: none */
    int log;
    bool log_full;
    size_t bytes;
    struct boot_time time;
    enum start start;           /* what the one that is under way is for */
    bool hasty;                 /* a collector waits for what nothing tells */
    bool killed, over, watched; /* watched: the collectors that watch this computer were started */
    enum status status;         /* once over */
    int killer;                 /* the signal by which somebody else ended the emulator; 0: nobody did */
    char reason[PVB_REASON_SIZE + 64];
};

/* NULL with an error when the boot could not even be tried: that is this computer's fault, not the guest's. */
struct boot *boot_start(const struct boot_order *order, struct pvb_error *e);

/* To be polled for input; -1 when only time can tell. */
int boot_fd(const struct boot *b);

/* Reads what there is, minds its time. True once the boot is over, with status and reason. */
bool boot_step(struct boot *b);

/* Ends it if need be, and frees it. */
void boot_free(struct boot *b);

/* It waits for something that no file descriptor tells; boot_step() should come soon. */
bool boot_is_hasty(const struct boot *b);

#endif
