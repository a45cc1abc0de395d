/*
 * setting.h: what was measured, in words, as the result says it.
 *
 * A setting owns identity: two numbers may be held against each other only
 * if their settings have one key. It holds names alone, so that what is read from a
 * result and what is about to be booted are compared by the same rule, and nothing has
 * to be started to know what a number is of.
 *
 * The key leaves out what is as usual: "xen/pv@lab" has one guest with the carrier "bare" and one
 * vCPU and no devices. What is not as usual stands between mode and machine: "xen/pv+linux+2vcpus@lab",
 * "kvm/hvm+emulated@lab", "xen/pv+xpti@lab". Guests beside the one that is measured are counted with it, and their load
 * named unless it is to be idle: "xen/pv+32guests@lab", "xen/pv+2guests-compute@lab"; and their weight and their cap
 * where these are not as usual: "xen/pv+4guests-compute-w512-c25@lab".
 */
#ifndef RUNNER_SETTING_H
#define RUNNER_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define SETTING_GUESTS   1   /* at a time, so far */
#define SETTING_KEY_SIZE 160 /* with the closing NUL: of any setting whose names are known */

/* The usual ones. */
#define SETTING_CARRIER       "bare"
#define SETTING_CARRIER_LINUX "linux"
#define SETTING_VCPUS         1
#define SETTING_LOAD          "idle_guest"
#define SETTING_NEIGHBOURS    63 /* at the most */
#define SETTING_NICE          19 /* at the most */
#define SETTING_WEIGHT_MAX    65535

struct guest_setting {
    const char *carrier; /* what travels in it (runner/carrier) */
    const char *mode;    /* "pv", "pvh", "hvm" */
    unsigned vcpus;
    const char *devices; /* the kind of its disk and its network: "pv", "emulated", …; NULL: it has none */
    /* Beside it, on the same processor, each of its mode, with as many vCPUs and devices of the same kind. */
    unsigned neighbours;
    const char *load; /* a workload, which they do until they are ended; NULL: SETTING_LOAD */
    unsigned long load_parameter;
    unsigned load_nice;   /* of the processes that are their virtual machines, by nice(2); 0: as the measured one's */
    unsigned weight, cap; /* of each, in its scheduler's terms: the measured one has what is usual; 0: they, too */
    bool is_neighbour;    /* it is itself one of those: it has a disk of its own, and no card */
    const char *variant;  /* the name that the suite gives to how its hypervisor, or it, was started; NULL: as usual */
    const char *words;    /* more on the command line of a guest that is Linux; NULL: none */
};

/* "": it has no devices. */
static inline const char *guest_devices(const struct guest_setting *g)
{
    return g->devices ? g->devices : "";
}

static inline const char *guest_load(const struct guest_setting *g)
{
    return g->load ? g->load : SETTING_LOAD;
}

/* A kernel, an archive and a command line are booted, where a bare guest is one file. */
static inline bool guest_is_linux(const struct guest_setting *g)
{
    return g->carrier && strcmp(g->carrier, SETTING_CARRIER_LINUX) == 0;
}

/* The strings belong to whoever named them, as a rule to a table that lives as long as pvbench. */
struct setting {
    const char *hypervisor, *machine;
    struct guest_setting guest[SETTING_GUESTS];
    unsigned guests;
};

/* With one guest that is as usual but for its mode. */
struct setting setting_of(const char *hypervisor, const char *mode, const char *machine);

/* "hvm+emulated": a guest's part of the key. Cut where `size` ends. */
void setting_guest_key(const struct guest_setting *g, char *key, size_t size);

/* The same for the same setting, and no other; cut where `size` ends. */
void setting_key(const struct setting *s, char *key, size_t size);

#endif
