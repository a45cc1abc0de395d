/*
 * entry_names.h: the names of entries.def as data.
 *
 * The result JSON names every kind; the numbers stay between the guest, the
 * hypervisor and the collectors.
 */
#ifndef COLLECTORS_ENTRY_NAMES_H
#define COLLECTORS_ENTRY_NAMES_H

#include <pvbench/entries.h>

#include <stddef.h>
#include <stdint.h>

#define PVB_DETAIL_NAME_SIZE 48

/* In the key of a VMMCALL's detail: the number is one of KVM's hypercalls, not one of Xen's. */
#define PVB_DETAIL_KVM ((uint64_t)1 << 63)
/* Or one of Hyper-V's, of a guest that takes KVM for it: hyperv_0x5c. */
#define PVB_DETAIL_HYPERV ((uint64_t)1 << 62)

/* "hypercall", "forward", "emulate", "exit". */
const char *class_name(enum pvb_class class);

/* The kind's name, or NULL when the table has no row: the caller counts it as "other". */
const char *entry_name(enum pvb_class class, uint64_t code);

/*
 * What an entry was about, in words: the sub-operation of a hypercall, the
 * hypercall of a VMMCALL or inside a multicall, the port, MSR or page in hex.
 */
void detail_name(enum pvb_class class, uint64_t code, uint64_t key, char *into, size_t size);

#endif
