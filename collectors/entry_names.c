/* entry_names.c: entries.def as tables of names; entry_names.h says why. */
#include "collectors/entry_names.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

struct row {
    unsigned class, code;
    const char *name;
};

static const struct row kinds[] = {
#define PVB_HYPERCALL(number, name) {PVB_CLASS_HYPERCALL, (number), #name},
#define PVB_FORWARD(code, name)     {PVB_CLASS_FORWARD, (code), #name},
#define PVB_EMULATE(code, name)     {PVB_CLASS_EMULATE, (code), #name},
#define PVB_SVM_EXIT(code, name)    {PVB_CLASS_EXIT, (code), #name},
#define PVB_VMX_EXIT(code, name)    {PVB_CLASS_EXIT, PVB_VMX + (code), #name},
#include <pvbench/entries.def>
};

/* Here `class` is the hypercall's number. */
static const struct row suboperations[] = {
#define PVB_SUBOP(hypercall, number, name) {(hypercall), (number), #name},
#include <pvbench/entries.def>
};

/* Without a class of their own. */
static const struct row kvm_hypercalls[] = {
#define PVB_KVM_HYPERCALL(number, name) {0, (number), #name},
#include <pvbench/entries.def>
};

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

static const char *find(const struct row *table, size_t rows, uint64_t class, uint64_t code)
{
    for (size_t i = 0; i < rows; i++)
        if (table[i].class == class && table[i].code == code)
            return table[i].name;
    return NULL;
}

const char *class_name(enum pvb_class class)
{
    static const char *const names[PVB_CLASSES] = {"hypercall", "forward", "emulate", "exit"};
    return names[class];
}

const char *entry_name(enum pvb_class class, uint64_t code)
{
    return find(kinds, ROWS(kinds), class, code);
}

static bool is_call(enum pvb_class class, uint64_t code)
{
    return class == PVB_CLASS_EXIT && (code == PVB_EX_VMMCALL || code == PVB_VX_VMCALL);
}

static const char *known_detail(enum pvb_class class, uint64_t code, uint64_t key)
{
    if (class == PVB_CLASS_HYPERCALL && code == PVB_HC_multicall)
        return entry_name(PVB_CLASS_HYPERCALL, key);
    if (class == PVB_CLASS_HYPERCALL)
        return find(suboperations, ROWS(suboperations), code, key);
    if (is_call(class, code))
        return key & PVB_DETAIL_KVM ? find(kvm_hypercalls, ROWS(kvm_hypercalls), 0, key & ~PVB_DETAIL_KVM)
                                    : entry_name(PVB_CLASS_HYPERCALL, key);
    return NULL;
}

void detail_name(enum pvb_class class, uint64_t code, uint64_t key, char *into, size_t size)
{
    const char *name = known_detail(class, code, key);
    if (name)
        snprintf(into, size, "%s", name);
    else if (is_call(class, code) && key >> 62 == PVB_DETAIL_HYPERV >> 62)
        snprintf(into, size, "hyperv_0x%" PRIx64, key & ~PVB_DETAIL_HYPERV);
    else if (class == PVB_CLASS_HYPERCALL || is_call(class, code))
        snprintf(into, size, "%" PRIu64, key & ~PVB_DETAIL_KVM);
    else
        snprintf(into, size, "0x%" PRIx64, key);
}
