/*
 * recipe.h: how the lab boots a hypervisor, as data.
 *
 * The lab's machine boots either what is measured itself, with the guest as its
 * initial ramdisk, or a whole host of Linux, in which the very same
 * `pvbench run … --machine host` boots the guest. A hypervisor fills one of the
 * two in; all the work is the lab's (runner/machine/).
 */
#ifndef RUNNER_RECIPE_H
#define RUNNER_RECIPE_H

#include "runner/common/files.h"

#include <jansson.h>

/*
 * In the lab a boot's time is a time of the machine's clock, which ticks once an instruction: so many of its
 * seconds are one of the clock's, which is about what an emulator on an idle computer takes.
 */
struct lab_pace {
    unsigned slower;
    unsigned start_s; /* of the clock, at most, until the machine's first word */
    unsigned starts;  /* how often a guest is started there, each for the whole of its time */
};

/* A hypervisor that lies below the host's kernel, in a file of its own. */
struct recipe_below {
    const char *file; /* in the host's folder, and for the machine */
    /*
     * Reads `path` into `b`, and checks that the lab can start it; `sha256` is that of the file as it is. -1
     * with an error.
     */
    int (*read)(struct blob *b, const char *path, char sha256[SHA256_HEX], struct pvb_error *e);
    const char *arguments;
    const char *unprotected; /* of its arguments the words that switch what protects it off */
    /* What it says of what protects it, of that log: {what: how}, a new reference. */
    json_t *(*protections)(const char *log);
    const char *log; /* what its serial port said, in the boot's folder */
    /* What a machine that never came to its guest said at last, of that log; never empty. */
    void (*last_words)(const char *log, char *into, size_t size);
};

struct recipe_host {
    const char *name;                 /* its folder below build/lab */
    const char *const *modules;       /* of its kernel, in order; ends with NULL */
    bool is_measured;                 /* kernel and modules are the hypervisor */
    const char *before;               /* what runs before the pvbench inside, each word with its newline */
    const char *arguments;            /* the kernel's */
    const char *unprotected;          /* of these the words that switch what protects it off */
    const struct recipe_below *below; /* NULL: the kernel is what the machine boots */
};

struct recipe {
    struct lab_pace pace;
    unsigned memory_mib, linux_memory_mib; /* the second: for guests that are Linux */
    unsigned neighbour_mib;                /* more for each guest beside the measured one */
    const char *machine;                   /* QEMU's; NULL: LAB_MACHINE */
    const char *cpu;                       /* NULL: LAB_CPU */
    const char *boot;                      /* what the firmware does before it boots (QEMU's -boot); NULL: nothing */
    /*
     * Boots directly: the file in the folder of images, and its arguments, behind which the limit is added. NULL:
     * there is none, and the machine boots the guest.
     */
    const char *kernel, *arguments;
    const char *layout;             /* of what is in the machine, as the lab's plugin names it */
    const char *serial;             /* a file for the machine's serial port; NULL: it has none */
    const struct recipe_host *host; /* in their place */
};

#endif
