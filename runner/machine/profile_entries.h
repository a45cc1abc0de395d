/*
 * profile_entries.h: for what a guest was left: how the plugin's causes (hypervisor-harness/lab/plugin/causes.h) are
 * called in a result, and of each of them the path that executed least, and most.
 */
#ifndef RUNNER_PROFILE_ENTRIES_H
#define RUNNER_PROFILE_ENTRIES_H

#include "runner/machine/profile_tree.h"

enum { PROFILE_CAUSES = 128 }; /* 0: the guest executes by itself */

/* How the names are to be read. */
struct profile_guest {
    bool is_hvm;
    bool is_kvms; /* the numbers of its hypercalls are KVM's, not Xen's */
};

/* Which one the plugin's word is: 0 to PROFILE_CAUSES - 1, or -1: none. */
int profile_cause(const char *word);

/* "hypercall mmu_update", "exit CPUID", as results name classes and kinds. */
void profile_cause_name(unsigned cause, const struct profile_guest *guest, char *into, size_t size);

/* The functions of one entry, by their numbers, in the order in which they were come to; each once. */
struct profile_path {
    bool seen;
    uint64_t instructions;
    uint32_t *function;
    size_t count, room;
};

struct profile_entry {
    uint64_t count; /* of this cause, in the region */
    struct profile_path least, most;
};

/* An entry that executed so many: does it take the place of what was seen before? Then it is empty, to be added to. */
bool profile_path_begin(struct profile_path *p, bool is_least, uint64_t instructions);
void profile_path_add(struct profile_path *p, uint32_t function);

/* [{"kind": function, "count", "least": {"instructions", "functions"}, "most"}, …] of those that were counted; `kind`:
 * the number of the function that stands for it. */
json_t *profile_entries_json(const struct profile_entry *entry, const uint32_t *kind);
/* They are empty, as at first; what they hold may be used again. */
void profile_entries_clear(struct profile_entry *entry);
void profile_entries_free(struct profile_entry *entry);

#endif
