/*
 * hypervisor.h: what the runner must know of a hypervisor, and no more.
 *
 * A new one is one new file that fills struct hypervisor, with a struct
 * platform for every machine that it runs on, and one row in hypervisors.c.
 * The runner starts a process whose standard output is lines, hands every
 * line to the collectors by who spoke it, and asks for a verdict at the end.
 *
 * Where the lab boots a whole host (KVM, Xen), the process is that machine:
 * its standard output carries the result of the `pvbench run … --machine
 * host` inside of it, and run() takes the boot out of that. What such
 * platforms share is lab_host.h.
 */
#ifndef RUNNER_HYPERVISOR_H
#define RUNNER_HYPERVISOR_H

#include "collectors/collector.h"
#include "runner/common/error.h"
#include "runner/common/files.h"
#include "runner/common/paths.h"

#include <jansson.h>

enum machine { MACHINE_LAB, MACHINE_HOST, MACHINES };

/* The states of a boot, as the result names them. */
enum status { STATUS_OK, STATUS_SKIPPED, STATUS_ERROR, STATUS_FAILED, STATUS_CRASHED, STATUS_TIMEOUT, STATUSES };

/* What to start for one guest. `argv` is freed by the runner with its strings. */
struct command {
    char **argv;
    bool has_monitor; /* an emulator that answers on descriptor LAB_MONITOR_FD */
};

/*
 * The hypervisor's own file, read and hashed before anything boots. What
 * boots is these bytes: a build that replaces the file during a run must not
 * change what the result says it measured.
 */
struct identity {
    char *path;
    struct blob file;
    char sha256[SHA256_HEX];
    char version[80];      /* for those that do not say it themselves when they start */
    struct lab_host *host; /* for those that the lab boots a host for */
};

/*
 * In the lab a boot's time is a time of the machine's clock, which ticks once an instruction: so many of its
 * seconds are one of the clock's, which is about what an emulator on an idle computer takes.
 */
struct lab_pace {
    unsigned slower;
    unsigned start_s; /* of the clock, at most, until the machine's first word */
    unsigned starts;  /* how often a guest is started there, each for the whole of its time */
};
#define LAB_TICKS_A_SECOND 1000000000ull

/* Of the lab's clock, for a boot that may take `timeout_s`: at least 1. */
unsigned lab_seconds(const struct lab_pace *pace, unsigned timeout_s);

struct boot_order;
struct run_facts;

/* One hypervisor on one machine. A member that may be NULL says so. */
struct platform {
    const struct collector *const *collectors; /* ends with NULL */

    /* Is it to be had? The error says the mend. */
    int (*identify)(struct identity *id, const struct paths *paths, struct pvb_error *e);
    /*
     * `dir` is the boot's own folder with the filled guest in GUEST_FILE, and
     * the process's working folder: names must not depend on where it lies.
     */
    int (*prepare)(struct command *command, const struct boot_order *order, struct pvb_error *e);
    /* Who spoke this line? Cuts the mark of the speaker off. */
    enum speaker (*speaker)(const char **text, size_t *size);
    /* `exit_status` is waitpid's. Only for boots that the runner did not have to kill. */
    enum status (*judge)(const struct observation *o, int exit_status, char *reason, size_t reason_size);
    /* The boot as JSON. NULL, the member or what it returns: it is to be made of the observation. */
    json_t *(*run)(const struct run_facts *facts, const struct observation *o);
    /*
     * What a boot that never came to its guest had to say at last, from the files in
     * its folder; `into` is empty when there is nothing. NULL: its standard error's last line is all.
     */
    void (*last_words)(const char *dir, char *into, size_t size);
    /*
     * A line of standard error that begins so says that the guest stands still for ever, though its process
     * lives. Ends with NULL; NULL: none does.
     */
    const char *const *standstill;
    /* In the lab: how its clock relates to a boot's time. NULL: on a host. */
    const struct lab_pace *lab;
    /* Does the lab boot a whole host for it? */
    bool lab_host;
    /* Does it boot its guests without pvbench starting QEMU? */
    bool without_emulator;
    /* What costs are counted in: "instructions" in the lab. */
    const char *unit;
    /* What the result says of the machine; a new reference. May be NULL. */
    json_t *(*describe_machine)(void);
};

struct hypervisor {
    const char *name, *summary;
    const char *const *modes; /* ends with NULL */
    /* The file of the guest, when it is not guest_image_name()'s. May be NULL. */
    const char *(*image)(const char *mode);
    const struct platform *on[MACHINES]; /* NULL: not on that machine */
};

#define GUEST_FILE "guest.elf"

extern const struct hypervisor *const hypervisors[]; /* ends with NULL */
extern const struct hypervisor hypervisor_minivisor;
extern const struct hypervisor hypervisor_kvm;
extern const struct hypervisor hypervisor_xen;

void identity_free(struct identity *id);

const struct hypervisor *hypervisor_find(const char *name);
bool hypervisor_has_mode(const struct hypervisor *h, const char *mode);
bool mode_known(const char *mode);
const char *machine_name(enum machine machine);
const char *status_name(enum status status);

/* "a, b, c" for the messages that say what is known. */
void hypervisors_list(char *into, size_t size);
void modes_list(char *into, size_t size);

/* The file of the guest for a mode: one image serves hvm and pvh. */
const char *guest_image_name(const struct hypervisor *h, const char *mode);

#endif
