/*
 * params.h: how the runner tells a guest image what to run.
 *
 * A Xen HVM guest gets no command line, so the parameters travel inside the
 * image: the runner copies the ELF file, finds the section
 * ".pvbench.params" by its name, checks the magic and fills the structure.
 * The workloads' own objects are not touched by that. Little-endian; an
 * image with count 0 has not been filled and runs nothing but says so.
 */
#ifndef PVBENCH_PARAMS_H
#define PVBENCH_PARAMS_H

#include <stdint.h>

#define PVB_PARAMS_SECTION ".pvbench.params"
#define PVB_PARAMS_MAGIC   "pvbench-params" /* 14 characters and two NULs */
#define PVB_PARAMS_ABI     1

#define PVB_MAX_WORKLOADS  64
#define PVB_NAME_SIZE      32     /* with the closing NUL */
#define PVB_MAX_ITERATIONS 262144 /* what the guest's sample buffer holds */

struct pvb_param_workload {
    char name[PVB_NAME_SIZE]; /* NUL-terminated, [a-z0-9_] */
    uint32_t iterations;      /* 1..PVB_MAX_ITERATIONS */
    uint32_t warmup;          /* iterations between the cold one and the measured ones */
    uint64_t parameter;       /* meaning given by the workload; 0: its default */
};

/* flags */
#define PVB_PARAM_IN_ORDER         1u /* samples in order of time, not sorted */
#define PVB_PARAM_DEVICES_PV       2u /* it has paravirtual devices */
#define PVB_PARAM_DEVICES_EMULATED 4u /* it has emulated ones */
#define PVB_PARAM_VCPUS_SHIFT      8  /* eight bits: how many vCPUs it has; 0: one */
#define PVB_PARAM_VCPUS(flags)     ((flags) >> PVB_PARAM_VCPUS_SHIFT & 0xff)
#define PVB_VCPUS_MAX              16
#define PVB_PARAM_NEIGHBOUR        8u /* nothing is measured: the first workload is a load, until the guest is ended */

struct pvb_params {
    char magic[16];
    uint32_t abi;   /* PVB_PARAMS_ABI */
    uint32_t size;  /* sizeof(struct pvb_params) */
    uint32_t flags; /* PVB_PARAM_* */
    uint32_t count; /* workloads that follow, 0..PVB_MAX_WORKLOADS */
    struct pvb_param_workload workloads[PVB_MAX_WORKLOADS];
};

/*
 * Section ".pvbench.places": addresses by which whoever sees the guest's instructions (the lab's plugin) knows where
 * it is. Absent in images that nobody is to watch.
 */
#define PVB_PLACES_SECTION ".pvbench.places"

/* Of the guest's user mode: one slot of its L4. */
#define PVB_USER_START (1ul << 39)
#define PVB_USER_END   (2ul << 39)

/* Of a guest that is Linux, `image` is what of its program reads the time stamps of samples. */
struct pvb_places {
    uint64_t image_start, image_end, user_start, user_end; /* the ends are behind */
    uint64_t begin;                                        /* of the workloads */
    uint64_t mark;                                         /* is set there */
};

/*
 * Section ".pvbench.done": in it a guest that is a neighbour counts how often it has done its load. Whoever ends it
 * reads that in its memory: nothing that it would print could be at no cost of the measured one's.
 */
#define PVB_DONE_SECTION ".pvbench.done"
#define PVB_DONE_MAGIC   "pvbench-done" /* 12 characters and NULs */

struct pvb_done {
    char magic[16];
    uint64_t times;
};

/*
 * Section ".pvbench.names": an array of these, one for every workload that
 * the image holds, so that the runner can list and check names without
 * booting anything.
 */
#define PVB_NAMES_SECTION  ".pvbench.names"
#define PVB_SUMMARY_SIZE   80
#define PVB_SUBSYSTEM_SIZE 15

struct pvb_workload_name {
    char name[PVB_NAME_SIZE];
    char summary[PVB_SUMMARY_SIZE];
    char subsystem[PVB_SUBSYSTEM_SIZE]; /* what part of a system it exercises: "memory", "traps"; "": none */
    uint8_t needs;                      /* beside the image: PVB_NEEDS_* */
};

#define PVB_NEEDS_PROGRAMS 1u /* Debian's own, in an archive that travels with those alone that want it */

_Static_assert(sizeof(struct pvb_workload_name) == 128, "ABI of the name section");
_Static_assert(sizeof(struct pvb_done) == 24, "ABI of the section of what is done");
_Static_assert(sizeof(struct pvb_places) == 48, "ABI of the section of places");
_Static_assert(sizeof(struct pvb_param_workload) == 48, "ABI of the parameter section");
_Static_assert(sizeof(struct pvb_params) == 32 + 48 * PVB_MAX_WORKLOADS, "ABI of the parameter section");

#endif
