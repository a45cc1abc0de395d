/*
 * suite.h: what a suite file asks for.
 *
 * A suite is written by hand, so it is read strictly: a word that is not
 * known is an error with its place and the words that are, never ignored.
 */
#ifndef RUNNER_SUITE_H
#define RUNNER_SUITE_H

#include "runner/common/error.h"
#include "runner/common/files.h"
#include "runner/host/pinning.h"

#include "collectors/pmu_events.h"

#include <pvbench/params.h>

#include <stdbool.h>

#define SUITE_SCHEMA             "pvbench.suite/1"
#define SUITE_SIZE_MAX           (1u << 20)
#define SUITE_LIST_MAX           16
#define SUITE_REPEATS_MAX        1000
#define SUITE_BLOCKS_MAX         500
#define SUITE_TIMEOUT_MAX        86400
#define SUITE_NAME_SIZE          64
#define SUITE_SUMMARY_SIZE       256
#define SUITE_WORDS_SIZE         128
#define SUITE_DEFAULT_TIMEOUT    60
#define SUITE_DEFAULT_ITERATIONS 1000
#define SUITE_DEFAULT_WARMUP     10

/*
 * How a hypervisor is started in the lab, other than as usual: in place of the words that switch what protects it off.
 * Without words for a hypervisor's own command line the variant is none of it. Or how a guest that is Linux is: by
 * words more on its command line.
 */
struct suite_variant {
    char name[PVB_NAME_SIZE]; /* "": as usual */
    bool is_for_xen, is_for_kernel;
    char xen[SUITE_WORDS_SIZE], kernel[SUITE_WORDS_SIZE]; /* of Xen; of the kernel, where that is the hypervisor */
    char guest[SUITE_WORDS_SIZE];                         /* "": none */
    char only[SUITE_WORDS_SIZE];                          /* "xen/hvm": of these guests alone; "": of all */
};

/* Guests beside the one that is measured: how many, and what they do (setting.h). */
struct suite_guests {
    unsigned neighbours; /* 0: it is alone */
    char load[PVB_NAME_SIZE];
    unsigned long parameter; /* of the load; 0: its default */
    unsigned nice;           /* of KVM alone, whose guests are processes; 0: they are no nicer than the measured one */
    unsigned weight, cap;    /* each one's, of the processor; 0: as usual */
};

struct suite {
    char name[SUITE_NAME_SIZE], description[SUITE_SUMMARY_SIZE];
    char sha256[SHA256_HEX]; /* of the file's bytes */
    char hypervisors[SUITE_LIST_MAX][PVB_NAME_SIZE];
    unsigned hypervisor_count;
    char modes[SUITE_LIST_MAX][PVB_NAME_SIZE];
    unsigned mode_count;
    char carrier[PVB_NAME_SIZE];                 /* of its guests */
    char devices[SUITE_LIST_MAX][PVB_NAME_SIZE]; /* kinds of them; none: guests without devices */
    unsigned device_count;
    unsigned vcpus[SUITE_LIST_MAX]; /* of a guest, in boots of their own; none: one */
    unsigned vcpu_count;
    struct suite_guests guests[SUITE_LIST_MAX]; /* none: each guest alone */
    unsigned guests_count;
    struct suite_variant variant[SUITE_LIST_MAX]; /* none: all as usual */
    unsigned variant_count;
    unsigned repeats, timeout_s;
    bool parts;      /* in the lab: whose the instructions are */
    unsigned blocks; /* on a host; 0: not said */
    struct pinning pin;
    struct pmu_names events;
    struct pvb_param_workload workload[PVB_MAX_WORKLOADS];
    unsigned workload_count;
    struct pvb_param_workload defaults; /* of a workload that says nothing itself */
};

/* The workloads that there are; from the guest images. NULL: any well-formed name is taken. */
struct catalogue {
    const struct pvb_workload_name *name;
    size_t names;
};

/* A workload that the suite does not have, and the images do, comes last, with the suite's usual numbers; any other is
 * left to whoever looks for it in the suite. */
void suite_add(struct suite *s, const char *name, const struct catalogue *known);

int suite_load(struct suite *s, const char *path, const struct catalogue *known, struct pvb_error *e);

/* The bytes at hand; `path` is for the messages. */
int suite_parse(struct suite *s, const char *path, const char *text, size_t size, const struct catalogue *known,
                struct pvb_error *e);

#endif
