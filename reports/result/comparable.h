/*
 * comparable.h: may two measurements stand beside each other? Whoever puts one number against another
 * (compare, history, a ratio of two modes, a figure's common axis, the base that is looked for in a folder)
 * asks here, and is told in words why not.
 *
 * Only what is under test may differ: the hypervisor's build, which on a host with KVM is its kernel. Everything
 * else that moves a number is either the experiment (the machine, the guest, the emulator, the suite) or the
 * definition of the number (its unit and class, what it measures, how many operations it is divided by). What
 * ran before it in its boot is part of a first operation's cost, and on a host in the lab of any other's.
 */
#ifndef REPORTS_COMPARABLE_H
#define REPORTS_COMPARABLE_H

#include "reports/result/result.h"

#define COMPARABLE_WHY 400

struct model;
struct model_cell;

/* The workloads that had run when one began, in its boot: a crash makes a new boot. */
struct comparable_before {
    uint64_t sum; /* of their names, parameters, iterations, in order */
    unsigned workloads;
};

void comparable_before(struct comparable_before *into, const struct result_run *run, const struct result_benchmark *b);

/* In what two experiments differ, each said once. */
struct comparable_reasons {
    char (*text)[COMPARABLE_WHY];
    size_t count;
};

/* Adds in what the boots of a column are another experiment than those of a column of the base. -1: no memory. */
int comparable_columns(const struct model *base, unsigned base_column, const struct model *now, unsigned now_column,
                       struct comparable_reasons *reasons);

/* All columns that both have, and their suites. -1: no memory. */
int comparable_results(const struct model *base, const struct model *now, struct comparable_reasons *reasons);

/* Two settings of one hypervisor or of two: the same work on the same machine, whoever carries it out. -1: no memory.
 */
int comparable_settings(const struct model *base, unsigned base_column, const struct model *now, unsigned now_column,
                        struct comparable_reasons *reasons);

/* A suite is what it runs, in its order, whatever it is called; or it is called the same. */
bool comparable_suites(const struct result *base, const struct result *now);

/* The same column of another result; -1: it has none. */
int comparable_column(const struct model *m, const char *setting);

/* One unit and class, the same thing measured, divided by the same number of operations. */
bool comparable_definitions(const struct result_benchmark *a, const struct result_benchmark *b);

/* The same of two cells with costs, in words. */
bool comparable_costs(const struct model_cell *base, const struct model_cell *now, char *why, size_t size);

/* Entries are counted per operation. */
bool comparable_entries(const struct model_cell *base, const struct model_cell *now, char *why, size_t size);

/* First operations: the unit, and what ran before them. */
bool comparable_colds(const struct model_cell *base, const struct model_cell *now, char *why, size_t size);

/* What depends on how many samples there are (a mean, an extreme): as many, after as many that were not kept. */
bool comparable_samples(const struct model_cell *base, const struct model_cell *now, char *why, size_t size);

/* A steady cost: on a host, what ran before moved its kernel's memory; the minivisor keeps nothing. */
bool comparable_steady(const struct model *m, unsigned column, const struct model_cell *base,
                       const struct model_cell *now, char *why, size_t size);

/* What is under test, where it is another build: "kvm 6.12.0-rc1, was 6.1.0"; false: the same build. */
bool comparable_builds(const struct model *base, unsigned base_column, const struct model *now, unsigned now_column,
                       char *into, size_t size);

#endif
