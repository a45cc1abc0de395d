/* kvm_host.c: looks at the running kernel; kvm_host.h says for what. */
#include "probes/kvm_host.h"
#include "probes/ebpf.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <cpuid.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRACEFS "/sys/kernel/tracing"

/* --- may we? ---------------------------------------------------------------- */

bool kvm_host_allows(char *why, size_t why_size, char *mend, size_t mend_size)
{
    if (access("/sys/module/kvm", F_OK)) {
        snprintf(why, why_size, "kvm is not loaded");
        snprintf(mend, mend_size, "modprobe kvm_amd, or kvm_intel");
        return false;
    }
    bool allowed = ebpf_allowed(why, why_size, mend, mend_size);
    if (!ebpf_has_rights() && access("/sys/kernel/btf/kvm", F_OK) == 0)
        snprintf(why, why_size, "eBPF needs root (CAP_SYS_ADMIN), since kvm is a module");
    return allowed;
}

/* --- type information --------------------------------------------------------- */

static const char *const event_names[KVM_EVENTS] = {
    [KVM_EVENT_EXIT] = "kvm_exit",
    [KVM_EVENT_ENTRY] = "kvm_entry",
    [KVM_EVENT_PIO] = "kvm_pio",
    [KVM_EVENT_USERSPACE] = "kvm_userspace_exit",
    [KVM_EVENT_HYPERCALL] = "kvm_hypercall",
    [KVM_EVENT_MSR] = "kvm_msr",
    [KVM_EVENT_MMIO] = "kvm_mmio",
    [KVM_EVENT_FAST_MMIO] = "kvm_fast_mmio",
    [KVM_EVENT_PAGE_FAULT] = "kvm_page_fault",
    [KVM_EVENT_INJECTED] = "kvm_inj_virq",
    [KVM_EVENT_TSC_OFFSET] = "kvm_write_tsc_offset",
    [KVM_EVENT_WAKEUP] = "kvm_vcpu_wakeup",
    [KVM_EVENT_TIMER] = "hrtimer_expire_entry",
    [KVM_EVENT_SWITCH] = "sched_switch",
    [KVM_EVENT_CALL] = "sys_enter",
    [KVM_EVENT_RETURN] = "sys_exit",
};

const char *kvm_event_name(enum kvm_event event)
{
    return event_names[event];
}

/* Arguments of a tracepoint, without the one that is nobody's; 0 when it is not of that shape. */
static unsigned arguments_of(const struct btf *btf, const struct btf_type *t)
{
    t = btf__type_by_id(btf, t->type);
    t = t && btf_is_ptr(t) ? btf__type_by_id(btf, t->type) : NULL;
    return t && btf_is_func_proto(t) && btf_vlen(t) ? btf_vlen(t) - 1u : 0;
}

/* Tracepoints are typedefs btf_trace_NAME; where the reason lies is told by the processor's own structure. */
static bool look_through(struct kvm_host *h, const struct btf *btf, unsigned first)
{
    bool reason_is_readable = false;
    for (unsigned id = first, end = btf__type_cnt(btf); id < end; id++) {
        const struct btf_type *t = btf__type_by_id(btf, id);
        bool is_struct = btf_is_struct(t);
        if (!is_struct && !btf_is_typedef(t))
            continue;
        const char *name = btf__name_by_offset(btf, t->name_off);
        if (is_struct) {
            reason_is_readable |= strcmp(name, "vcpu_svm") == 0 || strcmp(name, "vcpu_vmx") == 0;
            continue;
        }
        if (strncmp(name, "btf_trace_", 10) != 0)
            continue;
        for (unsigned e = 0; e < KVM_EVENTS; e++)
            if (strcmp(name + 10, event_names[e]) == 0) {
                h->has[e] = true;
                if (e == KVM_EVENT_EXIT)
                    h->exit_has_reason = arguments_of(btf, t) == 3;
                if (e == KVM_EVENT_PAGE_FAULT)
                    h->fault_has_vcpu = arguments_of(btf, t) == 3;
            }
    }
    return reason_is_readable;
}

/* The loader goes through all modules to find kvm's, and the kernel tells only CAP_SYS_ADMIN which there are. */
static bool modules_are_told(struct kvm_host *h)
{
    unsigned id;
    if (bpf_btf_get_next_id(0, &id) == 0 || errno == ENOENT)
        return true;
    snprintf(h->untyped_reason, sizeof(h->untyped_reason),
             "type information (BTF) of modules, which kvm is, needs root (CAP_SYS_ADMIN): %s", strerror(errno));
    return false;
}

static bool look_at_types(struct kvm_host *h)
{
    static const char *const modules[] = {"kvm", "kvm_amd", "kvm_intel"};
    struct btf *kernel = btf__load_vmlinux_btf();
    if (!kernel) {
        snprintf(h->untyped_reason, sizeof(h->untyped_reason), "the kernel has no type information (BTF)");
        return false;
    }
    bool readable = look_through(h, kernel, 1), in_module = false;
    for (unsigned i = 0; i < sizeof(modules) / sizeof(modules[0]); i++) {
        char path[64];
        snprintf(path, sizeof(path), "/sys/kernel/btf/%s", modules[i]);
        struct btf *module = access(path, R_OK) ? NULL : btf__load_module_btf(modules[i], kernel);
        if (module)
            readable |= look_through(h, module, btf__type_cnt(kernel));
        in_module |= module != NULL;
        btf__free(module);
    }
    btf__free(kernel);
    const char *lacking = readable ? NULL : "the reason of an exit";
    for (unsigned e = 0; e < KVM_EVENTS_NEEDED; e++)
        if (!h->has[e])
            lacking = event_names[e];
    if (lacking)
        snprintf(h->untyped_reason, sizeof(h->untyped_reason), "the kernel has no type information (BTF) of %s",
                 lacking);
    return !lacking && (!in_module || modules_are_told(h));
}

/* --- classic tracepoints -------------------------------------------------------- */

struct place {
    enum kvm_event event;
    const char *names; /* of the field, as kernels have called it */
    size_t offset;     /* in struct kvm_offsets */
};

#define PLACE(event, names, member)                                                                                    \
    {                                                                                                                  \
        KVM_EVENT_##event, names, offsetof(struct kvm_offsets, member)                                                 \
    }

static const struct place places[] = {
    PLACE(EXIT, "exit_reason", exit_reason),
    PLACE(EXIT, "isa", exit_isa),
    PLACE(EXIT, "guest_rip", exit_address),
    PLACE(PIO, "rw", pio_rw),
    PLACE(PIO, "port", pio_port),
    PLACE(PIO, "size", pio_size),
    PLACE(PIO, "count", pio_count),
    PLACE(PIO, "val", pio_val),
    PLACE(USERSPACE, "reason", userspace_reason),
    PLACE(USERSPACE, "errno", userspace_errno),
    PLACE(HYPERCALL, "nr", hypercall_nr),
    PLACE(MSR, "ecx", msr_ecx),
    PLACE(MMIO, "gpa", mmio_gpa),
    PLACE(FAST_MMIO, "gpa", fast_mmio_gpa),
    PLACE(PAGE_FAULT, "fault_address", page_fault_address),
    PLACE(INJECTED, "vector irq", inj_vector),
    PLACE(WAKEUP, "ns", wakeup_ns),
    PLACE(TIMER, "function", timer_function),
};

static bool name_among(const char *names, const char *name, size_t size)
{
    for (const char *at = names; (at = strstr(at, name)); at += size)
        if ((at == names || at[-1] == ' ') && (at[size] == ' ' || !at[size]))
            return true;
    return false;
}

/* Lines like "	field:unsigned int exit_reason;	offset:8;	size:4;	signed:0;" */
static void read_format(struct kvm_host *h, enum kvm_event event, FILE *f)
{
    char line[512];
    h->has[event] = true;
    while (fgets(line, sizeof(line), f)) {
        char *semicolon = strstr(line, ";\toffset:");
        if (!semicolon)
            continue;
        unsigned long offset = strtoul(semicolon + 9, NULL, 10);
        *semicolon = 0;
        char *name = strrchr(line, ' ');
        if (!name)
            continue;
        for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
            if (places[i].event == event && name_among(places[i].names, name + 1, strlen(name + 1)))
                *(uint16_t *)((char *)&h->at + places[i].offset) = (uint16_t)offset;
    }
}

static bool look_at_formats(struct kvm_host *h, char *why, size_t why_size, char *mend, size_t mend_size)
{
    const char *lacking = NULL;
    int error = 0;
    for (unsigned e = 0; e < KVM_EVENTS; e++) {
        char path[128];
        snprintf(path, sizeof(path), TRACEFS "/events/%s/%s/format", e == KVM_EVENT_TIMER ? "timer" : "kvm",
                 event_names[e]);
        FILE *f = fopen(path, "re");
        h->has[e] = false;
        if (f) {
            read_format(h, (enum kvm_event)e, f);
            fclose(f);
        } else if (e < KVM_EVENTS_NEEDED) {
            lacking = event_names[e];
            error = errno;
        }
    }
    /* A field whose place was not found would be read from the record's head. */
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (h->has[places[i].event] && !*(uint16_t *)((char *)&h->at + places[i].offset)) {
            h->has[places[i].event] = false;
            if (places[i].event < KVM_EVENTS_NEEDED)
                lacking = event_names[places[i].event];
        }
    if (lacking) {
        snprintf(why, why_size, "%s; and its tracepoint %s cannot be read in " TRACEFS "%s%s",
                 h->untyped_reason[0] ? h->untyped_reason : "types are not to be used", lacking, error ? ": " : "",
                 error ? strerror(error) : "");
        snprintf(mend, mend_size, "%s",
                 error == EACCES   ? "sudo pvbench …"
                 : error == ENOENT ? "mount -t tracefs none " TRACEFS
                                   : "a kernel of 5.15 or later with CONFIG_DEBUG_INFO_BTF");
    }
    return !lacking;
}

/* CPUID Fn8000_0001_ECX[2] (AMD APM vol. 3, appendix E). */
static bool processor_has_svm(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(0x80000001, &a, &b, &c, &d) && c >> 2 & 1;
}

/* --- both --------------------------------------------------------------------------- */

/* Linux has called the tick by both names. Its callbacks lie beside each other, so the list is not read to its end. */
static void find_callbacks(struct kvm_host *h)
{
    char line[256], name[128];
    unsigned long long address = 0;
    bool hidden = false;
    FILE *f = fopen("/proc/kallsyms", "re");
    while (f && !(h->tick_function && h->sleep_function) && fgets(line, sizeof(line), f)) {
        if (sscanf(line, "%llx %*c %127s", &address, name) != 2)
            continue;
        if (strcmp(name, "tick_sched_timer") == 0 || strcmp(name, "tick_nohz_handler") == 0)
            hidden = !(h->tick_function = address);
        else if (strcmp(name, "hrtimer_wakeup") == 0)
            h->sleep_function = address;
    }
    if (f)
        fclose(f);
    if (!h->has[KVM_EVENT_TIMER])
        h->no_ticks = "the tracepoint hrtimer_expire_entry is not to be had";
    else if (!h->tick_function)
        h->no_ticks = hidden ? "/proc/kallsyms hides addresses: as root, sysctl kernel.kptr_restrict=1"
                             : "/proc/kallsyms does not have the tick's function";
}

bool kvm_host_look(struct kvm_host *h, bool classic, char *why, size_t why_size, char *mend, size_t mend_size)
{
    memset(h, 0, sizeof(*h));
    h->svm = processor_has_svm();
    h->typed = !classic && look_at_types(h);
    if (!h->typed && !look_at_formats(h, why, why_size, mend, mend_size))
        return false;
    find_callbacks(h);
    return true;
}
