/*
 * hypervisor_kvm.c: Linux's own hypervisor, by QEMU as its virtual machine
 * monitor: on this computer, or on a host in the lab, where the same code
 * runs as if that were this computer.
 *
 * Both modes boot the same image. For `hvm` KVM hides what it is, and all
 * that the guest finds is hardware; for `pv` it shows itself, and the guest
 * uses its paravirtual interfaces.
 */
#include "runner/hypervisor/kvm_calibrate.h"
#include "runner/hypervisor/kvm_monitor.h"
#include "runner/hypervisor/kvm_network.h"
#include "runner/hypervisor/hypervisor.h"
#include "runner/hypervisor/linux_guest.h"
#include "runner/setting/setting.h"

#include "hypervisor-harness/lab/lab.h"
#include "pvbench/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#define NOTES               "/sys/kernel/notes"
#define NOTES_MAX           (1u << 20)
#define FIRMWARE_OF_SEVERAL "qboot.rom" /* comes with QEMU */

#define WORDS_MAX 64 /* of the command, with the closing NULL */

/* isa-debug-exit: (value << 1) | 1; the guest writes 0 when it is done, 1 when it has panicked. */
enum { EXIT_DONE = 1, EXIT_PANIC = 3 };

static const char *const modes[] = {"pv", "hvm", NULL};
static const char *const devices[] = {"pv+pv", "pv+iothread", "pv+vhost", "hvm+emulated", NULL};
static const char *const host_modules[] = {"kvm", "kvm_amd", "tun", "vhost_net", NULL};
static const struct collector *const collectors[] = {&guest_log_collector,
                                                     &kvm_ebpf_collector,
                                                     &kvm_counter_collector,
                                                     &device_counters_collector,
                                                     &pmu_collector,
                                                     &beside_collector,
                                                     NULL};

/*
 * The kernel and the modules that run, not the files that they may once have
 * come from: their notes hold the build IDs. Modules that are built in, or of the other make, have none.
 */
static int identify(struct identity *id, const struct paths *paths, struct pvb_error *e)
{
    static const char *const modules[] = {"kvm", "kvm_amd", "kvm_intel"};
    struct blob notes[1 + sizeof(modules) / sizeof(modules[0])] = {0};
    (void)paths;
    struct utsname kernel;
    if (kvm_calibrate(e))
        return -1;
    id->path = path_of(NOTES);
    if (blob_read(&id->file, NOTES, NOTES_MAX, e))
        return -1;
    notes[0] = id->file;
    for (size_t i = 1; i < sizeof(notes) / sizeof(notes[0]); i++) {
        char *path = path_of("/sys/module/%s/notes/.note.gnu.build-id", modules[i - 1]);
        struct pvb_error none;
        if (blob_read(&notes[i], path, NOTES_MAX, &none))
            notes[i] = (struct blob){0};
        free(path);
    }
    sha256_hex_blobs(notes, sizeof(notes) / sizeof(notes[0]), id->sha256);
    for (size_t i = 1; i < sizeof(notes) / sizeof(notes[0]); i++)
        blob_free(&notes[i]);
    if (uname(&kernel) == 0)
        snprintf(id->version, sizeof(id->version), "%s", kernel.release);
    return 0;
}

/* What every guest gets. */
static const char *const machine_words[] = {"-nodefaults", "-no-user-config",
                                            /* Its threads have names, by which vCPUs are told from helpers. */
                                            "-name", "pvbench,debug-threads=on",
                                            /*
                                             * The machine that a fully virtualized guest has come to expect, with
                                             * PIT, PIC and power management timer, less what the guest never
                                             * touches and the firmware would look for.
                                             */
                                            "-machine", "pc,hpet=off,i8042=off,usb=off,smm=off,vmport=off", "-accel",
                                            "kvm", "-display", "none", "-monitor", "none", "-net", "none",
                                            /* A triple fault ends it, in place of starting all over. */
                                            "-no-reboot", "-serial", "stdio", "-device",
                                            "isa-debug-exit,iobase=0xf4,iosize=4", "-kernel", GUEST_FILE, NULL};

/* Its paravirtual console. What it gets is of no interest, but must go somewhere. */
static const char *const pv_words[] = {"-cpu",     "host",
                                       "-chardev", "file,id=virtio,path=virtio-console.log",
                                       "-device",  "virtio-serial-pci,disable-modern=on,disable-legacy=off",
                                       "-device",  "virtconsole,chardev=virtio",
                                       NULL};

static const char *const hvm_words[] = {"-cpu", "host,kvm=off", NULL};

/* The paravirtual disk is served by QEMU's main thread, or by one of its own. */
#define DISK        ("if=none,id=disk,file=" DISK_FILE ",format=raw,cache=writeback,aio=threads")
#define VIRTIO      "virtio-blk-pci,drive=disk,disable-legacy=on,num-queues=1"
#define WITH_THREAD (VIRTIO ",iothread=io")
/*
 * One pair of queues, and a frame a buffer: nothing that would let several frames travel as one, or as less than they
 * are. Without a ROM to boot from, which the firmware would look at.
 */
#define CARD "netdev=" KVM_NETDEV ",romfile=,mac=" PVB_NET_GUEST_MAC_TEXT
#define NO_OFFLOAD                                                                                                     \
    "csum=off,guest_csum=off,gso=off,guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off,host_tso4=off,host_"    \
    "tso6=off,host_ecn=off,host_ufo=off"
/* Nor what needs a control queue: Linux refuses a card that offers that without one. */
#define NO_QUESTIONS                                                                                                   \
    "ctrl_vq=off,ctrl_rx=off,ctrl_rx_extra=off,ctrl_vlan=off,ctrl_mac_addr=off,ctrl_guest_offloads=off,guest_"         \
    "announce=off"
#define VIRTIO_NET ("virtio-net-pci," CARD ",disable-legacy=on,mrg_rxbuf=off," NO_OFFLOAD "," NO_QUESTIONS)
static const struct {
    const char *kind, *disk[7];
    enum kvm_network network;
    const char *card;
} device_words[] = {
    {"pv", {"-drive", DISK, "-device", VIRTIO, NULL}, KVM_NETWORK_QEMU, VIRTIO_NET},
    {"iothread", {"-drive", DISK, "-object", "iothread,id=io", "-device", WITH_THREAD, NULL}, KVM_NETWORK_NONE, NULL},
    {"vhost", {NULL}, KVM_NETWORK_VHOST, VIRTIO_NET},
    {"emulated", {"-drive", DISK, "-device", "ide-hd,drive=disk,bus=ide.0", NULL}, KVM_NETWORK_QEMU, "rtl8139," CARD},
};

/* Of every guest that has devices: one to be told and to do nothing. It is the last, so that the others stay where they
 * are. */
static const char *const doorbell_words[] = {"-device", "pci-testdev", NULL};

/* Copies, for whoever frees the command. False when out of memory. */
static bool add_words(char **argv, size_t *count, const char *const *words)
{
    for (; *words; words++)
        if (!(argv[(*count)++] = strdup(*words)))
            return false;
    return true;
}

/*
 * A guest whose network is not to be had comes up without the card. One beside the measured one has its disk alone:
 * there is one station at the other end of a wire, and one monitor to ask for counts.
 */
static bool add_devices(struct launch *launch, size_t *count, const struct guest_setting *guest)
{
    const char *kind = guest_devices(guest);
    for (size_t i = 0; i < sizeof(device_words) / sizeof(device_words[0]); i++) {
        if (strcmp(device_words[i].kind, kind) != 0)
            continue;
        if (guest->is_neighbour)
            return add_words(launch->argv, count, device_words[i].disk);
        const char *const *wire = kvm_network_open(launch, device_words[i].network);
        const char *const card[] = {"-device", device_words[i].card, NULL};
        struct kvm_monitor monitor;
        if (device_words[i].disk[0] && !add_words(launch->argv, count, kvm_monitor_open(launch, &monitor)))
            return false;
        return add_words(launch->argv, count, device_words[i].disk) && add_words(launch->argv, count, wire) &&
               (!*wire || add_words(launch->argv, count, card)) && add_words(launch->argv, count, doorbell_words);
    }
    return true;
}

/*
 * Several are in one socket and of one thread each, so that their APIC IDs count from 0 on; and with a firmware that
 * leaves all but the first alone. SeaBIOS starts them, and its first processor takes the lock that they wait for again
 * at once, each time that it has let it go (src/fw/smp.c): where all share one processor, they spin until it happens to
 * be interrupted between the two, for some 70 seconds with 16 of them in the lab.
 */
static bool add_vcpus(struct launch *launch, size_t *count, unsigned vcpus)
{
    char smp[64];
    snprintf(smp, sizeof(smp), vcpus == 1 ? "%u" : "%u,sockets=1,threads=1", vcpus);
    const char *const words[] = {"-smp", smp, vcpus == 1 ? NULL : "-bios", FIRMWARE_OF_SEVERAL, NULL};
    return add_words(launch->argv, count, words);
}

/* A bare guest is done with what the smallest machine has. */
static bool add_carried(struct launch *launch, size_t *count, const struct guest_setting *guest)
{
    static const char *const bare[] = {"-m", "80", NULL};
    char arguments[LINUX_GUEST_ARGUMENTS_SIZE];
    linux_guest_arguments(guest, "kvm", "ttyS0", arguments);
    const char *const of_linux[] = {
        "-m", LAB_STRING(LINUX_GUEST_MEMORY_MIB), "-initrd", GUEST_ARCHIVE, "-append", arguments, NULL};
    return add_words(launch->argv, count, guest_is_linux(guest) ? of_linux : bare);
}

static int prepare(struct launch *launch, const struct guest_setting *guest, struct pvb_error *e)
{
    const char *const emulator[] = {lab_emulator(), NULL};
    const bool pv = strcmp(guest->mode, "pv") == 0;
    size_t count = 0;
    launch->argv = calloc(WORDS_MAX, sizeof(*launch->argv));
    if (launch->argv && add_words(launch->argv, &count, emulator) && add_words(launch->argv, &count, machine_words) &&
        add_vcpus(launch, &count, guest->vcpus) && add_carried(launch, &count, guest) &&
        add_words(launch->argv, &count, pv ? pv_words : hvm_words) && add_devices(launch, &count, guest))
        return 0;
    if (launch->argv)
        lab_command_free(launch->argv);
    launch->argv = NULL;
    return pvb_fail(e, "kvm: out of memory");
}

static enum status judge(const struct observation *o, int exit_status, char *reason, size_t size)
{
    int code = WIFEXITED(exit_status) ? WEXITSTATUS(exit_status) : -1;
    if (o->panic[0]) {
        snprintf(reason, size, "the guest panicked: %s", o->panic);
        return STATUS_FAILED;
    }
    if (WIFSIGNALED(exit_status)) {
        snprintf(reason, size, "QEMU died of signal %d%s", WTERMSIG(exit_status),
                 o->started ? "" : " before the guest started");
        return o->started ? STATUS_CRASHED : STATUS_ERROR;
    }
    if (!o->started) {
        snprintf(reason, size, "QEMU ended with status %d before the guest started", code);
        return STATUS_ERROR;
    }
    if (o->fault[0]) {
        snprintf(reason, size, "%s", o->fault);
        return STATUS_ERROR;
    }
    /* A Linux without ports for its program has no exit but a reset, behind its last line (workloads/linux/guest.c). */
    if ((code != EXIT_DONE && code != 0) || !o->done) {
        snprintf(reason, size, "the guest ended %s%s",
                 code == 0            ? "by a reset (a triple fault, most likely)"
                 : code == EXIT_PANIC ? "by its own panic"
                                      : "in an unknown way",
                 o->done ? "" : " before it was done");
        return STATUS_CRASHED;
    }
    return STATUS_OK;
}

static const char *image(const char *mode)
{
    (void)mode;
    return "guest-hvm.elf";
}

/* QEMU dumps the registers, stops the machine and waits for somebody to look at it (its accel/kvm, target/i386/kvm). */
static const char *const standstill[] = {"KVM internal error.", "KVM: entry failed,",    "KVM: exception ",
                                         "KVM: unknown exit,",  "error: kvm run failed", NULL};

/*
 * quiet: its own messages cost port accesses. nokaslr: addresses decide which
 * pages and cache sets are used, and are the same anyway without entropy.
 * mitigations=off: they are of no use where there is no speculation, and an
 * emulated processor without them is what is described. tsc=reliable: no
 * watchdog looks at it now and then; tsc_early_khz, on a machine without the
 * clocks that it would be refined by: a nanosecond of its clock is one tick of the
 * counter, one instruction, and not nearly one. nowatchdog: nor does one look
 * at the processor. cryptomgr.notests: whether it can compute hashes is of no interest, and takes a quarter of its
 * start. panic=-1: ends at once, and -no-reboot makes of it the end of the machine.
 */
static const struct recipe_host lab_host = {
    .name = "kvm",
    .modules = host_modules,
    .is_measured = true,
    .before = "",
    .arguments = "quiet nokaslr mitigations=off tsc=reliable tsc_early_khz=1000000 nowatchdog "
                 "cryptomgr.notests panic=-1",
    .unprotected = "mitigations=off",
};

static const struct recipe lab = {
    .layout = "linux",
    /*
     * A PC without PCI, and without the timers that the kernel would hold its local APIC's against, once more, when it
     * has calibrated that: it turns round in a loop for each, and PAUSE leaves the emulator's loop each time.
     */
    .machine = "microvm,acpi=on,pit=off,pic=off,rtc=on,isa-serial=off,auto-kernel-cmdline=off",
    /* The pvbench inside starts the guest twice, for costs and for counts. */
    .pace = {.slower = 10, .start_s = 10, .starts = 2},
    .memory_mib = 320,
    .linux_memory_mib = 768,
    .neighbour_mib = 112,
    .host = &lab_host,
};

static const struct here here = {.identify = identify, .prepare = prepare, .threads = true};

const struct hypervisor hypervisor_kvm = {
    .name = "kvm",
    .summary = "Linux's own: HVM by hardware alone, PV with KVM's paravirtual interfaces",
    .modes = modes,
    .linux_modes = modes,
    .devices = devices,
    .linux_devices = devices,
    .vcpus = PVB_VCPUS_MAX,
    .unweighted = "weights and caps are those of Xen's schedulers; KVM's guests are processes, which may be nice",
    .image = image,
    .listener = {.collectors = collectors, .speaker = guest_log_speaker, .judge = judge, .standstill = standstill},
    .here = &here,
    .lab = &lab,
};
