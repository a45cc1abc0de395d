/*
 * trace_domains.h: where Xen's records come from: from Xen, by the program
 * that is linked with its libraries, or from a file that xentrace or pvbench has saved.
 */
#ifndef RUNNER_TRACE_DOMAINS_H
#define RUNNER_TRACE_DOMAINS_H

#include "collectors/xentrace.h"
#include "runner/command/trace_xen.h"

#include <stdio.h>

struct trace_source {
    struct trace_xen *xen;
    struct xentrace *stream;
    pid_t pid;  /* of the program; 0: it is a file */
    int from;   /* -1: it has ended */
    FILE *save; /* NULL: it is not kept */
    const char *name, *save_path;
};

/* By name or number; -1 too when it does not run. This is Xen's first domain. */
int trace_domains_find(struct trace_guest *guests, size_t *n, const char *const *whose, bool all, struct pvb_error *e);

/* The program runs, and Xen writes records; `save`: where they are kept, too, or NULL. */
int trace_domains_start(struct trace_source *s, struct trace_guest *guest, size_t guests,
                        const struct trace_wants *wants, trace_take *take, void *with, const char *save,
                        struct pvb_error *e);

/* What has come; 1: it has ended. */
int trace_domains_step(struct trace_source *s, struct pvb_error *e);

/* No more records, and the last of them. */
int trace_domains_stop(struct trace_source *s, struct pvb_error *e);

/*
 * A whole file, "-" standard input, of all its domains or those with these numbers, which stand in the single
 * entries as their guests. `hz`: the ticks of a second; 0: not known.
 */
int trace_domains_read(struct trace_source *s, const char *path, double hz, struct trace_guest *guests, size_t *n,
                       const char *const *whose, const struct trace_wants *wants, trace_take *take, void *with,
                       struct pvb_error *e);

void trace_domains_close(struct trace_source *s);

#endif
