/*
 * session.h: carries a plan out.
 *
 * Up to `jobs` boots are under way at once, in one thread: they share
 * nothing but the journal. A unit whose boot lost a workload is booted again
 * with the rest.
 */
#ifndef RUNNER_SESSION_H
#define RUNNER_SESSION_H

#include "runner/session/boot.h"
#include "runner/session/journal.h"
#include "runner/plan/materials.h"
#include "runner/session/progress.h"

#include <signal.h>

#define SESSION_TRIES 3 /* of a boot whose emulator is killed by somebody else */

struct session {
    const struct plan *plan;
    const struct materials *materials;
    struct journal *journal; /* NULL: none is kept */
    struct progress *progress;
    const char *work_dir;
    unsigned jobs;
    bool no_retry;      /* what a boot lost stays lost */
    json_t *runs;       /* for each unit an array of runs */
    json_t *seconds;    /* for each setting those of each of its boots that came to an end */
    unsigned abandoned; /* units whose emulator was killed again and again, and by which signal */
    int killer;
};

int session_open(struct session *s, const struct plan *plan, const struct materials *materials);

/* 0: done; 1: a signal came, and what was under way is lost; -1: an error of this computer. */
int session_run(struct session *s, struct pvb_error *e);

/* The result's `runs`: in the plan's order, boots numbered; what is missing is skipped with `reason`. */
json_t *session_result(const struct session *s, const char *reason);

/* {setting: the mean seconds of a boot}, of those that were booted now; NULL: none was. A new reference. */
json_t *session_boot_seconds(const struct session *s);

/* For each of session_result()'s runs the place of its unit in the whole plan. A new reference. */
json_t *session_places(const struct session *s);

void session_close(struct session *s);

/* SIGINT, SIGTERM and SIGHUP are noted here, and stop a session; those that pvbench was started with as ignored do not.
 */
void session_catch_signals(void);
extern volatile sig_atomic_t session_signal;

#endif
