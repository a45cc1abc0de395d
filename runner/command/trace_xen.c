/* trace_xen.c: one record after the other; the layouts are those of xen/trace.h. trace_xen.h says for whom. */
#include "runner/command/trace_xen.h"
#include "runner/command/trace_cells.h"

#include "collectors/entry_names.h"
#include "common/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <xen/trace.h>

#define IDLE_DOMAIN  0x7fffu
#define RUNSTATE_ANY 0x330u /* bits 8-9 the state before, 4-5 the one after */
#define NOBODY       (~0u)
#define VCPUS_MOST   (1u << 16)

/* One number for AMD and Intel until Xen 4.17, then one for each. */
#define EXIT_SHARED (TRC_HVM_ENTRYEXIT + 2)
#define EXIT_SVM    (TRC_HVM_ENTRYEXIT + 3)

/* Intel has no reason as high as this, and AMD's guests cannot do without: all interrupts, CPUID, IN and OUT. */
#define SVM_ONLY 0x50u

struct xen_vcpu {
    uint16_t domain, number;
    bool in_exit, has_about;
    uint32_t code; /* as the processor gives it */
    uint64_t began, address, about;
    enum trace_section section;
};

struct trace_xen {
    double hz;
    struct trace_wants wants;
    trace_take *take;
    void *with;
    struct {
        uint32_t domain, place;
    } wanted[TRACE_GUESTS_MAX];
    size_t wanteds;
    uint32_t runs[XENTRACE_CPUS]; /* which vcpu, or NOBODY */
    struct xen_vcpu *vcpu;
    uint32_t vcpus;
    struct trace_cells *cells;
    bool svm;
    uint64_t first, last, records, lost, nobody, lost_vcpus;
};

struct trace_xen *trace_xen_new(double hz, const struct trace_wants *wants, trace_take *take, void *with)
{
    struct trace_xen *x = memory_zeroed(1, sizeof(*x));
    x->hz = hz;
    x->wants = *wants;
    x->take = take;
    x->with = with;
    x->cells = trace_cells_new();
    for (size_t i = 0; i < XENTRACE_CPUS; i++)
        x->runs[i] = NOBODY;
    return x;
}

void trace_xen_free(struct trace_xen *x)
{
    if (!x)
        return;
    trace_cells_free(x->cells);
    free(x->vcpu);
    free(x);
}

void trace_xen_want(struct trace_xen *x, uint32_t domain, uint32_t place)
{
    x->wanted[x->wanteds].domain = domain;
    x->wanted[x->wanteds++].place = place;
}

static uint64_t wide(const uint32_t *words)
{
    return words[0] | (uint64_t)words[1] << 32;
}

static uint64_t ns_of(const struct trace_xen *x, uint64_t ticks)
{
    double ns = (double)ticks * 1e9 / x->hz;
    /* A file may have any time in it. */
    return x->hz <= 0 ? ticks : ns < 9e18 ? (uint64_t)ns : (uint64_t)9e18;
}

/* --- who runs ------------------------------------------------------------------------ */

static uint32_t vcpu_of(struct trace_xen *x, uint16_t domain, uint16_t number)
{
    for (uint32_t i = 0; i < x->vcpus; i++)
        if (x->vcpu[i].domain == domain && x->vcpu[i].number == number)
            return i;
    if (x->vcpus == VCPUS_MOST)
        return NOBODY;
    if (!(x->vcpus & (x->vcpus - 1)))
        x->vcpu = memory_grown(x->vcpu, (x->vcpus ? 2 * x->vcpus : 1) * sizeof(*x->vcpu));
    x->vcpu[x->vcpus] = (struct xen_vcpu){.domain = domain, .number = number};
    return x->vcpus++;
}

static void runstate(struct trace_xen *x, const struct xentrace_record *r)
{
    if (r->extras < 1)
        return;
    uint32_t vcpu = vcpu_of(x, (uint16_t)(r->extra[0] >> 16), (uint16_t)r->extra[0]);
    if ((r->event >> 4 & 3) == 0)
        x->runs[r->cpu] = vcpu;
    else if (x->runs[r->cpu] == vcpu)
        x->runs[r->cpu] = NOBODY;
}

/* It is Xen that says it: what came in between, and who runs now, is not known. */
static void lose(struct trace_xen *x, const struct xentrace_record *r)
{
    x->lost += r->extras ? r->extra[0] : 1;
    if (x->runs[r->cpu] != NOBODY)
        x->vcpu[x->runs[r->cpu]].in_exit = false;
    x->runs[r->cpu] = NOBODY;
}

/* --- entries --------------------------------------------------------------------------- */

static void count(struct trace_xen *x, const struct xen_vcpu *v, enum pvb_class class, uint32_t code)
{
    trace_cells_add(x->cells, &(struct trace_cell){v->domain, v->number, (uint16_t) class, code, TRACE_UNTIMED}, 0);
}

static void count_about(struct trace_xen *x, const struct xen_vcpu *v, enum trace_section section, uint64_t about)
{
    trace_cells_add(x->cells, &(struct trace_cell){v->domain, 0, (uint16_t)(PVB_CLASSES + section), 0, about}, 0);
}

static uint32_t entry_code(const struct trace_xen *x, uint32_t code)
{
    return x->svm ? code : PVB_VMX + (code & 0xffff);
}

static void name_code(enum pvb_class class, uint32_t code, char *into)
{
    const char *name = entry_name(class, code);
    if (name)
        snprintf(into, TRACE_NAME_SIZE, "%s", name);
    else if (code == UINT32_MAX)
        snprintf(into, TRACE_NAME_SIZE, "other");
    else
        snprintf(into, TRACE_NAME_SIZE, "0x%" PRIx32,
                 code >= PVB_VMX && class == PVB_CLASS_EXIT ? code - PVB_VMX : code);
}

static void name_about(enum trace_section section, uint64_t about, char *into)
{
    const char *name = section == TRACE_HYPERCALLS ? entry_name(PVB_CLASS_HYPERCALL, about) : NULL;
    if (name)
        snprintf(into, TRACE_NAME_SIZE, "%s", name);
    else
        snprintf(into, TRACE_NAME_SIZE, "0x%" PRIx64, about);
}

static void tell(struct trace_xen *x, const struct xen_vcpu *v, uint64_t until)
{
    static const char *const words[TRACE_SECTIONS] = {
        [TRACE_HYPERCALLS] = "hypercall", [TRACE_PORTS] = "port", [TRACE_MSRS] = "MSR", [TRACE_PAGES] = "page"};
    struct trace_record record = {
        .since = ns_of(x, v->began), .until = ns_of(x, until), .address = v->address, .vcpu = v->number};
    size_t i = 0;
    while (i < x->wanteds && x->wanted[i].domain != v->domain)
        i++;
    if (i == x->wanteds && x->wanteds)
        return;
    record.guest = x->wanteds ? x->wanted[i].place : v->domain;
    name_code(PVB_CLASS_EXIT, entry_code(x, v->code), record.kind);
    if (v->has_about) {
        char name[TRACE_NAME_SIZE];
        name_about(v->section, v->about, name);
        snprintf(record.about, sizeof(record.about), "%s %.50s", words[v->section], name);
    }
    x->take(x->with, &record);
}

static void hvm_entry(struct trace_xen *x, struct xen_vcpu *v, const struct xentrace_record *r)
{
    if (!v->in_exit)
        return;
    uint64_t cost = ns_of(x, r->tsc > v->began ? r->tsc - v->began : 0);
    v->in_exit = false;
    trace_cells_add(x->cells, &(struct trace_cell){v->domain, v->number, PVB_CLASS_EXIT, v->code, trace_part_of(cost)},
                    cost);
    if (v->has_about)
        count_about(x, v, v->section, v->about);
    if (x->wants.records && cost >= x->wants.longer)
        tell(x, v, r->tsc);
}

static void hvm_exit(struct trace_xen *x, struct xen_vcpu *v, const struct xentrace_record *r)
{
    if (r->extras < 1)
        return;
    v->in_exit = true;
    v->has_about = false;
    v->code = r->extra[0];
    v->began = r->tsc;
    v->address = r->extras >= 3 ? wide(&r->extra[1]) : r->extras == 2 ? r->extra[1] : 0;
    x->svm = x->svm || (v->code & 0xffff) >= SVM_ONLY || (r->event & ~(uint32_t)TRC_64_FLAG) == EXIT_SVM;
}

/* What the handlers say of the exit at hand: the first one. */
static void hvm_handler(struct xen_vcpu *v, const struct xentrace_record *r)
{
    enum trace_section section;
    uint64_t about = r->extra[0];
    switch (r->event) {
    case TRC_HVM_IOPORT_WRITE:
    case TRC_HVM_IOPORT_READ:
        section = TRACE_PORTS;
        break;
    case TRC_HVM_MSR_READ:
    case TRC_HVM_MSR_WRITE:
        section = TRACE_MSRS;
        break;
    case TRC_HVM_VMMCALL:
        section = TRACE_HYPERCALLS;
        break;
    case TRC_HVM_NPF:
        section = TRACE_PAGES;
        about = r->extras >= 2 ? wide(r->extra) & ~0xfffull : 0;
        break;
    default:
        return;
    }
    if (v->has_about || r->extras < (section == TRACE_PAGES ? 2u : 1u))
        return;
    v->has_about = true;
    v->section = section;
    v->about = about;
}

static void hvm_record(struct trace_xen *x, struct xen_vcpu *v, const struct xentrace_record *r)
{
    switch (r->event & ~(uint32_t)TRC_64_FLAG) {
    case EXIT_SHARED:
    case EXIT_SVM:
        hvm_exit(x, v, r);
        return;
    case TRC_HVM_VMENTRY:
        hvm_entry(x, v, r);
        return;
    default:
        if (v->in_exit)
            hvm_handler(v, r);
    }
}

static void pv_record(struct trace_xen *x, const struct xen_vcpu *v, const struct xentrace_record *r)
{
    const uint32_t call = r->extra[0] & ~TRC_PV_HYPERCALL_V2_ARG_MASK;
    switch (r->event & ~(uint32_t)TRC_64_FLAG) {
    case TRC_PV_HYPERCALL_V2:
        if (r->extras >= 1)
            count(x, v, PVB_CLASS_HYPERCALL, call);
        return;
    case TRC_PV_HYPERCALL_SUBCALL:
        if (r->extras >= 1)
            count_about(x, v, TRACE_HYPERCALLS, call);
        return;
    case TRC_PV_TRAP:
        if (r->extras >= 3)
            count(x, v, PVB_CLASS_FORWARD, r->extra[2] & 0x7fff);
        return;
    case TRC_PV_PAGE_FAULT:
        count(x, v, PVB_CLASS_FORWARD, PVB_FW_page_fault);
        return;
    case TRC_PV_FORCED_INVALID_OP:
        count(x, v, PVB_CLASS_EMULATE, PVB_EM_cpuid);
        return;
    case TRC_PV_PTWR_EMULATION:
    case TRC_PV_PTWR_EMULATION_PAE:
        count(x, v, PVB_CLASS_EMULATE, PVB_EM_page_table_write);
        return;
    default:
        /* Which instruction it was is not written down. */
        count(x, v, PVB_CLASS_EMULATE, UINT32_MAX);
    }
}

void trace_xen_take(void *with, const struct xentrace_record *r)
{
    struct trace_xen *x = with;
    const uint32_t class = r->event >> TRC_CLS_SHIFT, vcpu = x->runs[r->cpu];
    x->first = x->records++ ? x->first : r->tsc;
    x->last = r->tsc > x->last ? r->tsc : x->last;
    if (r->event == TRC_LOST_RECORDS)
        lose(x, r);
    else if ((r->event & ~RUNSTATE_ANY) == TRC_SCHED_RUNSTATE_CHANGE)
        runstate(x, r);
    else if (class != TRC_PV >> TRC_CLS_SHIFT && class != TRC_HVM >> TRC_CLS_SHIFT)
        return;
    else if (vcpu == NOBODY)
        x->nobody++;
    else if (class == TRC_PV >> TRC_CLS_SHIFT)
        pv_record(x, &x->vcpu[vcpu], r);
    else
        hvm_record(x, &x->vcpu[vcpu], r);
}

/* --- what is known --------------------------------------------------------------------- */

uint64_t trace_xen_of_nobody(const struct trace_xen *x)
{
    return x->nobody;
}

uint64_t trace_xen_lost(const struct trace_xen *x)
{
    return x->lost;
}

uint64_t trace_xen_start(const struct trace_xen *x)
{
    return ns_of(x, x->first);
}

double trace_xen_seconds(const struct trace_xen *x)
{
    return x->hz > 0 ? (double)(x->last - x->first) / x->hz : 0;
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

size_t trace_xen_domains(const struct trace_xen *x, uint32_t domain[TRACE_XEN_DOMAINS])
{
    size_t n = 0;
    for (uint32_t i = 0; i < x->vcpus; i++) {
        size_t at = 0;
        while (at < n && domain[at] != x->vcpu[i].domain)
            at++;
        if (at == n && n < TRACE_XEN_DOMAINS && x->vcpu[i].domain != IDLE_DOMAIN)
            domain[n++] = x->vcpu[i].domain;
    }
    qsort(domain, n, sizeof(*domain), by_number);
    return n;
}

struct viewing {
    const struct trace_xen *x;
    uint32_t domain;
    struct trace_view *v;
};

static void view_cell(void *with, const struct trace_cell *key, const struct trace_sums_of *sums)
{
    const struct viewing *w = with;
    char name[TRACE_NAME_SIZE];
    if (key->domain != w->domain)
        return;
    if (key->what >= PVB_CLASSES) {
        enum trace_section section = (enum trace_section)(key->what - PVB_CLASSES);
        name_about(section, key->part, name);
        trace_view_count(w->v, section, name, sums->count);
        return;
    }
    enum pvb_class class = (enum pvb_class)key->what;
    name_code(class, class == PVB_CLASS_EXIT ? entry_code(w->x, key->code) : key->code, name);
    struct trace_part p = {.vcpu = trace_view_vcpu(w->v, key->vcpu, 0),
                           .kind = trace_view_kind(w->v, class, name),
                           .part = (uint32_t)key->part,
                           .count = sums->count,
                           .sum = sums->sum,
                           .min = sums->min,
                           .max = sums->max};
    trace_view_part(w->v, &p);
}

void trace_xen_view(const struct trace_xen *x, uint32_t domain, struct trace_view *v)
{
    struct viewing w = {x, domain, v};
    v->is_xen = true;
    v->is_ticks = x->hz <= 0;
    for (uint32_t i = 0; i < x->vcpus; i++)
        if (x->vcpu[i].domain == domain)
            trace_view_vcpu(v, x->vcpu[i].number, 0);
    trace_cells_each(x->cells, view_cell, &w);
    for (uint32_t i = 0; i < x->vcpus; i++)
        if (x->vcpu[i].domain == domain && x->vcpu[i].in_exit) {
            char name[TRACE_NAME_SIZE];
            name_code(PVB_CLASS_EXIT, entry_code(x, x->vcpu[i].code), name);
            trace_view_under_way(v, trace_view_vcpu(v, x->vcpu[i].number, 0), trace_view_kind(v, PVB_CLASS_EXIT, name));
        }
    v->lost = (struct trace_lost){.exits = x->lost, .details = trace_cells_lost(x->cells)};
    trace_view_sort(v);
}
