/*
 * lab_host.h: hypervisors that need a host, in the lab.
 *
 * The lab boots Linux with a file system in memory; in it the very same
 * `pvbench run … --machine host` boots the guest, so that there is one way to such
 * a hypervisor. This part reads the host's files, makes the archive that
 * tells one boot what to do, and takes the boot out of what comes back.
 *
 * The pvbench inside counts the ticks of the host's TSC, which in the lab
 * are instructions; that is the one thing it cannot know.
 */
#ifndef RUNNER_LAB_HOST_H
#define RUNNER_LAB_HOST_H

#include "runner/machine/machine.h"

#include "hypervisor-harness/lab/lab.h"
#include "hypervisor-harness/lab/modules.h"

struct lab_host {
    struct blob archive; /* init, pvbench, the virtual machine monitor and their libraries */
    struct modules modules;
    struct blob kernel;             /* where it is not what is measured, and identity.file therefore something else */
    char kernel_sha256[SHA256_HEX]; /* of that one */
    char sha256[SHA256_HEX];        /* of archive and modules */
    json_t *packages;               /* {name: version} of what the archive was made of, or NULL */
};

/* Reads kernel, modules, archive, and what lies below the kernel. -1 with an error that says the mend. */
int lab_host_identify(struct identity *id, const struct recipe_host *r, const struct paths *paths, struct pvb_error *e);
/* {"sha256", "packages"}: where the host comes from. A new reference. */
json_t *lab_host_provenance(const struct lab_host *host);

void lab_host_free(struct lab_host *host);

/* The files of a boot into its folder, and away again. */
int lab_host_write(const struct boot_order *order, struct pvb_error *e);
void lab_host_clean(const struct boot_order *order);

/* What the machine boots of those files, and how; the texts are as long-lived as `words`. */
struct lab_host_words {
    char initrd[512], arguments[512];
};
void lab_host_machine(struct lab_machine *m, const struct boot_order *order, struct lab_host_words *words);

/* All that the machine says is the host's word; the guest's stays inside. The verdict is on the host; STATUS_OK: there
 * is one on the guest, in the result that it handed out. */
extern const struct listener lab_host_listener, lab_host_listener_below; /* below: with a hypervisor below the kernel */

/* The boot as the pvbench inside wrote it, as struct machine's take(). NULL: that is no result. */
json_t *lab_host_take(const struct boot_order *order, const struct observation *o);

/* Of a machine that did not come to its host; "": it said nothing. */
void lab_host_last_words(const struct recipe_host *r, const char *dir, char *into, size_t size);

#endif
