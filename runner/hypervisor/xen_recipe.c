/* xen_recipe.c: Xen's host in the lab, the hypervisor below its kernel; and what a Xen that died there said. */
#include "runner/hypervisor/xen_recipe.h"
#include "common/xen_protections.h"
#include "runner/hypervisor/xen_image.h"

#include <stdio.h>
#include <string.h>

static const char *const modules[] = {"xen_evtchn",
                                      "xen_privcmd",
                                      "xen_gntdev",
                                      "xen_gntalloc",
                                      "xenfs",
                                      /* of domains' disks */ "loop",
                                      "xen_blkback",
                                      /* of their network cards */ "xen_netback",
                                      "tun",
                                      NULL};

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
void xen_last_words(const char *log, char *into, size_t size)
{
    char line[400];
    into[0] = 0;
    bool heading = false, panic = false;
    FILE *f = fopen(log, "re");
    while (f && !panic && fgets(line, sizeof(line), f)) {
        const char *text = words_of(line);
        panic = *text && (heading || strncmp(text, "Kernel panic", 12) == 0);
        heading = strncmp(text, "Panic on CPU", 12) == 0;
        if (*text && !heading)
            snprintf(into, size, "%s%s", panic && text[0] != 'K' ? "Xen panicked: " : "", text);
    }
    if (f)
        fclose(f);
    if (!into[0])
        snprintf(into, size, "its console said nothing");
}

json_t *xen_protections(const char *log)
{
    char line[400];
    struct xen_protections p = {.said = json_object()};
    FILE *f = fopen(log, "re");
    while (f && fgets(line, sizeof(line), f) && xen_protections_line(&p, line))
        continue;
    if (f)
        fclose(f);
    return p.said;
}

static const struct recipe_below below = {
    .file = "xen",
    .read = xen_image_read,
    /*
     * Xen's words, and through it those of the kernel, are kept beside the
     * boot's log. bootscrub would only cost time; spec-ctrl: as mitigations=off.
     */
    .arguments = "com1=115200,8n1 console=com1 dom0_mem=512M,max:512M bootscrub=0 spec-ctrl=no",
    .unprotected = "spec-ctrl=no",
    .protections = xen_protections,
    .log = "xen.log",
    .last_words = xen_last_words,
};

static const struct recipe_host host = {
    .name = "xen",
    .modules = modules,
    .before = "/usr/bin/xen-services\n",
    /*
     * The first domain's; its reasons are those in hypervisor_kvm.c. rodata=off saves a walk over all page tables.
     * swiotlb: of the memory for devices that reach the lower 4 GiB alone, 64 MiB that would be cleared byte by byte,
     * and that Xen would make contiguous, the least; there is no such device.
     */
    .arguments = "console=hvc0 quiet nokaslr rodata=off mitigations=off cryptomgr.notests swiotlb=128 panic=-1",
    .below = &below,
};

const struct recipe xen_recipe = {
    /*
     * A device model's round trips take long inside too, and the guest runs twice: both lives of the domain
     * are one process, with one limit.
     */
    .pace = {.slower = 2, .start_s = 20, .starts = 1},
    .layout = "xen",
    .memory_mib = 1024,
    .linux_memory_mib = 1024,
    .neighbour_mib = 72,
    /*
     * SMAP and SMEP off: the emulator faults Xen's own accesses to a PV
     * guest's frames. MONITOR off: it offers the feature and not the instruction.
     */
    .cpu = "EPYC,+svm,+npt,-smap,-smep,-monitor,-rdrand,-rdseed",
    /*
     * Xen begins its time with a second of the real-time clock's, and turns round in a loop until that comes: 660
     * million instructions, since it asks 0.34 s after the machine began. The firmware waits halted, for whoever wants
     * its menu, and a clock that nobody works by jumps: it takes the time, and no instructions. Its clock's ticks are
     * 55 ms, and some 50 ms are left for a Xen that comes there later; who comes behind the second waits for the next
     * one.
     */
    .boot = "menu=on,splash-time=520",
    .host = &host,
};
