/*
 * lab.h: the emulated computer.
 *
 * QEMU's TCG with a virtual clock of one tick an instruction: what runs in
 * it costs the same on every computer. This part only says how to start
 * such a machine; the runner starts, feeds and stops it.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <stdbool.h>
#include <stddef.h>

#define LAB_STRING_OF(x) #x
#define LAB_STRING(x)    LAB_STRING_OF(x)

/* The emulator's monitor (QMP) is a socket that it inherits as this descriptor: nothing lies about, and it ends with
 * us. */
#define LAB_MONITOR_FD 3

/*
 * The emulator is started with a library of ours (emulator/), in which the time of day stands still and an interrupt
 * is delivered once: it inherits the file as this descriptor, and is told of it by LAB_PRELOAD in its environment.
 */
#define LAB_LIBRARY_FD 4
#define LAB_PRELOAD    "/proc/self/fd/" LAB_STRING(LAB_LIBRARY_FD)

/* The file, to be closed by the caller. -1 with errno. */
int lab_library(void);

/* The library, asked by this in its environment, says that it was loaded, and that interrupts are delivered once. */
#define LAB_ASKED  "PVBENCH_LAB_ASKED"
#define LAB_LOADED "pvbench: loaded"
#define LAB_MENDED "pvbench: delivers interrupts once"

/* So is the plugin that counts whose instructions are executed (plugin/plugin.c), by lab_machine.plugin. */
#define LAB_PLUGIN_FD   5
#define LAB_PLUGIN_PATH "/proc/self/fd/" LAB_STRING(LAB_PLUGIN_FD)
int lab_plugin(void);

/* A result is comparable inside of one model only, so the model is part of it. */
#define LAB_CPU "EPYC,+svm,+npt,-rdrand,-rdseed"

/* isa-debug-exit ends QEMU with (value << 1) | 1; the good value is 0. */
#define LAB_GOOD_EXIT 1

#define LAB_QEMU_MAJOR_MIN 7

/*
 * QEMU's PC, less what no guest uses and the firmware would look for: of its machines that load multiboot images the
 * quickest to start (0.1 s; an untrimmed q35 takes 0.6).
 */
#define LAB_MACHINE "pc,hpet=off,i8042=off,usb=off,smm=off,vmport=off,graphics=off"

struct lab_machine {
    const char *machine; /* NULL: LAB_MACHINE */
    unsigned memory_mib;
    const char *kernel, *append, *initrd; /* the last two may be NULL */
    const char *cpu;                      /* NULL: LAB_CPU */
    const char *boot;                     /* of the firmware, with commas; NULL: it boots at once */
    const char *serial;                   /* a file in the machine's folder for its serial port; NULL: there is none */
    const char *disk;                     /* a file in the machine's folder for its SD card; NULL: there is none */
    const char *plugin;                   /* its arguments (plugin/plugin.c), with commas; NULL: it is not loaded */
};

/* The emulator's name: PVBENCH_QEMU in the environment, or QEMU's own. */
const char *lab_emulator(void);

/* The command, ended by NULL; each string and the array are the caller's. NULL when out of memory. */
char **lab_command(const struct lab_machine *m);
void lab_command_free(char **argv);

/*
 * Is the emulator here and new enough? `version` gets the first line that it
 * says of itself; `why` the reason if not.
 */
bool lab_check(char *version, size_t version_size, char *why, size_t why_size);

/*
 * Does it load that library? One that is linked statically loads none; `why` the reason if not. `*once` is whether it
 * delivers an injected interrupt once: one that does not can be used, but a guest of KVM's or Xen's may hang in it.
 */
bool lab_check_library(bool *once, char *why, size_t why_size);

/* Does it load plugins? `why` the reason if not. */
bool lab_check_plugin(char *why, size_t why_size);

#endif
