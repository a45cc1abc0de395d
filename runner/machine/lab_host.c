/* lab_host.c: the files of one boot of a host in the lab; lab_host.h says why. */
#include "runner/machine/lab_host.h"
#include "common/json_text.h"
#include "runner/machine/lab_kernel.h"
#include "runner/machine/lab_pace.h"

#include "collectors/pmu_events.h"
#include "hypervisor-harness/lab/cpio.h"
#include "hypervisor-harness/lab/lab.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX (1u << 30)
/* The names of the files of a boot in its folder. */
#define KERNEL  "vmlinux"
#define ARCHIVE "initramfs"
#define INNER_RUN                                                                                                      \
    "/usr/bin/pvbench\nrun\n/work/suite.json\n--machine\nhost\n--repeats\n1\n--pin\nnone\n--no-retry\n-q\n-o\n/work/"  \
    "result\n--keep-logs\n/work/"                                                                                      \
    "logs\n"

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

static int read_archive(struct identity *id, const struct recipe_host *r, const struct paths *paths,
                        struct pvb_error *e)
{
    char *archive = path_of("%s/lab/%s/host.cpio", paths->images, r->name);
    char *packages = path_of("%s/lab/%s/packages", paths->images, r->name);
    int bad = read_host_file(&id->host->archive, archive, "lab-hosts", e);
    if (!bad)
        id->host->packages = read_packages(packages);
    free(archive);
    free(packages);
    return bad;
}

/* Modules are of one kernel: with another, those of the lab would not load. */
static int read_modules(struct modules *m, const struct recipe_host *r, const struct paths *paths, struct pvb_error *e)
{
    char why[512] = "";
    char *own = path_of("%s/lab/%s/modules", paths->images, r->name);
    const char *folder = paths->modules ? paths->modules : paths->kernel ? NULL : own;
    int bad = folder && modules_load(m, folder, r->modules, why, sizeof(why)) ? pvb_fail(e, "%s", why) : 0;
    free(own);
    if (!bad && paths->modules && !m->count)
        bad = pvb_fail(e, "--modules %s: holds none of the modules that %s needs; leave it out if they are built in",
                       paths->modules, r->name);
    return bad;
}

static int read_kernel(struct identity *id, const struct recipe_host *r, const struct paths *paths, struct pvb_error *e)
{
    id->path = paths->kernel ? path_of("%s", paths->kernel) : path_of("%s/lab/%s/" KERNEL, paths->images, r->name);
    int bad = paths->kernel ? blob_read(&id->file, id->path, FILE_MAX, e)
                            : read_host_file(&id->file, id->path, "lab-hosts", e);
    bad = bad || (paths->kernel && lab_kernel_check(&id->file, id->path, e));
    if (!bad)
        sha256_hex(id->file.bytes, id->file.size, id->sha256);
    return bad ? -1 : 0;
}

/* What is measured lies below the kernel: its hash is the identity's, and the kernel goes to the host's other files. */
static int read_below(struct identity *id, const struct recipe_host *r, const struct paths *paths, struct pvb_error *e)
{
    id->host->kernel = id->file;
    memcpy(id->host->kernel_sha256, id->sha256, sizeof(id->sha256));
    id->file = (struct blob){0};
    free(id->path);
    id->path = paths->xen ? path_of("%s", paths->xen) : path_of("%s/lab/%s/%s", paths->images, r->name, r->below->file);
    if (r->below->read(&id->file, id->path, id->sha256, e) == 0)
        return 0;
    size_t used = strlen(e->text);
    if (!paths->xen)
        snprintf(e->text + used, sizeof(e->text) - used, "; build it with make lab-hosts");
    return -1;
}

/* A hypervisor that is kernel and modules: a new module is another one, though the kernel be the same. */
static void hash_with_modules(struct identity *id)
{
    struct blob files[1 + MODULES_MAX];
    const struct modules *m = &id->host->modules;
    files[0] = id->file;
    for (size_t i = 0; i < m->count; i++)
        files[i + 1] = (struct blob){m->module[i].bytes, m->module[i].size};
    sha256_hex_blobs(files, m->count + 1, id->sha256);
}

int lab_host_identify(struct identity *id, const struct recipe_host *r, const struct paths *paths, struct pvb_error *e)
{
    id->host = calloc(1, sizeof(*id->host));
    if (!id->host)
        return pvb_fail(e, "lab: out of memory");
    if (read_kernel(id, r, paths, e) || read_archive(id, r, paths, e) || read_modules(&id->host->modules, r, paths, e))
        return -1;
    hash_host(id->host);
    if (r->is_measured)
        hash_with_modules(id);
    return r->below ? read_below(id, r, paths, e) : 0;
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

/* The guests of the one boot. */
static json_t *guests_json(const struct guest_setting *g)
{
    json_t *beside = json_pack("{s:i, s:s}", "neighbours", (int)g->neighbours, "load", guest_load(g));
    if (g->load_parameter)
        json_object_set_new(beside, "parameter", json_integer((json_int_t)g->load_parameter));
    if (g->load_nice)
        json_object_set_new(beside, "nice", json_integer((json_int_t)g->load_nice));
    if (g->weight)
        json_object_set_new(beside, "weight", json_integer(g->weight));
    if (g->cap)
        json_object_set_new(beside, "cap", json_integer(g->cap));
    return json_pack("[o]", beside);
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
    unsigned timeout = lab_seconds(&order->hypervisor->lab->pace, order->timeout_s);
    json_t *suite = json_pack("{s:s, s:s, s:[s], s:[s], s:i, s:i, s:o}", "schema", "pvbench.suite/1", "name", "lab",
                              "hypervisors", order->setting.hypervisor, "modes", order->setting.guest[0].mode,
                              "repeats", 1, "timeout_s", (int)timeout, "workloads", workloads);
    json_t *events = json_array();
    for (unsigned i = 0; order->events && i < order->events->count; i++)
        json_array_append_new(events, json_text(order->events->name[i]));
    if (suite && json_array_size(events))
        json_object_set(suite, "events", events);
    json_decref(events);
    if (suite && guest_is_linux(&order->setting.guest[0]))
        json_object_set_new(suite, "carrier", json_text(order->setting.guest[0].carrier));
    if (suite && order->setting.guest[0].vcpus != SETTING_VCPUS)
        json_object_set_new(suite, "vcpus", json_pack("[i]", (int)order->setting.guest[0].vcpus));
    if (suite && *guest_devices(&order->setting.guest[0]))
        json_object_set_new(suite, "devices", json_pack("[s]", guest_devices(&order->setting.guest[0])));
    if (suite && order->setting.guest[0].neighbours)
        json_object_set_new(suite, "guests", guests_json(&order->setting.guest[0]));
    const struct guest_setting *g = &order->setting.guest[0];
    if (suite && g->words)
        json_object_set_new(suite, "variants", json_pack("[{s:s, s:s}]", "name", g->variant, "guest", g->words));
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

/* Of a guest that is Linux. */
static int put_linux(struct cpio *c, const struct image *image)
{
    const struct blob *kernel = &image->kernel, *programs = &image->programs;
    if (kernel->size && (cpio_file(c, "work/" GUEST_KERNEL, 0, kernel->bytes, kernel->size) ||
                         put_text(c, "work/" GUEST_KERNEL_SHA256, image->kernel_sha256)))
        return -1;
    return programs->size && (cpio_file(c, "work/" GUEST_PROGRAMS, 0, programs->bytes, programs->size) ||
                              put_text(c, "work/" GUEST_PROGRAMS_SHA256, image->programs_sha256));
}

/* What this boot adds to the host's archive. */
static int put_work(struct cpio *c, const struct boot_order *order, const char *suite)
{
    const struct guest_setting *guest = &order->setting.guest[0];
    char name[64], workloads[SHA256_HEX + 1], arguments[sizeof(INNER_RUN) + 64];
    snprintf(arguments, sizeof(arguments), "%s%s", order->hypervisor->lab->host->before, INNER_RUN);
    snprintf(name, sizeof(name), "work/%s", guest_file_name(order->hypervisor, guest));
    snprintf(workloads, sizeof(workloads), "%s\n", order->workloads_sha256);
    return cpio_folder(c, "work") || put_modules(c, &order->identity->host->modules) ||
                   cpio_file(c, name, 0, order->image->file.bytes, order->image->file.size) ||
                   put_linux(c, order->image) || put_text(c, "work/workloads.sha256", workloads) ||
                   put_text(c, "work/suite.json", suite) || put_text(c, "work/arguments", arguments) ||
                   put_text(c, "work/symbols", order->explain ? "1" : "0") || cpio_end(c)
               ? -1
               : 0;
}

static int write_archive(const struct boot_order *order, struct pvb_error *e)
{
    const struct blob *archive = &order->identity->host->archive;
    char *path = path_of("%s/" ARCHIVE, order->dir), *suite = suite_text(order);
    FILE *out = fopen(path, "wbe");
    struct cpio c;
    int bad = !out || !suite || fwrite(archive->bytes, 1, archive->size, out) != archive->size;
    if (!bad) {
        cpio_begin(&c, out);
        bad = put_work(&c, order, suite);
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

static int write_file(const char *dir, const char *name, const struct blob *b, struct pvb_error *e)
{
    char *path = path_of("%s/%s", dir, name);
    int bad = write_new_file(path, b->bytes, b->size, e);
    free(path);
    return bad;
}

int lab_host_write(const struct boot_order *order, struct pvb_error *e)
{
    const struct recipe_below *below = order->hypervisor->lab->host->below;
    const struct identity *id = order->identity;
    if (below && write_file(order->dir, below->file, &id->file, e))
        return -1;
    return write_file(order->dir, KERNEL, below ? &id->host->kernel : &id->file, e) || write_archive(order, e) ? -1 : 0;
}

static void remove_file(const char *dir, const char *name)
{
    char *path = path_of("%s/%s", dir, name);
    unlink(path);
    free(path);
}

/* A hundred megabytes that say nothing of what happened. */
void lab_host_clean(const struct boot_order *order)
{
    const struct recipe_below *below = order->hypervisor->lab->host->below;
    remove_file(order->dir, KERNEL);
    remove_file(order->dir, ARCHIVE);
    if (below)
        remove_file(order->dir, below->file);
}

/* The boot's own words, where it has some, in the place of those that switch what protects the hypervisor off. */
static void put_arguments(char *into, size_t size, const char *usual, const char *unprotected, const char *words)
{
    const char *at = words ? strstr(usual, unprotected) : NULL;
    if (!at) {
        snprintf(into, size, "%s", usual);
        return;
    }
    const char *rest = at + strlen(unprotected);
    snprintf(into, size, "%.*s%s%s", (int)(at - usual), usual, words, rest + (!*words && *rest == ' '));
}

void lab_host_machine(struct lab_machine *m, const struct boot_order *order, struct lab_host_words *w)
{
    const struct recipe_host *r = order->hypervisor->lab->host;
    const struct recipe_below *below = r->below;
    m->kernel = below ? below->file : KERNEL;
    put_arguments(w->arguments, sizeof(w->arguments), below ? below->arguments : r->arguments,
                  below ? below->unprotected : r->unprotected, order->words);
    m->append = w->arguments;
    m->serial = below ? below->log : NULL;
    if (below)
        snprintf(w->initrd, sizeof(w->initrd), KERNEL " %s," ARCHIVE, r->arguments);
    else
        snprintf(w->initrd, sizeof(w->initrd), "%s", ARCHIVE);
    m->initrd = w->initrd;
}

void lab_host_last_words(const struct recipe_host *r, const char *dir, char *into, size_t size)
{
    into[0] = 0;
    if (!r->below)
        return;
    char *log = path_of("%s/%s", dir, r->below->log);
    r->below->last_words(log, into, size);
    free(log);
}
