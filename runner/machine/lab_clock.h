/*
 * lab_clock.h: how far an emulated machine has come, in instructions.
 *
 * A limit in seconds would strike earlier on a busy computer. The emulator
 * counts what it has carried out and tells it on its monitor (QEMU's QMP
 * reference: query-replay); asking changes nothing inside (tests/lab/loaded).
 */
#ifndef RUNNER_LAB_CLOCK_H
#define RUNNER_LAB_CLOCK_H

#include "runner/common/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_clock {
    int monitor;           /* our end of the connection; -1: none */
    uint64_t instructions; /* as of the newest answer; 0 before the first */
    bool asked;            /* a question waits for its answer */
    char line[1024];       /* of an answer, as far as it has come */
    size_t used;
};

/* *emulators is the other end, to be given to the emulator and closed by the caller. -1 with an error. */
int lab_clock_open(struct lab_clock *c, int *emulators, struct pvb_error *e);

/*
 * Takes in what was answered, and asks again. Never waits. True when the machine has moved on since the
 * last answer.
 */
bool lab_clock_look(struct lab_clock *c);

void lab_clock_close(struct lab_clock *c);

#endif
