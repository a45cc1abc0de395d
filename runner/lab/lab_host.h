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

#include "runner/session/boot.h"
#include "runner/document/run_json.h"

#include "hypervisor-harness/lab/modules.h"

struct lab_host {
    struct blob archive; /* init, pvbench, the virtual machine monitor and their libraries */
    struct modules modules;
    struct blob kernel;             /* where it is not what is measured, and identity.file therefore something else */
    char kernel_sha256[SHA256_HEX]; /* of that one */
    char sha256[SHA256_HEX];        /* of both */
    json_t *packages;               /* {name: version} of what the archive was made of, or NULL */
};

/*
 * Reads kernel, modules and archive of the host called `name`. `modules`
 * are those that the hypervisor wants, ended by NULL.
 */
int lab_host_identify(struct identity *id, const char *name, const char *const *modules, const struct paths *paths,
                      struct pvb_error *e);
/* {"sha256", "packages"}: where the host comes from. A new reference. */
json_t *lab_host_provenance(const struct lab_host *host);

void lab_host_free(struct lab_host *host);

/* Takes the large files of a boot that is over away. */
void lab_host_clean(const char *dir);

/* The names of the files of a boot in its folder. */
#define LAB_HOST_KERNEL  "vmlinux"
#define LAB_HOST_ARCHIVE "initramfs"

/* Writes the archive. `before`: lines of arguments before the pvbench inside, each with its newline. */
int lab_host_write_archive(const struct boot_order *order, const char *before, struct pvb_error *e);

int lab_host_prepare(struct command *command, const struct boot_order *order, struct pvb_error *e);

/* All that the machine says is the host's word; the guest's stays inside. */
extern const struct collector *const lab_host_collectors[];
enum speaker lab_host_speaker(const char **text, size_t *size);

/* Verdict on the host; that on the guest is in the run. STATUS_OK: there is one. */
enum status lab_host_judge(const struct observation *o, int exit_status, char *reason, size_t size);

/* The boot as the pvbench inside wrote it, with the lab's facts; NULL when it is none. */
json_t *lab_host_run(const struct run_facts *facts, const struct observation *o);

json_t *lab_host_describe(void);

#define LAB_HOST_MEMORY_MIB 320

#endif
