/* lab_host.c: the files of one boot of a host in the lab; lab_host.h says why. */
#include "runner/lab/lab_host.h"
#include "common/json_text.h"
#include "runner/lab/lab_kernel.h"
#include "runner/lab/lab_machine.h"

#include "hypervisor-harness/lab/cpio.h"
#include "hypervisor-harness/lab/lab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (1u << 30)
#define KERNEL   LAB_HOST_KERNEL
#define ARCHIVE  LAB_HOST_ARCHIVE
#define INNER_RUN                                                                                                      \
    "/usr/bin/pvbench\nrun\n/work/suite.json\n--machine\nhost\n--repeats\n1\n--pin\nnone\n--no-retry\n-q\n-o\n/work/"  \
    "result\n--keep-logs\n/work/"                                                                                      \
    "logs\n"

/*
 * quiet: its own messages cost port accesses. nokaslr: addresses decide which
 * pages and cache sets are used, and are the same anyway without entropy.
 * mitigations=off: they are of no use where there is no speculation, and an
 * emulated processor without them is what is described. tsc=reliable: no
 * watchdog looks at it now and then; tsc_early_khz, and without the clocks
 * that it would be refined by: a nanosecond of its clock is one tick of the
 * counter, one instruction, and not nearly one. nowatchdog: nor does one look
 * at the processor. panic=-1: ends at once, and -no-reboot makes of it the
 * end of the machine.
 */
#define COMMAND_LINE                                                                                                   \
    "quiet nokaslr mitigations=off tsc=reliable tsc_early_khz=1000000 hpet=disable pmtmr=0 no_timer_check nowatchdog " \
    "panic=-1"

static int read_host_file(struct blob *b, const char *path, const char *target, struct pvb_error *e)
{
    if (blob_read(b, path, FILE_MAX, e) == 0)
        return 0;
    size_t used = strlen(e->text);
    snprintf(e->text + used, sizeof(e->text) - used, "; build it with make %s", target);
    return -1;
}

/* One hash over everything beside the kernel that decides what happens there. */
static void hash_host(struct lab_host *h)
{
    char all[(MODULES_MAX + 1) * SHA256_HEX], one[SHA256_HEX];
    sha256_hex(h->archive.bytes, h->archive.size, one);
    size_t used = (size_t)snprintf(all, sizeof(all), "%s", one);
    for (size_t i = 0; i < h->modules.count; i++) {
        sha256_hex(h->modules.module[i].bytes, h->modules.module[i].size, one);
        used += (size_t)snprintf(all + used, sizeof(all) - used, "%s", one);
    }
    sha256_hex(all, used, h->sha256);
}

/* Lines "NAME VERSION SHA256", written by the build. An archive of the user's making may have none. */
static json_t *read_packages(const char *path)
{
    char line[512], name[128], version[128];
    FILE *f = fopen(path, "re");
    json_t *packages = f ? json_object() : NULL;
    while (f && fgets(line, sizeof(line), f))
        if (sscanf(line, "%127s %127s", name, version) == 2)
            json_object_set_new(packages, name, json_text(version));
    if (f)
        fclose(f);
    return packages;
}

json_t *lab_host_provenance(const struct lab_host *host)
{
    json_t *p = json_pack("{s:s}", "sha256", host->sha256);
    json_object_set(p, "packages", host->packages ? host->packages : json_null());
    return p;
}

int lab_host_identify(struct identity *id, const char *name, const char *const *modules, const struct paths *paths,
                      struct pvb_error *e)
{
    char why[512] = "";
    char *archive = path_of("%s/lab/%s/host.cpio", paths->images, name);
    char *own_modules = path_of("%s/lab/%s/modules", paths->images, name);
    /* Modules are of one kernel: with another, those of the lab would not load. */
    const char *folder = paths->modules ? paths->modules : paths->kernel ? NULL : own_modules;
    id->host = calloc(1, sizeof(*id->host));
    id->path = paths->kernel ? path_of("%s", paths->kernel) : path_of("%s/lab/%s/" KERNEL, paths->images, name);
    int bad = !id->host;
    if (bad)
        pvb_fail(e, "lab: out of memory");
    bad = bad || (paths->kernel ? blob_read(&id->file, id->path, FILE_MAX, e)
                                : read_host_file(&id->file, id->path, "lab-hosts", e));
    bad = bad || (paths->kernel && lab_kernel_check(&id->file, id->path, e));
    bad = bad || read_host_file(&id->host->archive, archive, "lab-hosts", e);
    if (!bad && folder && modules_load(&id->host->modules, folder, modules, why, sizeof(why)))
        bad = pvb_fail(e, "%s", why);
    if (!bad && paths->modules && !id->host->modules.count)
        bad = pvb_fail(e, "--modules %s: holds none of the modules that %s needs; leave it out if they are built in",
                       paths->modules, name);
    free(archive);
    free(own_modules);
    if (bad)
        return -1;
    char *packages = path_of("%s/lab/%s/packages", paths->images, name);
    id->host->packages = read_packages(packages);
    free(packages);
    hash_host(id->host);
    sha256_hex(id->file.bytes, id->file.size, id->sha256);
    return 0;
}

void lab_host_free(struct lab_host *host)
{
    if (!host)
        return;
    blob_free(&host->archive);
    blob_free(&host->kernel);
    modules_free(&host->modules);
    json_decref(host->packages);
    free(host);
}

/* The plan of the one boot, as any suite. */
static char *suite_text(const struct boot_order *order)
{
    json_t *workloads = json_array();
    for (unsigned i = 0; i < order->workloads; i++) {
        const struct pvb_param_workload *w = &order->workload[i];
        json_array_append_new(workloads,
                              json_pack("{s:s, s:i, s:i, s:I}", "name", w->name, "iterations", (int)w->iterations,
                                        "warmup", (int)w->warmup, "parameter", (json_int_t)w->parameter));
    }
    unsigned timeout = lab_seconds(order->platform->lab, order->timeout_s);
    json_t *suite = json_pack("{s:s, s:s, s:[s], s:[s], s:i, s:i, s:o}", "schema", "pvbench.suite/1", "name", "lab",
                              "hypervisors", order->hypervisor->name, "modes", order->mode, "repeats", 1, "timeout_s",
                              (int)timeout, "workloads", workloads);
    json_t *events = json_array();
    for (unsigned i = 0; order->events && i < order->events->count; i++)
        json_array_append_new(events, json_text(order->events->name[i]));
    if (suite && json_array_size(events))
        json_object_set(suite, "events", events);
    json_decref(events);
    char *text = suite ? json_dumps(suite, JSON_COMPACT) : NULL;
    json_decref(suite);
    return text;
}

static int put_text(struct cpio *c, const char *name, const char *text)
{
    return cpio_file(c, name, 0, text, strlen(text));
}

static int put_modules(struct cpio *c, const struct modules *m)
{
    char list[MODULES_MAX * 96] = "", path[96];
    for (size_t i = 0; i < m->count; i++) {
        snprintf(path, sizeof(path), "work/%s.ko", m->module[i].name);
        if (cpio_file(c, path, 0, m->module[i].bytes, m->module[i].size))
            return -1;
        size_t used = strlen(list);
        snprintf(list + used, sizeof(list) - used, "/%s\n", path);
    }
    return put_text(c, "work/modules", list);
}

/* What this boot adds to the host's archive. */
static int put_work(struct cpio *c, const struct boot_order *order, const char *suite, const char *before)
{
    char name[64], workloads[SHA256_HEX + 1], arguments[sizeof(INNER_RUN) + 64];
    snprintf(arguments, sizeof(arguments), "%s%s", before, INNER_RUN);
    snprintf(name, sizeof(name), "work/%s", guest_image_name(order->hypervisor, order->mode));
    snprintf(workloads, sizeof(workloads), "%s\n", order->workloads_sha256);
    return cpio_folder(c, "work") || put_modules(c, &order->identity->host->modules) ||
                   cpio_file(c, name, 0, order->image->file.bytes, order->image->file.size) ||
                   put_text(c, "work/workloads.sha256", workloads) || put_text(c, "work/suite.json", suite) ||
                   put_text(c, "work/arguments", arguments) || cpio_end(c)
               ? -1
               : 0;
}

int lab_host_write_archive(const struct boot_order *order, const char *before, struct pvb_error *e)
{
    const struct blob *archive = &order->identity->host->archive;
    char *path = path_of("%s/" ARCHIVE, order->dir), *suite = suite_text(order);
    FILE *out = fopen(path, "wbe");
    struct cpio c;
    int bad = !out || !suite || fwrite(archive->bytes, 1, archive->size, out) != archive->size;
    if (!bad) {
        cpio_begin(&c, out);
        bad = put_work(&c, order, suite, before);
    }
    int saved = errno;
    if (out && fclose(out) && !bad) {
        bad = 1;
        saved = errno;
    }
    if (bad)
        pvb_fail(e, "%s: cannot be written: %s", path, strerror(saved));
    free(path);
    free(suite);
    return bad ? -1 : 0;
}

/* A hundred megabytes that say nothing of what happened. */
void lab_host_clean(const char *dir)
{
    static const char *const names[] = {KERNEL, ARCHIVE, "xen"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char *path = path_of("%s/%s", dir, names[i]);
        unlink(path);
        free(path);
    }
}

int lab_host_prepare(struct command *command, const struct boot_order *order, struct pvb_error *e)
{
    char *kernel = path_of("%s/" KERNEL, order->dir);
    int bad = write_new_file(kernel, order->identity->file.bytes, order->identity->file.size, e);
    free(kernel);
    if (bad || lab_host_write_archive(order, "", e))
        return -1;
    const struct lab_machine machine = {
        .memory_mib = LAB_HOST_MEMORY_MIB,
        .kernel = KERNEL,
        .append = COMMAND_LINE,
        .initrd = ARCHIVE,
    };
    return lab_prepare(command, &machine, e);
}

json_t *lab_host_describe(void)
{
    return json_pack("{s:s, s:s, s:i}", "cpu", LAB_CPU, "clock", "one tick an instruction", "memory_mib",
                     LAB_HOST_MEMORY_MIB);
}
