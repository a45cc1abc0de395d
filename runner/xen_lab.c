/* xen_lab.c: the files and the machine of one boot of Xen in the lab. */
#include "runner/xen_lab.h"

#include "hypervisor-harness/lab/lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XEN        "xen"
#define FILE_MAX   (1u << 28)
#define MEMORY_MIB 1024

/* A device model's round trips take long inside too, and the guest runs twice. */
#define SLOWER 2

/*
 * SMAP and SMEP off: the emulator faults Xen's own accesses to a PV
 * guest's frames. MONITOR off: it offers the feature and not the instruction.
 */
#define CPU "EPYC,+svm,+npt,-smap,-smep,-monitor,-rdrand,-rdseed"

/*
 * Xen's words, and through it those of the kernel, are kept beside the
 * boot's log. bootscrub would only cost time; spec-ctrl: as mitigations=off.
 */
#define XEN_ARGUMENTS "com1=115200,8n1 console=com1 dom0_mem=512M,max:512M bootscrub=0 spec-ctrl=no"
/* The first domain's; its reasons are those in lab_host.c. rodata=off saves a walk over all page tables. */
#define KERNEL_ARGUMENTS "console=hvc0 quiet nokaslr rodata=off mitigations=off panic=-1"

static const char *const modules[] = {"xen_evtchn", "xen_privcmd", "xen_gntdev", "xen_gntalloc", "xenfs", NULL};

/* What is measured is Xen, so its hash is the identity's; the kernel goes to the host's other files. */
int xen_lab_identify(struct identity *id, const struct paths *paths, struct pvb_error *e)
{
    if (lab_host_identify(id, "xen", modules, paths, e))
        return -1;
    id->host->kernel = id->file;
    id->file = (struct blob){0};
    free(id->path);
    id->path = path_of("%s/lab/xen/" XEN, paths->images);
    if (blob_read(&id->file, id->path, FILE_MAX, e)) {
        size_t used = strlen(e->text);
        snprintf(e->text + used, sizeof(e->text) - used, "; build it with make lab-hosts");
        return -1;
    }
    sha256_hex(id->file.bytes, id->file.size, id->sha256);
    return 0;
}

static int write_file(const char *dir, const char *name, const struct blob *b, struct pvb_error *e)
{
    char *path = path_of("%s/%s", dir, name);
    int bad = write_new_file(path, b->bytes, b->size, e);
    free(path);
    return bad;
}

int xen_lab_prepare(struct command *command, const struct boot_order *order, struct pvb_error *e)
{
    const struct identity *id = order->identity;
    if (write_file(order->dir, XEN, &id->file, e) || write_file(order->dir, LAB_HOST_KERNEL, &id->host->kernel, e) ||
        lab_host_write_archive(order, "/usr/bin/xen-services\n", SLOWER, e))
        return -1;
    const struct lab_machine machine = {
        .memory_mib = MEMORY_MIB,
        .kernel = XEN,
        .append = XEN_ARGUMENTS,
        .initrd = LAB_HOST_KERNEL " " KERNEL_ARGUMENTS "," LAB_HOST_ARCHIVE,
        .cpu = CPU,
        .serial = "xen.log",
    };
    command->argv = lab_command(&machine);
    return command->argv ? 0 : pvb_fail(e, "lab: out of memory");
}

/* As any host's, but for the version: that of Xen, which the pvbench inside knows, not the kernel's. */
json_t *xen_lab_run(const struct run_facts *facts, const struct observation *o)
{
    json_t *result = lab_host_run(facts, o);
    json_t *document = json_loadb(o->host.result, o->host.result_size, 0, NULL);
    json_t *inner = json_object_get(json_array_get(json_object_get(document, "runs"), 0), "hypervisor");
    json_t *version = json_object_get(inner, "version");
    if (result && json_is_string(version))
        json_object_set(json_object_get(result, "hypervisor"), "version", version);
    json_decref(document);
    return result;
}

static void host_line(struct observation *o, const char *text, size_t size, bool cut)
{
    lab_host_log_collector.line(o, text, size, cut);
}

const struct collector xen_lab_log_collector = {
    .name = "lab host log",
    .listens_to = SPEAKER_NOBODY,
    .line = host_line,
};

json_t *xen_lab_describe(void)
{
    return json_pack("{s:s, s:s, s:i}", "cpu", CPU, "clock", "one tick an instruction", "memory_mib", MEMORY_MIB);
}
