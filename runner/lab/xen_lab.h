/*
 * xen_lab.h: Xen's host in the lab: lab_host.h with the hypervisor below the kernel.
 */
#ifndef RUNNER_XEN_LAB_H
#define RUNNER_XEN_LAB_H

#include "runner/lab/lab_host.h"

int xen_lab_identify(struct identity *id, const struct paths *paths, struct pvb_error *e);
int xen_lab_prepare(struct command *command, const struct boot_order *order, struct pvb_error *e);
enum status xen_lab_judge(const struct observation *o, int exit_status, char *reason, size_t size);
json_t *xen_lab_run(const struct run_facts *facts, const struct observation *o);
json_t *xen_lab_describe(void);
void xen_lab_last_words(const char *dir, char *into, size_t size);

#endif
