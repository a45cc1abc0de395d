/*
 * environment_facts.h: one function a fact of environment.c's table: where
 * Linux says it. Each returns a new reference, or NULL when this computer
 * does not say. `root` goes before every path.
 */
#ifndef RUNNER_ENVIRONMENT_FACTS_H
#define RUNNER_ENVIRONMENT_FACTS_H

#include <jansson.h>

json_t *fact_governor(const char *root);    /* "performance"; where processors differ, all words */
json_t *fact_boost(const char *root);       /* true: clock speeds above the nominal one are allowed */
json_t *fact_smt(const char *root);         /* "on", "off", "notsupported", … */
json_t *fact_c_states(const char *root);    /* names of those that are not disabled */
json_t *fact_mitigations(const char *root); /* {"mitigated", "vulnerable", "not_affected"}: how many of the faults */
json_t *fact_microcode(const char *root);   /* "0x…"; where processors differ, all */
json_t *fact_cpus_online(const char *root); /* a CPU list, as the next */
json_t *fact_isolated(const char *root);
json_t *fact_numa_nodes(const char *root);     /* how many */
json_t *fact_numa_balancing(const char *root); /* 0: off */
json_t *fact_hugepages(const char *root);      /* "always", "madvise", "never" */
json_t *fact_clock_source(const char *root);
json_t *fact_hypervisor(const char *root); /* what this computer is a guest of, "unknown" if it does not say; "none" */
json_t *fact_nested(const char *root);     /* true: KVM's guests may have guests */
json_t *fact_nested_paging(const char *root); /* true: KVM leaves the second walk of page tables to the processor */
json_t *fact_kvm(const char *root); /* {"kvm.halt_poll_ns": "200000", "kvm_amd.npt": "Y", …}: its modules' parameters */
json_t *fact_kernel_words(const char *root); /* its command line, less what only says where its disk is */
json_t *fact_nmi_watchdog(const char *root);
json_t *fact_load(const char *root);      /* of the last minute */
json_t *fact_steal(const char *root);     /* seconds of all processors since the start */
json_t *fact_throttled(const char *root); /* how often, since the start, all cores together */

#endif
