/* xen_lab.c: the files and the machine of one boot of Xen in the lab. */
#include "runner/lab/xen_lab.h"
#include "runner/lab/lab_machine.h"
#include "runner/lab/xen_image.h"

#include "collectors/lab_host_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XEN        "xen"
#define SERIAL     "xen.log"
#define MEMORY_MIB 1024

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
    memcpy(id->host->kernel_sha256, id->sha256, sizeof(id->sha256));
    id->file = (struct blob){0};
    free(id->path);
    id->path = paths->xen ? path_of("%s", paths->xen) : path_of("%s/lab/xen/" XEN, paths->images);
    if (xen_image_read(&id->file, id->path, id->sha256, e) == 0)
        return 0;
    size_t used = strlen(e->text);
    if (!paths->xen)
        snprintf(e->text + used, sizeof(e->text) - used, "; build it with make lab-hosts");
    return -1;
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
        lab_host_write_archive(order, "/usr/bin/xen-services\n", e))
        return -1;
    const struct lab_machine machine = {
        .memory_mib = MEMORY_MIB,
        .kernel = XEN,
        .append = XEN_ARGUMENTS,
        .initrd = LAB_HOST_KERNEL " " KERNEL_ARGUMENTS "," LAB_HOST_ARCHIVE,
        .cpu = CPU,
        .serial = SERIAL,
    };
    return lab_prepare(command, &machine, e);
}

/* As any host's, but for the version: that of Xen, which the pvbench inside knows; the kernel's is the machine's. */
json_t *xen_lab_run(const struct run_facts *facts, const struct observation *o)
{
    json_t *result = lab_host_run(facts, o);
    const struct host_words *h = lab_host_words(o);
    json_t *document = json_loadb(h->result, h->result_size, 0, NULL);
    json_t *inner = json_object_get(json_array_get(json_object_get(document, "runs"), 0), "hypervisor");
    json_t *version = json_object_get(inner, "version");
    if (result && json_is_string(version))
        json_object_set(json_object_get(result, "hypervisor"), "version", version);
    if (result)
        json_object_set_new(
            json_object_get(result, machine_name(facts->unit->machine)), "kernel",
            json_pack("{s:s, s:s}", "version", o->hypervisor_version, "sha256", facts->identity->host->kernel_sha256));
    json_decref(document);
    return result;
}

enum status xen_lab_judge(const struct observation *o, int exit_status, char *reason, size_t size)
{
    if (o->hypervisor_started)
        return lab_host_judge(o, exit_status, reason, size);
    snprintf(reason, size, "Xen, or its first domain, did not start");
    return STATUS_ERROR;
}

json_t *xen_lab_describe(void)
{
    return json_pack("{s:s, s:s, s:i}", "cpu", CPU, "clock", "one tick an instruction", "memory_mib", MEMORY_MIB);
}

/* Without the mark and the time that Xen and Linux put in front. */
static const char *words_of(char *line)
{
    line[strcspn(line, "\r\n")] = 0;
    const char *text = strncmp(line, "(XEN)", 5) == 0 ? line + 5 : line;
    text += strspn(text, " ");
    if (*text == '[' && strchr(text, ']'))
        text = strchr(text, ']') + 1;
    return text + strspn(text, " *");
}

/*
 * The first word of a panic counts: of Xen's, the line after its heading, or
 * the first domain's. Else the last line that there is.
 */
void xen_lab_last_words(const char *dir, char *into, size_t size)
{
    char *path = path_of("%s/" SERIAL, dir), line[400];
    into[0] = 0;
    bool heading = false, panic = false;
    FILE *f = fopen(path, "re");
    while (f && !panic && fgets(line, sizeof(line), f)) {
        const char *text = words_of(line);
        panic = *text && (heading || strncmp(text, "Kernel panic", 12) == 0);
        heading = strncmp(text, "Panic on CPU", 12) == 0;
        if (*text && !heading)
            snprintf(into, size, "%s%s", panic && text[0] != 'K' ? "Xen panicked: " : "", text);
    }
    if (f)
        fclose(f);
    free(path);
    if (!into[0])
        snprintf(into, size, "its console said nothing");
}
