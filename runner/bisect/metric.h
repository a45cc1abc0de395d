/*
 * metric.h: one number of a result, by name: "xen/pv/pte_update.cost". In the lab it is exact, so that two builds are
 * told apart by it without threshold and repeats.
 */
#ifndef RUNNER_METRIC_H
#define RUNNER_METRIC_H

#include "runner/common/error.h"
#include "runner/setting/setting.h"

#include <jansson.h>

struct metric {
    char hypervisor[64], mode[64], devices[64]; /* devices: "" when it has none */
    char workload[64];
    json_int_t parameter; /* 0: the workload has none */
    char field[32];
    char key[SETTING_KEY_SIZE]; /* of its setting in the lab */
};

#define METRIC_FIELDS "cost, mean, cold, entries, hypercall, forward, emulate or exit"

/* HYPERVISOR/MODE[+DEVICES]/WORKLOAD[/PARAMETER].FIELD */
int metric_read(struct metric *m, const char *text, struct pvb_error *e);

/* Its value in a result; -1: the error says what the result has in its place. */
int metric_value(const struct metric *m, const json_t *result, double *value, struct pvb_error *e);

#endif
