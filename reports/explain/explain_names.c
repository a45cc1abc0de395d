/*
 * explain_names.c: how workloads and functions are called: which functions are the same in two
 * builds, and whose they are. What a compiler appends to the name
 * of a copy that it has changed (.isra, .constprop, .part, .cold) is left out: it is the same source.
 */
#include "reports/explain/explain.h"

#include <string.h>

void explain_label(char *into, size_t size, const char *name, uint64_t parameter)
{
    if (parameter)
        snprintf(into, size, "%s/%llu", name, (unsigned long long)parameter);
    else
        snprintf(into, size, "%s", name);
}

size_t explain_source_name(const char *name)
{
    static const char *const appended[] = {".isra", ".constprop", ".part", ".cold", ".lto_priv"};
    size_t size = strlen(name);
    for (size_t i = 0; i < sizeof(appended) / sizeof(appended[0]); i++) {
        const char *at = strstr(name, appended[i]);
        if (at && at != name && (size_t)(at - name) < size)
            size = (size_t)(at - name);
    }
    return size;
}

int explain_order(const struct explain_function *a, const struct explain_function *b)
{
    const size_t size = explain_source_name(a->name), of = explain_source_name(b->name);
    int order = strcmp(a->owner, b->owner);
    if (order == 0)
        order = strncmp(a->name, b->name, size < of ? size : of);
    return order ? order : size < of ? -1 : size > of;
}

bool explain_is_same(const struct explain_function *a, const struct explain_function *b)
{
    return explain_order(a, b) == 0;
}

enum explain_whose explain_whose(const char *owner)
{
    static const struct {
        const char *owner;
        enum explain_whose whose;
    } known[] = {{"guest", EXPLAIN_GUEST},          {"guest_kernel", EXPLAIN_GUEST}, {"minivisor", EXPLAIN_HYPERVISOR},
                 {"xen", EXPLAIN_HYPERVISOR},       {"kvm", EXPLAIN_HYPERVISOR},     {"kvm_amd", EXPLAIN_HYPERVISOR},
                 {"kvm_intel", EXPLAIN_HYPERVISOR}, {"programs", EXPLAIN_PROGRAMS},  {"hypervisor", EXPLAIN_HYPERVISOR},
                 {"entry", EXPLAIN_HYPERVISOR}};
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(owner, known[i].owner) == 0)
            return known[i].whose;
    return *owner == '/' ? EXPLAIN_PROGRAMS : EXPLAIN_KERNEL; /* a file of the host, or a module */
}
