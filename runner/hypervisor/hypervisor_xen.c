/*
 * hypervisor_xen.c: Xen, from its first domain: on this computer, or on a
 * host in the lab, where the same code runs as if that were this computer.
 *
 * The process that the runner watches is pvbench-xen-domain (hypervisor-harness/xen-domain/),
 * which makes the domain and speaks in the lines of the minivisor, so that
 * the same collectors read both.
 */
#include "runner/hypervisor/xen_recipe.h"
#include "runner/hypervisor/xen_program.h"
#include "runner/host/xen_here.h"
#include "runner/hypervisor/hypervisor.h"
#include "runner/hypervisor/linux_guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define WORDS_MAX 14 /* of the program's, behind its name */
#define BUILD_ID  "/sys/hypervisor/properties/buildid"

static const char *const modes[] = {"pv", "pvh", "hvm", NULL};
static const char *const linux_modes[] = {"pv", "pvh", "hvm", NULL};
static const char *const devices[] = {"pv+pv", "pvh+pv", "hvm+pv", "hvm+emulated", NULL};
/* Each adds to what those before it have said of a region. */
static const struct collector *const collectors[] = {&xen_domain_log_collector, &xen_host_side_collector,
                                                     &first_domain_collector,   &opinion_collector,
                                                     &recount_collector,        &device_counters_collector,
                                                     &beside_collector,         &saves_collector,
                                                     &guest_log_collector,      NULL};

/* The hypervisor that runs, not the file that it may once have come from. */
static int identify(struct identity *id, const struct paths *paths, struct pvb_error *e)
{
    (void)paths;
    char *program = xen_program_find();
    bool there = program;
    free(program);
    if (!xen_first_domain(""))
        return pvb_fail(e, "xen: this is not the first domain of a Xen host (" XEN_CAPABILITIES
                           " does not say control_d); boot with Xen, or leave out --machine host");
    if (!there)
        return pvb_fail(e, "xen: " XEN_PROGRAM " is neither beside pvbench nor in ../lib/pvbench; build it with make");
    id->path = path_of(BUILD_ID);
    if (blob_read(&id->file, BUILD_ID, 4096, e))
        return -1;
    sha256_hex(id->file.bytes, id->file.size, id->sha256);
    return 0;
}

static void add_words(const char **words, size_t *count, const char *const *more)
{
    while (*more)
        words[(*count)++] = *more++;
}

/* A kernel that knows Xen would put emulated devices away, and take Xen's in their place. */
static void keep_emulated(const struct guest_setting *guest, char arguments[LINUX_GUEST_ARGUMENTS_SIZE])
{
    const size_t used = strlen(arguments);
    if (strcmp(guest_devices(guest), "emulated") == 0)
        snprintf(arguments + used, LINUX_GUEST_ARGUMENTS_SIZE - used, " xen_emul_unplug=never");
}

static int prepare(struct launch *launch, const struct guest_setting *guest, struct pvb_error *e)
{
    char arguments[LINUX_GUEST_ARGUMENTS_SIZE], neighbours[16], vcpus[16], weight[16], cap[16];
    const char *words[WORDS_MAX] = {guest->mode, GUEST_FILE};
    size_t count = 2;
    snprintf(neighbours, sizeof(neighbours), "%u", guest->neighbours);
    snprintf(weight, sizeof(weight), "%u", guest->weight);
    snprintf(cap, sizeof(cap), "%u", guest->cap);
    snprintf(vcpus, sizeof(vcpus), "%u", guest->vcpus);
    /* Without Xen's own it has the emulated devices alone. */
    const bool knows_xen = !guest->words || !strstr(guest->words, "xen_nopv");
    linux_guest_arguments(guest, "xen", knows_xen ? "hvc0" : "ttyS0", arguments);
    keep_emulated(guest, arguments);
    const char *const with_devices[] = {guest_devices(guest), DISK_FILE, NULL};
    const char *const of_linux[] = {"linux", GUEST_ARCHIVE, arguments, NULL};
    const char *const of_several[] = {"vcpus", vcpus, NULL};
    const char *const beside[] = {"beside", neighbours, NEIGHBOUR_FILE, guest_load(guest), weight, cap, NULL};
    if (guest_is_linux(guest)) {
        add_words(words, &count, of_linux);
        if (*guest_devices(guest))
            add_words(words, &count, with_devices);
    } else if (guest->vcpus != SETTING_VCPUS)
        add_words(words, &count, of_several);
    else if (*guest_devices(guest))
        add_words(words, &count, with_devices);
    if (guest->neighbours)
        add_words(words, &count, beside);
    char **argv = calloc(count + 2, sizeof(*argv));
    if (!argv)
        return pvb_fail(e, "xen: out of memory");
    argv[0] = xen_program_find();
    for (size_t i = 0; i < count && argv[i]; i++)
        argv[i + 1] = strdup(words[i]);
    launch->argv = argv;
    return argv[count] ? 0 : pvb_fail(e, "xen: " XEN_PROGRAM " is gone, or there is no memory");
}

static enum status judge(const struct observation *o, int exit_status, char *reason, size_t size)
{
    if (strcmp(o->end, "error") == 0) {
        snprintf(reason, size, "%s", o->killed[0] ? o->killed : "the domain could not be run");
        return STATUS_ERROR;
    }
    if (o->panic[0]) {
        snprintf(reason, size, "the guest panicked: %s", o->panic);
        return STATUS_FAILED;
    }
    if (!o->end[0]) {
        if (WIFSIGNALED(exit_status))
            snprintf(reason, size, XEN_PROGRAM " died of signal %d", WTERMSIG(exit_status));
        else
            snprintf(reason, size, XEN_PROGRAM " ended with status %d before its domain", WEXITSTATUS(exit_status));
        return STATUS_ERROR;
    }
    if (o->fault[0]) {
        snprintf(reason, size, "%s", o->fault);
        return STATUS_ERROR;
    }
    if (!o->done || strcmp(o->end, "poweroff") != 0) {
        snprintf(reason, size, "Xen says that the domain ended by %s%s", o->end,
                 o->done ? "" : " before the guest was done");
        return STATUS_CRASHED;
    }
    return STATUS_OK;
}

static const struct here here = {.identify = identify, .prepare = prepare};

const struct hypervisor hypervisor_xen = {
    .name = "xen",
    .summary = "the hypervisor of PV: the same images as PV, PVH and HVM domains, counted from its trace",
    .modes = modes,
    .linux_modes = linux_modes,
    .devices = devices,
    .linux_devices = devices,
    .vcpus = PVB_VCPUS_MAX,
    .listener = {.collectors = collectors, .speaker = hypervisor_log_speaker, .judge = judge},
    .here = &here,
    .lab = &xen_recipe,
};
