/* profile_entries.c: see profile_entries.h. */
#include "runner/machine/profile_entries.h"
#include "common/memory.h"

#include "collectors/entry_names.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALL = 64 };

/* Of a PV guest and of an HVM guest; NULL: it is not left for that, but may be interrupted there. */
static const struct {
    const char *word, *pv, *hvm;
} causes[] = {
    {"none", NULL, NULL},
    {"interrupt", "interrupt", "exit INTR"},
    {"access", "forward page_fault", "exit NPF"},
    /* Behind which the guest goes on, as if nothing had been in its way. */
    {"carried_out", "emulate page_table_write", "exit NPF"},
    {"syscall", "forward syscall", NULL},
    {"hypercall", "hypercall", NULL},
    {"vmmcall", NULL, "exit VMMCALL"},
    {"cpuid", "emulate cpuid", "exit CPUID"},
    {"rdmsr", "emulate rdmsr", "exit MSR"},
    {"wrmsr", "emulate wrmsr", "exit MSR"},
    {"in", "emulate in", "exit IOIO"},
    {"out", "emulate out", "exit IOIO"},
    {"hlt", "emulate hlt", "exit HLT"},
    {"pause", NULL, "exit PAUSE"},
    {"invlpg", "emulate invlpg", "exit INVLPG"},
    {"read_cr", "emulate read_cr", "exit CR_READ"},
    {"write_cr", "emulate write_cr", "exit CR_WRITE"},
    {"rdtsc", "emulate rdtsc", "exit RDTSC"},
    /* Xen's own prefix of CPUID, for which a PV guest's is not answered by the processor. */
    {"ud2", "emulate cpuid", "exit EXCEPTION_UD"},
    {"divide", "forward divide_error", "exit EXCEPTION_DE"},
};

int profile_cause(const char *word)
{
    unsigned number;
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        if (strcmp(word, causes[i].word) == 0)
            return (int)i;
    return sscanf(word, "call%u", &number) == 1 && number < PROFILE_CAUSES - CALL ? CALL + (int)number : -1;
}

static void call_name(unsigned number, const struct profile_guest *guest, char *into, size_t size)
{
    char name[PVB_DETAIL_NAME_SIZE];
    detail_name(PVB_CLASS_EXIT, PVB_EX_VMMCALL, guest->is_kvms ? number | PVB_DETAIL_KVM : number, name, sizeof(name));
    snprintf(into, size, guest->is_hvm ? "exit VMMCALL (%s)" : "hypercall %s", name);
}

void profile_cause_name(unsigned cause, const struct profile_guest *guest, char *into, size_t size)
{
    if (cause >= CALL) {
        call_name(cause - CALL, guest, into, size);
        return;
    }
    const char *name = guest->is_hvm ? causes[cause].hvm : causes[cause].pv;
    snprintf(into, size, "%s", name ? name : "interrupt");
}

/* --- paths ------------------------------------------------------------------- */

bool profile_path_begin(struct profile_path *p, bool is_least, uint64_t instructions)
{
    const bool is_more = is_least ? instructions < p->instructions : instructions > p->instructions;
    if (p->seen && !is_more)
        return false;
    p->seen = true;
    p->instructions = instructions;
    p->count = 0;
    return true;
}

void profile_path_add(struct profile_path *p, uint32_t function)
{
    for (size_t i = p->count; i-- > 0;)
        if (p->function[i] == function)
            return;
    if (p->count == p->room) {
        p->room = p->room * 2 + 64;
        p->function = memory_grown(p->function, p->room * sizeof(*p->function));
    }
    p->function[p->count++] = function;
}

static json_t *path_json(const struct profile_path *p)
{
    json_t *functions = json_array();
    for (size_t i = 0; i < p->count; i++)
        json_array_append_new(functions, json_integer(p->function[i]));
    return json_pack("{s:I, s:o}", "instructions", (json_int_t)p->instructions, "functions", functions);
}

json_t *profile_entries_json(const struct profile_entry *entry, const uint32_t *kind)
{
    json_t *list = json_array();
    for (unsigned i = 0; i < PROFILE_CAUSES; i++)
        if (entry[i].count && entry[i].least.seen && entry[i].most.seen)
            json_array_append_new(list, json_pack("{s:I, s:I, s:o, s:o}", "kind", (json_int_t)kind[i], "count",
                                                  (json_int_t)entry[i].count, "least", path_json(&entry[i].least),
                                                  "most", path_json(&entry[i].most)));
    return list;
}

void profile_entries_clear(struct profile_entry *entry)
{
    for (unsigned i = 0; i < PROFILE_CAUSES; i++) {
        entry[i].count = 0;
        entry[i].least.seen = entry[i].most.seen = false;
        entry[i].least.count = entry[i].most.count = 0;
    }
}

void profile_entries_free(struct profile_entry *entry)
{
    for (unsigned i = 0; i < PROFILE_CAUSES; i++) {
        free(entry[i].least.function);
        free(entry[i].most.function);
    }
}
