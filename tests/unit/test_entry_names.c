/*
 * Every way in has a name of its own: entries.def against the kernel's and Xen's headers of this computer, and against
 * numbers that are newer than those.
 */
#include "collectors/entry_names.h"
#include "collectors/kvm_ebpf.h"
#include "collectors/kvm_names.h"

#include "probes/kvm.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
    uint64_t code;
    const char *name;
};

static const struct row svm[] = {
#define PVB_SVM_EXIT(code, name) {(code), #name},
#include <pvbench/entries.def>
};
static const struct row vmx[] = {
#define PVB_VMX_EXIT(code, name) {(code), #name},
#include <pvbench/entries.def>
};
static const struct row hypercalls[] = {
#define PVB_HYPERCALL(number, name) {(number), #name},
#include <pvbench/entries.def>
};
static const struct row forwards[] = {
#define PVB_FORWARD(code, name) {(code), #name},
#include <pvbench/entries.def>
};
static const struct row emulated[] = {
#define PVB_EMULATE(code, name) {(code), #name},
#include <pvbench/entries.def>
};

#define ROWS(table) (table), sizeof(table) / sizeof((table)[0])

static void no_two_alike(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (rows[i].code == rows[j].code || strcmp(rows[i].name, rows[j].name) == 0)
                fail_msg("%s and %s share a number or a name", rows[i].name, rows[j].name);
}

static void none_shares(void **state)
{
    (void)state;
    no_two_alike(ROWS(svm));
    no_two_alike(ROWS(vmx));
    no_two_alike(ROWS(hypercalls));
    no_two_alike(ROWS(forwards));
    no_two_alike(ROWS(emulated));
}

/* What the probes count in their dense table comes out under the name that it went in with. */
static void through_the_probes(enum kvm_isa isa, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        unsigned kind = kvm_kind_of(rows[i].code);
        const char *name = entry_name(PVB_CLASS_EXIT, kvm_entry_code(isa, kind));
        if (kind == KVM_KIND_OTHER || kind == KVM_KIND_HOST || !name || strcmp(name, rows[i].name) != 0)
            fail_msg("%s: counted as %s", rows[i].name, name ? name : "other");
        for (size_t j = 0; j < i; j++)
            if (kvm_kind_of(rows[j].code) == kind)
                fail_msg("%s and %s are counted as one", rows[i].name, rows[j].name);
    }
}

static void probes(void **state)
{
    (void)state;
    through_the_probes(KVM_ISA_IS_SVM, ROWS(svm));
    through_the_probes(KVM_ISA_IS_VMX, ROWS(vmx));
    /* The VMCB has 64 bits. */
    assert_int_equal(kvm_kind_of(UINT64_MAX), kvm_kind_of(UINT32_MAX));
    assert_int_equal(kvm_kind_of(0xf00000000), KVM_KIND_OTHER);
    assert_int_equal(kvm_kind_of(0x10ffffffff), KVM_KIND_OTHER);
    assert_int_equal(kvm_kind_of(0x180000001), KVM_KIND_OTHER);
}

/* Newer than the headers at hand may be. */
static void newer(void **state)
{
    static const struct row amd[] = {
        {0x24, "DR4_READ"},
        {0x35, "DR5_WRITE"},
        {0x49, "EXCP_CSO"},
        {0x5d, "EXCP_VC"},
        {0x90, "CR0_WRITE_TRAP"},
        {0x94, "CR4_WRITE_TRAP"},
        {0x9f, "CR15_WRITE_TRAP"},
        {0xa0, "INVLPGB"},
        {0xa1, "INVLPGB_ILLEGAL"},
        {0xa2, "INVPCID"},
        {0xa3, "MCOMMIT"},
        {0xa4, "TLBSYNC"},
        {0xa5, "BUS_LOCK"},
        {0xa6, "IDLE_HLT"},
        {0x403, "VMGEXIT"},
        {0x407, "PML_FULL"},
        {0x80000001, "VMGEXIT_MMIO_READ"},
        {0x80000014, "VMGEXIT_HVDB_PAGE"},
        {0x80000018, "VMGEXIT_SNP_RUN_VMPL"},
        {0x8000001a, "VMGEXIT_SAVIC"},
        {0x8000ffff, "VMGEXIT_UNSUPPORTED_EVENT"},
        {0xffffffff, "INVALID"},
    };
    static const struct row intel[] = {
        {65, "PCONFIG"},  {66, "SPP_EVENT"},    {67, "UMWAIT"},        {68, "TPAUSE"},    {69, "LOADIWKEY"},
        {70, "ENCLV"},    {72, "ENQCMD_PASID"}, {73, "ENQCMDS_PASID"}, {74, "BUS_LOCK"},  {75, "NOTIFY"},
        {76, "SEAMCALL"}, {77, "TDCALL"},       {78, "RDMSRLIST"},     {79, "WRMSRLIST"}, {80, "URDMSR"},
        {81, "UWRMSR"},   {84, "MSR_READ_IMM"}, {85, "MSR_WRITE_IMM"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(amd) / sizeof(amd[0]); i++)
        assert_string_equal(entry_name(PVB_CLASS_EXIT, amd[i].code), amd[i].name);
    for (size_t i = 0; i < sizeof(intel) / sizeof(intel[0]); i++)
        assert_string_equal(entry_name(PVB_CLASS_EXIT, PVB_VMX + intel[i].code), intel[i].name);
    assert_string_equal(kvm_userspace_name(40), "tdx");
    assert_string_equal(kvm_userspace_name(43), "snp_req_certs");
    assert_null(kvm_userspace_name(44));
}

/* --- the headers of this computer ------------------------------------------- */

/* How many words of the one are none of the other's: READ_CR0 and CR0_READ have the same. */
static int words_missing(const char *of, const char *in)
{
    char copy[128], *rest = copy;
    int missing = 0;
    snprintf(copy, sizeof(copy), "%s", of);
    for (const char *word; (word = strsep(&rest, "_"));) {
        const char *at = in;
        size_t n = strlen(word);
        while (at && (strncasecmp(at, word, n) != 0 || (at[n] && at[n] != '_')))
            at = (at = strchr(at, '_')) ? at + 1 : NULL;
        missing += !at;
    }
    return missing;
}

static bool same_words(const char *a, const char *b)
{
    return !words_missing(a, b) && !words_missing(b, a);
}

/* What is called otherwise here, or is no way in. */
struct other_word {
    const char *theirs, *ours; /* NULL: none */
};

static const struct other_word others[] = {
    {"SVM_EXIT_AVIC_UNACCELERATED_ACCESS", "AVIC_NOACCEL"},
    {"SVM_EXIT_ERR", "INVALID"},
    {"SVM_EXIT_SW", "SOFTWARE"},
    {"SVM_EXIT_EXCP_BASE", NULL},
    {"SVM_EXIT_LAST_EXCP", NULL},
    {"KVM_EXIT_HYPERV_SYNIC", NULL}, /* what KVM_EXIT_HYPERV and _XEN are about, and flags */
    {"KVM_EXIT_HYPERV_HCALL", NULL},
    {"KVM_EXIT_HYPERV_SYNDBG", NULL},
    {"KVM_EXIT_XEN_HCALL", NULL},
    {"KVM_EXIT_IO_IN", NULL},
    {"KVM_EXIT_IO_OUT", NULL},
    {"__HYPERVISOR_arch_0", "mca"}, /* x86's (xen-mca.h), and Xen's own */
    {"__HYPERVISOR_arch_1", "paging_domctl_cont"},
};

static const char *ours_of(const char *macro, const char *rest)
{
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(macro, others[i].theirs) == 0)
            return others[i].ours;
    return rest;
}

typedef const char *(*namer)(uint64_t code);

static const char *svm_name(uint64_t code)
{
    return entry_name(PVB_CLASS_EXIT, (uint32_t)code);
}

static const char *vmx_name(uint64_t code)
{
    return entry_name(PVB_CLASS_EXIT, PVB_VMX + code);
}

static const char *vmgexit_name(uint64_t code)
{
    const char *name = entry_name(PVB_CLASS_EXIT, code);
    return name && strncmp(name, "VMGEXIT_", 8) == 0 ? name + 8 : NULL;
}

static const char *hypercall_name(uint64_t code)
{
    return entry_name(PVB_CLASS_HYPERCALL, code);
}

static char detail[PVB_DETAIL_NAME_SIZE];

static const char *kvm_hypercall_name(uint64_t code)
{
    detail_name(PVB_CLASS_EXIT, PVB_EX_VMMCALL, code | PVB_DETAIL_KVM, detail, sizeof(detail));
    return detail;
}

static const char *suboperation(unsigned hypercall, uint64_t code)
{
    detail_name(PVB_CLASS_HYPERCALL, hypercall, code, detail, sizeof(detail));
    return detail;
}

static const char *memory_name(uint64_t code)
{
    return suboperation(PVB_HC_memory_op, code);
}

static const char *event_name(uint64_t code)
{
    return suboperation(PVB_HC_event_channel_op, code);
}

static const char *vcpu_name(uint64_t code)
{
    return suboperation(PVB_HC_vcpu_op, code);
}

static const char *sched_name(uint64_t code)
{
    return suboperation(PVB_HC_sched_op, code);
}

static const char *mmuext_name(uint64_t code)
{
    return suboperation(PVB_HC_mmuext_op, code);
}

static const struct header {
    const char *path, *prefix;
    uint64_t from, to; /* other numbers are sub-codes of these */
    namer name;
    int least; /* so many were there when this was written */
} headers[] = {
    {"/usr/include/x86_64-linux-gnu/asm/svm.h", "SVM_EXIT_", 0, UINT64_MAX, svm_name, 85},
    {"/usr/include/x86_64-linux-gnu/asm/svm.h", "SVM_VMGEXIT_", 0x80000000, 0x8000ffff, vmgexit_name, 11},
    {"/usr/include/x86_64-linux-gnu/asm/vmx.h", "EXIT_REASON_", 0, 0xffff, vmx_name, 60},
    {"/usr/include/linux/kvm.h", "KVM_EXIT_", 0, 0xffff, kvm_userspace_name, 37},
    {"/usr/include/linux/kvm_para.h", "KVM_HC_", 0, 0xffff, kvm_hypercall_name, 12},
    {"/usr/include/xen/xen.h", "__HYPERVISOR_", 0, 0xffff, hypercall_name, 49},
    {"/usr/include/xen/xen.h", "MMUEXT_", 0, 0xffff, mmuext_name, 20},
    {"/usr/include/xen/event_channel.h", "EVTCHNOP_", 0, 0xffff, event_name, 14},
    {"/usr/include/xen/vcpu.h", "VCPUOP_", 0, 0xffff, vcpu_name, 14},
    {"/usr/include/xen/sched.h", "SCHEDOP_", 0, 0xffff, sched_name, 8},
    {"/usr/include/xen/memory.h", "XENMEM_", 0, 0xffff, memory_name, 25},
};

/* Those of Xen's memory_op are followed by their own sub-codes, named after them. */
static bool is_sub_code(const char *macro)
{
    static const char *const parents[] = {"XENMEM_paging_op_", "XENMEM_access_op_", "XENMEM_sharing_op_",
                                          "XENMEM_resource_", "XENMEM_RDM_"};
    for (size_t i = 0; i < sizeof(parents) / sizeof(parents[0]); i++)
        if (strncmp(macro, parents[i], strlen(parents[i])) == 0)
            return true;
    return false;
}

/* "#define PREFIX_REST NUMBER": its macro and number. */
static bool number_of(const char *line, const char *prefix, char macro[static 128], uint64_t *code)
{
    char number[32], *end;
    if (sscanf(line, "#define %127s %31s", macro, number) != 2 || strncmp(macro, prefix, strlen(prefix)) != 0)
        return false;
    *code = strtoull(number, &end, 0);
    return end != number && strspn(end, "uUlL") == strlen(end) && !is_sub_code(macro);
}

static void check_header(const struct header *h)
{
    char line[512], macro[128];
    uint64_t code;
    int seen = 0;
    FILE *f = fopen(h->path, "re");
    if (!f) {
        print_message("%s: not on this computer\n", h->path);
        return;
    }
    while (fgets(line, sizeof(line), f)) {
        if (!number_of(line, h->prefix, macro, &code) || code < h->from || code > h->to)
            continue;
        const char *wanted = ours_of(macro, macro + strlen(h->prefix)), *name = wanted ? h->name(code) : NULL;
        seen++;
        if (wanted && (!name || !same_words(name, wanted)))
            fail_msg("%s: %s, number %#" PRIx64 ", is called %s here", h->path, macro, code, name ? name : "other");
    }
    fclose(f);
    assert_true(seen >= h->least);
}

static void the_headers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
        check_header(&headers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(none_shares),
        cmocka_unit_test(probes),
        cmocka_unit_test(newer),
        cmocka_unit_test(the_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
