/* recount.c: records by their number, and the comparison with the books; recount.h says why. */
#include "hypervisor-harness/xen-domain/recount.h"

#include <pvbench/entries.h>

#include <inttypes.h>
#include <string.h>

#include <xen/trace.h>

#define VECTOR_BITS 0x7fffu /* of the word that a trap's record has it in */

void recount_begin(struct recount *c, unsigned domain)
{
    *c = (struct recount){.domain = domain};
}

/* One vCPU has the processor at a time; what becomes of another one changes nothing. */
static void recount_runstate(struct recount *c, uint32_t event, const uint32_t *extra, unsigned extras)
{
    const bool running = (event & 0x30u) == 0;
    if (!extras || extra[0] >> 16 != c->domain || (!running && (extra[0] & 0xffff) != c->vcpu))
        return;
    c->runs = running;
    c->vcpu = extra[0] & 0xffff;
}

static void recount_call(struct recount *c, uint32_t word)
{
    const uint32_t number = word & 0xfffffu;
    if (number < RECOUNT_CALLS)
        c->call[number]++;
    else
        c->other_calls++;
}

static void recount_exit(struct recount *c, uint32_t reason)
{
    if (reason < RECOUNT_EXITS)
        c->exit[reason]++;
    else
        c->other_exits++;
}

static void recount_record(struct recount *c, uint32_t event, const uint32_t *extra, unsigned extras)
{
    if ((event & ~0x330u) == TRC_SCHED_RUNSTATE_CHANGE)
        recount_runstate(c, event, extra, extras);
    if (!c->runs)
        return;
    event &= ~(uint32_t)TRC_64_FLAG;
    if (event == TRC_PV_HYPERCALL_V2 && extras)
        recount_call(c, extra[0]);
    else if (event == TRC_PV_TRAP && extras >= 3 && (extra[2] & VECTOR_BITS) < RECOUNT_TRAPS)
        c->trap[extra[2] & VECTOR_BITS]++;
    else if (event == TRC_PV_PAGE_FAULT)
        c->page_fault++;
    else if ((event == TRC_HVM_VMEXIT || event == TRC_HVM_ENTRYEXIT + 3) && extras)
        recount_exit(c, extra[0]);
    else if (event >> 16 == TRC_PV >> 16 && event != TRC_PV_HYPERCALL_V2 && event != TRC_PV_HYPERCALL_SUBCALL &&
             event != TRC_PV_TRAP)
        c->emulated++;
}

void recount_feed(struct recount *c, const uint8_t *bytes, size_t size)
{
    while (size >= sizeof(uint32_t)) {
        uint32_t head, extra[TRACE_EXTRA_MAX] = {0};
        memcpy(&head, bytes, sizeof(head));
        const unsigned extras = head >> 28 & 7, stamp = head >> 31 ? 8 : 0;
        const size_t whole = sizeof(head) + stamp + extras * sizeof(*extra);
        if (size < whole)
            return;
        memcpy(extra, bytes + sizeof(head) + stamp, extras * sizeof(*extra));
        recount_record(c, head & 0xfffffffu, extra, extras);
        bytes += whole;
        size -= whole;
    }
}

struct sums {
    FILE *out;
    const char *kind;
    uint64_t records, entries;
    bool good;
};

static void compare(struct sums *s, uint32_t code, uint64_t records, uint64_t entries)
{
    s->records += records;
    s->entries += entries;
    if (records == entries)
        return;
    s->good = false;
    fprintf(s->out, "M recount differs kind=%s code=%" PRIu32 " records=%" PRIu64 " entries=%" PRIu64 "\n", s->kind,
            code, records, entries);
}

static void end(struct sums *s, const char *next)
{
    fprintf(s->out, "M recount sum kind=%s records=%" PRIu64 " entries=%" PRIu64 "\n", s->kind, s->records, s->entries);
    s->kind = next;
    s->records = s->entries = 0;
}

/* A SYSCALL and an event have no record: the first reader takes them from the irets, and they are not compared. */
static bool compare_pv(const struct recount *c, const struct xen_books *b, FILE *out)
{
    struct sums s = {.out = out, .kind = "hypercalls", .good = true};
    for (uint32_t i = 0; i < RECOUNT_CALLS; i++)
        compare(&s, i, c->call[i], xen_books_all(b, PVB_CLASS_HYPERCALL, i));
    end(&s, "traps");
    for (uint32_t i = 0; i < RECOUNT_TRAPS; i++)
        compare(&s, i, c->trap[i] + (i == PVB_FW_page_fault ? c->page_fault : 0),
                xen_books_all(b, PVB_CLASS_FORWARD, i));
    end(&s, "emulations");
    compare(&s, 0, c->emulated, xen_books_class(b, PVB_CLASS_EMULATE));
    end(&s, NULL);
    return s.good;
}

static bool compare_hvm(const struct recount *c, enum xen_isa isa, const struct xen_books *b, FILE *out)
{
    struct sums s = {.out = out, .kind = "exits", .good = true};
    uint64_t low = 0;
    for (uint32_t i = 0; i < RECOUNT_EXITS; i++) {
        const uint64_t booked = xen_books_all(b, PVB_CLASS_EXIT, isa == XEN_ISA_VMX ? PVB_VMX + i : i);
        low += booked;
        compare(&s, i, c->exit[i], booked);
    }
    compare(&s, RECOUNT_EXITS, c->other_exits, xen_books_class(b, PVB_CLASS_EXIT) - low);
    end(&s, NULL);
    return s.good;
}

bool recount_print(const struct recount *c, enum xen_isa isa, const struct xen_books *b, FILE *out)
{
    return isa == XEN_ISA_PV ? compare_pv(c, b, out) : compare_hvm(c, isa, b, out);
}
