/*
 * lab.c: the emulated machine, by a hypervisor's recipe: it boots what is measured itself, or a host (lab_host.h).
 */
#include "runner/hypervisor/linux_guest.h"
#include "runner/machine/lab_host.h"
#include "runner/machine/lab_pace.h"
#include "runner/machine/lab_parts.h"

#include "hypervisor-harness/lab/lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMAGE_MAX (64u << 20)

unsigned lab_seconds(const struct lab_pace *pace, unsigned timeout_s)
{
    return (timeout_s + pace->slower - 1) / pace->slower;
}

static bool has(const struct hypervisor *h)
{
    return h->lab != NULL;
}

static const struct listener *listener(const struct hypervisor *h)
{
    const struct recipe_host *host = h->lab->host;
    if (!host)
        return &h->listener;
    return host->below ? &lab_host_listener_below : &lab_host_listener;
}

static const struct lab_pace *pace(const struct hypervisor *h)
{
    return &h->lab->pace;
}

/* The hash of nothing is what there is to be said of no file. */
static int identify_file(struct identity *id, const struct recipe *r, const struct paths *paths, struct pvb_error *e)
{
    if (!r->kernel) {
        snprintf(id->version, sizeof(id->version), "none");
        sha256_hex("", 0, id->sha256);
        return 0;
    }
    id->path = path_of("%s/%s", paths->images, r->kernel);
    if (blob_read(&id->file, id->path, IMAGE_MAX, e)) {
        size_t used = strlen(e->text);
        snprintf(e->text + used, sizeof(e->text) - used, "; build it with make");
        return -1;
    }
    sha256_hex(id->file.bytes, id->file.size, id->sha256);
    return 0;
}

static int identify(struct identity *id, const struct hypervisor *h, const struct paths *paths, struct pvb_error *e)
{
    if (h->lab->host)
        return lab_host_identify(id, h->lab->host, paths, e);
    return identify_file(id, h->lab, paths, e);
}

/*
 * QEMU puts the kernel's and the guest's names into the multiboot
 * command lines: with plain names the machine's memory is the same
 * wherever the files lie.
 */
static int put_kernel(const struct boot_order *order, struct pvb_error *e)
{
    const struct blob *file = &order->identity->file;
    char *kernel = path_of("%s/%s", order->dir, order->hypervisor->lab->kernel);
    int bad = write_new_file(kernel, file->bytes, file->size, e);
    free(kernel);
    return bad;
}

static int boot(struct launch *launch, const struct boot_order *order, const struct lab_machine *machine,
                struct pvb_error *e)
{
    struct lab_machine watched = *machine;
    char plugin[400];
    lab_parts_arguments(order, plugin, sizeof(plugin));
    watched.plugin = *plugin ? plugin : NULL;
    launch->argv = lab_command(&watched);
    launch->is_lab = true;
    return launch->argv ? 0 : pvb_fail(e, "lab: out of memory");
}

static unsigned memory_mib(const struct recipe *r, const struct guest_setting *guest)
{
    return (guest_is_linux(guest) ? r->linux_memory_mib : r->memory_mib) + guest->neighbours * r->neighbour_mib;
}

/* What all boots of a hypervisor have. */
static struct lab_machine machine_of(const struct recipe *r, const struct guest_setting *guest)
{
    return (struct lab_machine){
        .machine = r->machine, .memory_mib = memory_mib(r, guest), .cpu = r->cpu, .boot = r->boot, .serial = r->serial};
}

static int put_disk(const char *dir, struct pvb_error *e)
{
    static const char zeros[DISK_SIZE];
    char *path = path_of("%s/" DISK_FILE, dir);
    const int bad = write_new_file(path, zeros, sizeof(zeros), e);
    free(path);
    return bad;
}

static int prepare_guest(struct launch *launch, const struct boot_order *order, struct pvb_error *e)
{
    const struct guest_setting *guest = &order->setting.guest[0];
    char arguments[LINUX_GUEST_ARGUMENTS_SIZE];
    struct lab_machine machine = machine_of(order->hypervisor->lab, guest);
    machine.kernel = GUEST_FILE;
    if (guest_is_linux(guest)) {
        linux_guest_arguments(guest, "none", "ttyS0", arguments);
        machine.initrd = GUEST_ARCHIVE;
        machine.append = arguments;
    }
    if (*guest_devices(guest)) {
        machine.disk = DISK_FILE;
        if (put_disk(order->dir, e))
            return -1;
    }
    return boot(launch, order, &machine, e);
}

static int prepare_file(struct launch *launch, const struct boot_order *order, struct pvb_error *e)
{
    const struct recipe *r = order->hypervisor->lab;
    const struct guest_setting *guest = &order->setting.guest[0];
    char arguments[160], line[LINUX_GUEST_ARGUMENTS_SIZE], modules[LINUX_GUEST_ARGUMENTS_SIZE + 64] = GUEST_FILE;
    const bool is_hvm = strcmp(guest->mode, "hvm") == 0;
    if (put_kernel(order, e))
        return -1;
    /* As wide for each limit: what lies behind it in the machine's memory must not move. */
    int used = snprintf(arguments, sizeof(arguments), "%s limit_s=%05u", r->arguments,
                        lab_seconds(&r->pace, order->timeout_s));
    if (guest_is_linux(guest))
        snprintf(arguments + used, sizeof(arguments) - (size_t)used, " guest_mib=%d hvm=%d start_region=%03u",
                 LINUX_GUEST_MEMORY_MIB, is_hvm, linux_guest_start(order->workload, order->workloads));
    else if (guest->vcpus != SETTING_VCPUS)
        snprintf(arguments + used, sizeof(arguments) - (size_t)used, " vcpus=%u", guest->vcpus);
    /* A guest that is Linux: module 0 is its kernel, whose words are its command line, and module 1 the archive. */
    linux_guest_arguments(guest, order->hypervisor->name, is_hvm ? "ttyS0" : "hvc0", line);
    if (guest_is_linux(guest))
        snprintf(modules, sizeof(modules), GUEST_FILE " %s," GUEST_ARCHIVE, line);
    struct lab_machine machine = machine_of(r, guest);
    machine.kernel = r->kernel;
    machine.append = arguments;
    machine.initrd = modules;
    return boot(launch, order, &machine, e);
}

static int prepare_host(struct launch *launch, const struct boot_order *order, struct pvb_error *e)
{
    const struct recipe *r = order->hypervisor->lab;
    struct lab_host_words words;
    if (lab_host_write(order, e))
        return -1;
    struct lab_machine machine = machine_of(r, &order->setting.guest[0]);
    lab_host_machine(&machine, order, &words);
    return boot(launch, order, &machine, e);
}

static int prepare(struct launch *launch, const struct boot_order *order, struct pvb_error *e)
{
    const struct recipe *r = order->hypervisor->lab;
    if (r->host)
        return prepare_host(launch, order, e);
    return r->kernel ? prepare_file(launch, order, e) : prepare_guest(launch, order, e);
}

static json_t *take(const struct boot_order *order, const struct observation *o)
{
    return order->hypervisor->lab->host ? lab_host_take(order, o) : NULL;
}

static void last_words(const struct boot_order *order, char *into, size_t size)
{
    if (order->hypervisor->lab->host)
        lab_host_last_words(order->hypervisor->lab->host, order->dir, into, size);
}

static void clean(const struct boot_order *order)
{
    if (order->hypervisor->lab->host)
        lab_host_clean(order);
}

static json_t *describe(const struct hypervisor *h, const struct guest_setting *guest)
{
    const struct recipe *r = h->lab;
    return json_pack("{s:s, s:s, s:i}", "cpu", r->cpu ? r->cpu : LAB_CPU, "clock", "one tick an instruction",
                     "memory_mib", (int)memory_mib(r, guest));
}

const struct machine machine_lab = {
    .name = "lab",
    .unit = "instructions",
    .class = "exact",
    .has = has,
    .listener = listener,
    .identify = identify,
    .prepare = prepare,
    .take = take,
    .tell_parts = lab_parts_tell,
    .last_words = last_words,
    .clean = clean,
    .describe = describe,
    .pace = pace,
};
