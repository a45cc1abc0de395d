/*
 * perfc_opinion.h: Xen's performance counters (CONFIG_PERF_COUNTERS) as a second
 * opinion on what its trace says.
 *
 * The counters are of all domains together, and there is no instant at which
 * both they and the trace begin. So they are read four times: before the trace
 * is switched on and after it, before it is switched off and after. What is traced
 * must be at least what was counted between the inner readings and at most
 * what was counted between the outer ones; what lies between are the few calls of the
 * reading itself.
 */
#ifndef XEN_DOMAIN_PERFC_OPINION_H
#define XEN_DOMAIN_PERFC_OPINION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define XEN_COUNTS_CALLS 64u  /* hypercalls by number */
#define XEN_COUNTS_EXITS 512u /* exits by the number of their counter */

#define XEN_PERFC_DIFFERENCES 8 /* told at most */

/* Entries of all domains on all traced processors. */
struct xen_counts {
    uint32_t call[XEN_COUNTS_CALLS], exit[XEN_COUNTS_EXITS], sub_calls, page_table_writes;
    bool has_exits; /* Xen was built with HVM */
};

/* The counter of an exit (Xen, asm/perfc_defn.h): from SVM's 0x400 on they are moved down. Out of range: not counted.
 */
unsigned xen_counts_exit(uint32_t code);

/* A counter as xc_perfc_query() has it (xen/sysctl.h, struct xen_sysctl_perfc_desc). */
struct xen_perfc_counter {
    char name[80];
    uint32_t values;
};

/* -1 with the reason in `why` when a counter is missing, or there are fewer values than the counters say. */
int xen_perfc_decode(struct xen_counts *c, const struct xen_perfc_counter *counter, size_t counters,
                     const uint32_t *value, size_t values, char *why, size_t why_size);

struct xen_perfc_readings {
    struct xen_counts before, on, off, after;
};

/*
 * The lines "M opinion …" of pvbench/log.h. `unfinished`: the number of the
 * hypercall in which the domain ended, which is traced and never counted. False
 * when they differ, with the first difference in `why`.
 */
bool xen_perfc_compare(const struct xen_perfc_readings *r, const struct xen_counts *traced, unsigned unfinished,
                       FILE *out, char *why, size_t why_size);

#endif
