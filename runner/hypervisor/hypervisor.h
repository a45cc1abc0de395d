/*
 * hypervisor.h: what is started and measured, and what the runner must know of it, and no more.
 *
 * A new one is one new file that fills struct hypervisor, and its name in
 * the table below. Where it runs is a machine's business (runner/machine/): on this computer
 * by the hypervisor's own `here`, in the lab by its recipe. Either way a process is started whose
 * standard output is lines; a listener hands every line to the collectors by
 * who spoke it, and gives the verdict at the end.
 */
#ifndef RUNNER_HYPERVISOR_H
#define RUNNER_HYPERVISOR_H

#include "collectors/collector.h"
#include "hypervisor-harness/station/station.h"
#include "runner/carrier/carrier.h"
#include "runner/common/error.h"
#include "runner/common/files.h"
#include "runner/common/paths.h"
#include "runner/common/process.h"
#include "runner/hypervisor/recipe.h"
#include "runner/setting/setting.h"

#include <jansson.h>

/* The states of a boot, as the result names them. */
enum status { STATUS_OK, STATUS_SKIPPED, STATUS_ERROR, STATUS_FAILED, STATUS_CRASHED, STATUS_TIMEOUT, STATUSES };

/* What to start for one guest. `argv` is freed by the runner with its strings, the rest ended with the guest. */
struct launch {
    char **argv;
    bool is_lab;                          /* an emulator that finds its monitor and its clock among its descriptors
                                             (hypervisor-harness/lab/lab.h) */
    int inherited[PROCESS_INHERITED_MAX]; /* descriptors that it is given */
    unsigned inheriteds;
    struct station station;           /* at the other end of the guest's wire; all 0: none */
    char interface[32];               /* its name, ""; the first of what is inherited holds it open */
    int monitor;                      /* the other end of QEMU's, one of the inherited; 0: it has none */
    char no_network[PVB_REASON_SIZE]; /* why there is none, though there should be one; empty: nothing is missing */
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

/* Who hears what a process says that was started for a guest. */
struct listener {
    const struct collector *const *collectors; /* ends with NULL */
    /* Who spoke this line? Cuts the mark of the speaker off. */
    enum speaker (*speaker)(const char **text, size_t *size);
    /* `exit_status` is waitpid's. Only for boots that the runner did not have to kill. */
    enum status (*judge)(const struct observation *o, int exit_status, char *reason, size_t reason_size);
    /*
     * A line of standard error that begins so says that the guest stands still for ever, though its process
     * lives. Ends with NULL; NULL: none does.
     */
    const char *const *standstill;
};

/* On this computer. */
struct here {
    /* Is it to be had? The error says the mend. */
    int (*identify)(struct identity *id, const struct paths *paths, struct pvb_error *e);
    /*
     * The guest lies in GUEST_FILE in the process's working folder, and its disk in DISK_FILE: names must not depend
     * on where that lies.
     */
    int (*prepare)(struct launch *launch, const struct guest_setting *guest, struct pvb_error *e);
    /* Its guests' vCPUs are threads of this kernel, in an emulator that pvbench starts. */
    bool threads;
};

struct hypervisor {
    const char *name, *summary;
    const char *const *modes; /* ends with NULL */
    /* Those in which it boots guests that are Linux; ends with NULL. NULL: in none. */
    const char *const *linux_modes;
    /* The guests with devices that there are, "MODE+KIND"; ends with NULL. NULL: none has any. */
    const char *const *devices;
    const char *const *linux_devices; /* the same of guests that are Linux */
    unsigned vcpus;                   /* that it can give a bare guest; 0: one */
    /* Why a guest of it has no other beside it; NULL: it may have. */
    const char *alone;
    /* Why its scheduler is told no weights and caps; NULL: it is. */
    const char *unweighted;
    /* The file of the guest, when it is not guest_image_name()'s. May be NULL. */
    const char *(*image)(const char *mode);
    /* Of a process that was started for one guest of it alone. */
    struct listener listener;
    const struct here *here;  /* NULL: not on this computer */
    const struct recipe *lab; /* NULL: not in the lab */
    const char *no_entries;   /* why there are none to be counted, whatever counts; NULL: there are */
};

/* The disk of a guest that has devices: a raw image of so many bytes, beside the guest. */
#define DISK_FILE "disk.raw"
#define DISK_SIZE (1u << 20)

/* The image of the guests beside it, with their load; lies there when the setting has some. */
#define NEIGHBOUR_FILE "neighbour"

/* The mend, at the end of each message of a limit that was reached. */
#define TIMEOUT_MEND "--timeout=SECONDS gives it longer"

/* The table of hypervisors: hypervisor_NAME, each in a file of its own, in the order in which lists name them. */
#define HYPERVISORS(ROW) ROW(minivisor) ROW(kvm) ROW(xen) ROW(native)

#define HYPERVISOR_DECLARED(name) extern const struct hypervisor hypervisor_##name;
HYPERVISORS(HYPERVISOR_DECLARED)
extern const struct hypervisor *const hypervisors[]; /* ends with NULL */

const struct hypervisor *hypervisor_find(const char *name);
bool hypervisor_has_mode(const struct hypervisor *h, const char *mode);
/* In its mode, with what it carries. */
bool hypervisor_boots(const struct hypervisor *h, const struct guest_setting *guest);
bool mode_known(const char *mode);
/* The most that it can give such a guest. */
unsigned hypervisor_vcpus(const struct hypervisor *h, const struct guest_setting *guest);

/* Devices are of a kind, such as "pv" and "emulated"; "": none, which every guest can be without. */
bool hypervisor_has_devices(const struct hypervisor *h, const struct guest_setting *guest, const char *kind);
bool devices_known(const char *kind);
void devices_list(char *into, size_t size);
const char *status_name(enum status status);

/* "a, b, c" for the messages that say what is known. */
void hypervisors_list(char *into, size_t size);
void modes_list(char *into, size_t size);

/* The file in the folder of images of what the guest carries. */
const char *guest_file_name(const struct hypervisor *h, const struct guest_setting *guest);

/* The file of the bare guest for a mode: one image serves hvm and pvh. */
const char *guest_image_name(const struct hypervisor *h, const char *mode);

#endif
