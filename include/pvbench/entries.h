/*
 * entries.h: the four classes of entries into a hypervisor, and the codes
 * of entries.def as C constants. Both sides of the guest/host line use it,
 * so it needs no C library.
 *
 * The class and the code name an entry kind. An entry belongs to exactly
 * one class, by the way it came in: a hypercall of an HVM guest is the exit
 * VMMCALL, and what it asked for is that entry's detail.
 */
#ifndef PVBENCH_ENTRIES_H
#define PVBENCH_ENTRIES_H

enum pvb_class {
    PVB_CLASS_HYPERCALL, /* code: Xen hypercall number, 0..63 */
    PVB_CLASS_FORWARD,   /* code: exception vector, or 32.. from entries.def */
    PVB_CLASS_EMULATE,   /* code: from entries.def */
    PVB_CLASS_EXIT,      /* code: SVM exit code, or PVB_VMX + VMX exit reason, of 16 bits */
    PVB_CLASSES
};

/* Intel's exit reasons and AMD's exit codes overlap; these stand apart. */
#define PVB_VMX 0x10000u

enum pvb_entry_code {
#define PVB_HYPERCALL(number, name) PVB_HC_##name = (number),
#define PVB_FORWARD(code, name)     PVB_FW_##name = (code),
#define PVB_EMULATE(code, name)     PVB_EM_##name = (code),
#define PVB_SVM_EXIT(code, name)    PVB_EX_##name = (code),
#define PVB_VMX_EXIT(code, name)    PVB_VX_##name = PVB_VMX + (code),
#include "entries.def"
};

#endif
