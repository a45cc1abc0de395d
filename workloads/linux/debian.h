/*
 * debian.h: programs of Debian's, which lie in the guest beside ours when a load says that it needs them
 * (PVB_NEEDS_PROGRAMS; hypervisor-harness/lab/guest.mk has their list).
 *
 * What they read and write are files of the file system in memory. None of them gets anything of this one's
 * surroundings but the little that is the same everywhere.
 */
#ifndef WORKLOADS_LINUX_DEBIAN_H
#define WORKLOADS_LINUX_DEBIAN_H

#include <stddef.h>

#define DEBIAN_WORDS_MAX 4096 /* of what one of them said, with the closing NUL */

/* Once before the first of them, in a load's setup. */
void debian_begin(void);

/*
 * A new process becomes argv[0], a path, and is waited for, a minute at the most. Its input is the file `in`, NULL:
 * none, and its output the new file `out`, its errors with it. A status other than 0 ends the guest, by what it said
 * last.
 */
void debian_run(const char *const *argv, const char *in, const char *out);

/* The same, with its errors going nowhere: `out` is what it makes, and not words. */
void debian_make(const char *const *argv, const char *in, const char *out);

/* What stands in a file, cut where `into` ends. */
void debian_read(const char *path, char into[DEBIAN_WORDS_MAX]);

/* Ends the guest unless the words hold these. */
void debian_must_say(const char *words, const char *what);

#endif
