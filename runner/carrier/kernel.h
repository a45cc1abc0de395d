/* kernel.h: the ELF file of a Linux kernel (vmlinux), as whoever loads it wants it. */
#ifndef RUNNER_KERNEL_H
#define RUNNER_KERNEL_H

#include "runner/common/error.h"
#include "runner/common/files.h"

/*
 * Takes away what no loader reads: sections (of a kernel as built, debug information, ten times as large as the rest)
 * and the zeros at the end of the last segment, which the loader makes anyway (25 MB of Debian's, for .bss and .brk).
 * Doing it again changes nothing. -1 with an error, which names `path`, for what is no vmlinux for x86-64.
 */
int kernel_trim(struct blob *kernel, const char *path, struct pvb_error *e);

#endif
