/*
 * ebpf.h: what all probes need: may they be loaded here, and if the kernel
 * does not want them, its reason in one line.
 */
#ifndef PROBES_EBPF_H
#define PROBES_EBPF_H

#include <stdbool.h>
#include <stddef.h>

/* Root, or CAP_BPF and CAP_PERFMON: enough for what is not in a module. */
bool ebpf_has_rights(void);

/* False with one line in `why` and the mend: no right, lockdown, another PID namespace. */
bool ebpf_allowed(char *why, size_t why_size, char *mend, size_t mend_size);

/* From now on libbpf's words are kept instead of printed. */
void ebpf_listen(void);

/* What libbpf said first since then, and what the verifier said: ": …: …", or nothing. Lives until the next word. */
const char *ebpf_words(void);

#endif
