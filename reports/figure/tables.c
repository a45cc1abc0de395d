/* tables.c: what stands in the tables for papers; tables.h says why. */
#include "reports/figure/tables.h"
#include "reports/result/parts.h"
#include "common/memory.h"
#include "common/text.h"
#include "reports/common/number.h"
#include "reports/figure/figure_draw.h"
#include "reports/print/report_cell.h"
#include "reports/result/expectations.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* L. McVoy, C. Staelin: lmbench: Portable Tools for Performance Analysis. USENIX ATC 1996. */
static const struct paper_row lmbench[] = {
    {.name = "null call", .workload = "syscall", .note = "a system call into the guest's kernel and back"},
    {.name = "signal (exception)",
     .workload = "exception",
     .note = "a divide error that the guest's kernel handles; no signal is delivered"},
    {.name = "page fault", .workload = "page_fault", .note = "the page table is there, no file behind it"},
    {.name = "mmap", .workload = "pte_update_batch", .note = "32 page-table entries at once, without the file system"},
    {.name = "fork",
     .workload = "address_space_lifecycle",
     .note = "an address space is made, entered, left, taken down; no process"},
    {.name = "context switch 2p/0K",
     .workload = "address_space_switch",
     .note = "the switch of page tables, without a scheduler"},
    {.name = "memory latency", .workload = "memory_walk", .note = "dependent loads over 32 MiB"},
    {.name = "pipe, sockets, files",
     .note = "an operating system's, and this guest has none; the suite linux measures them: xen2003"},
};

/* P. Barham et al.: Xen and the Art of Virtualization. SOSP 2003, tables 3 to 5: microseconds. */
static const struct paper_row xen2003[] = {
    {.name = "null call", .workload = "null_call", .published = {0.45, 0.46}},
    {.name = "stat", .workload = "stat_call", .published = {1.28, 1.22}},
    {.name = "open, close", .workload = "open_close", .published = {1.92, 1.88}},
    {.name = "signal install", .workload = "signal_install", .published = {0.68, 0.69}},
    {.name = "signal catch", .workload = "signal_catch", .published = {2.49, 1.75}},
    {.name = "fork", .workload = "fork_exit", .published = {110, 198}},
    {.name = "exec", .workload = "fork_exec", .published = {530, 768}},
    {.name = "sh", .workload = "fork_sh", .published = {4000, 4800}},
    {.name = "2p/0K", .workload = "ctx_2p_0k", .published = {0.77, 1.97}},
    {.name = "2p/16K", .workload = "ctx_2p_16k", .published = {0.91, 2.22}},
    {.name = "8p/16K", .workload = "ctx_8p_16k", .published = {1.03, 3.07}},
    {.name = "16p/64K", .workload = "ctx_16p_64k", .published = {37.6, 39.4}},
    {.name = "mmap", .workload = "mmap_file", .published = {68, 139}},
    {.name = "protection fault", .workload = "prot_fault", .published = {1.06, 1.40}},
    {.name = "page fault", .workload = "file_fault", .published = {1.42, 2.73}},
};

/* C. Dall et al.: ARM Virtualization: Performance and Architectural Implications. ISCA 2016, table 2. */
static const struct paper_row dall[] = {
    {.name = "Hypercall", .workload = "null_hypercall"},
    {.name = "Interrupt Controller Trap",
     .workload = "timer_arm",
     .note = "an access to the local APIC: its deadline timer is armed; PV has a hypercall for it"},
    {.name = "Virtual IPI",
     .workload = "self_event",
     .note = "from a processor to itself, with the end of interrupt; not between two processors"},
    {.name = "Virtual IRQ Completion", .note = "not measured alone; it is part of the row above"},
    {.name = "VM Switch", .note = "not measured: one guest runs at a time"},
    {.name = "I/O Latency Out", .workload = "console_char", .note = "one character given to the console's device"},
    {.name = "I/O Latency In",
     .workload = "halt_wake",
     .note = "from a timer's expiry to the guest's first instruction; the entries are those of arming "
             "and halting, too"},
    {.name = "I/O Latency Out, block device",
     .workload = "blk_read",
     .note = "from the guest's first exit to the back end's first instruction, one request; suite io",
     .way = WAY_OUT,
     .parameter = 1},
    {.name = "I/O Latency In, block device",
     .workload = "blk_read",
     .note = "from the back end's last instruction to the guest's next one, one request; suite io",
     .way = WAY_IN,
     .parameter = 1},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct table_kind table_kinds[TABLE_KINDS] = {
    {"lmbench", "operations in lmbench's terms", lmbench, COUNT(lmbench), NULL, {NULL}},
    {"dall", "micro-operations in the terms of Dall et al., ISCA 2016", dall, COUNT(dall), NULL, {NULL}},
    {"xen2003",
     "lmbench on Linux as a guest, beside Barham et al., SOSP 2003",
     xen2003,
     COUNT(xen2003),
     "2003: Barham et al., Xen and the Art of Virtualization, SOSP 2003, tables 3 to 5, microseconds, Linux 2.4 of 32 "
     "bits; written down from memory: look into the paper before you cite them",
     {"Linux 2003", "Xen 2003"}},
};

static const struct model_cell *cell_of(const struct paper_row *row, const struct model *m, unsigned column)
{
    for (size_t i = 0; i < m->rows && row->workload; i++)
        if (m->row[i].parameter == row->parameter && strcmp(m->row[i].name, row->workload) == 0)
            return model_at(m, i, column);
    return NULL;
}

/* False: it has none, since no back end of its own takes part. */
static bool way_of(const struct paper_row *row, const struct model *m, unsigned column, double *way)
{
    struct parts p;
    for (size_t i = 0; i < m->rows && row->workload; i++)
        if (m->row[i].parameter == row->parameter && strcmp(m->row[i].name, row->workload) == 0 &&
            parts_of(m, i, column, &p) && p.served) {
            *way = row->way == WAY_OUT ? p.out : p.in;
            return true;
        }
    return false;
}

static void cost_text(const struct paper_row *row, const struct model *m, unsigned column, char into[TABLE_CELL])
{
    const struct model_cell *cell = cell_of(row, m, column);
    char number[NUMBER_SIZE];
    bool bad;
    const char *absence = cell ? cell_absence(cell, &bad) : "-";
    double cost = cell ? cell->cost : 0;
    if (!absence && row->way != WAY_NONE && !way_of(row, m, column, &cost))
        absence = "-";
    if (!absence)
        number_cost(number, cost, m->column[column].exact);
    snprintf(into, TABLE_CELL, "%.32s", absence ? absence : number);
}

/* Kind by kind, so that two mistakes do not make up for each other. */
static bool as_expected(const struct model_cell *cell, const struct expectation *x)
{
    double seen = 0;
    for (unsigned i = 0; i < x->kinds; i++) {
        double count = 0;
        for (size_t j = 0; j < cell->kinds; j++)
            if (cell->kind[j].class == x->kind[i].class && strcmp(cell->kind[j].name, x->kind[i].name) == 0)
                count = cell->kind[j].per_operation * cell->operations;
        if (count < x->kind[i].least - 1e-9 || count > x->kind[i].most + 1e-9)
            return false;
        seen += count;
    }
    return fabs(seen - cell->entries * cell->operations) <= 1e-9;
}

static bool entries_text(const struct paper_row *row, const struct model *m, unsigned column, char into[TABLE_CELL])
{
    const struct model_column *c = &m->column[column];
    const struct model_cell *cell = cell_of(row, m, column);
    struct expectation x;
    char seen[NUMBER_SIZE], expected[NUMBER_SIZE];
    /* The table is about the lab: a host's processor has other exits. */
    bool known =
        row->workload && strcmp(c->machine, "lab") == 0 && expectation_of(row->workload, c->hypervisor, c->mode, &x);
    if (model_is_native(m, column)) {
        snprintf(into, TABLE_CELL, "-");
        return true;
    }
    if (!cell || !cell->has_entries) {
        cost_text(row, m, column, into);
        if (cell && cell->has_cost)
            snprintf(into, TABLE_CELL, "not counted");
        return true;
    }
    number_entries(seen, cell->entries * cell->operations);
    if (!known) {
        snprintf(into, TABLE_CELL, "%s", seen);
        return true;
    }
    number_entries(expected, x.total);
    snprintf(into, TABLE_CELL, "%.20s/%.20s", seen, x.applicable ? expected : "n/a");
    return x.applicable && as_expected(cell, &x);
}

static void multiple_text(const struct paper_row *row, const struct model *m, unsigned column, char into[TABLE_CELL])
{
    const int native = model_is_native(m, column) ? (int)column : model_native(m, column);
    const struct model_cell *cell = cell_of(row, m, column);
    const struct model_cell *base = native < 0 ? NULL : cell_of(row, m, (unsigned)native);
    char number[NUMBER_SIZE] = "-";
    if (cell && cell->has_cost && base && base->has_cost && base->cost > 0)
        number_ratio(number, cell->cost / base->cost);
    snprintf(into, TABLE_CELL, "%.32s", number);
}

bool table_text(const struct paper_row *row, const struct model *m, unsigned column, enum table_part part,
                char into[TABLE_CELL])
{
    if (part == TABLE_ENTRIES)
        return entries_text(row, m, column, into);
    (part == TABLE_COSTS ? cost_text : multiple_text)(row, m, column, into);
    return true;
}

void table_published(const struct paper_row *row, unsigned which, enum table_part part, char into[TABLE_CELL])
{
    char number[NUMBER_SIZE] = "-";
    if (part == TABLE_COSTS)
        number_plain(number, row->published[which]);
    if (part == TABLE_MULTIPLES)
        number_ratio(number, row->published[which] / row->published[0]);
    snprintf(into, TABLE_CELL, "%.32s", number);
}

bool table_has(const struct table_kind *kind, const struct model *m, enum table_part part)
{
    bool native = false;
    for (unsigned c = 0; c < m->columns; c++)
        native = native || model_native(m, c) >= 0;
    return part != TABLE_MULTIPLES || (kind->source && native);
}

static bool any_measured(const struct table_kind *kind, const struct model *m)
{
    for (size_t i = 0; i < kind->rows; i++)
        for (unsigned c = 0; c < m->columns; c++) {
            const struct model_cell *cell = cell_of(&kind->row[i], m, c);
            if (cell && (cell->has_cost || cell->has_entries))
                return true;
        }
    return false;
}

static int write_one(const struct table_kind *kind, const struct model *m, struct gnuplot *g, const char *name,
                     bool latex, struct report_error *e)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = memory_stream(&text, &size);
    if (!out)
        return report_fail(e, "%s: out of memory", name);
    if (latex)
        table_write_latex(kind, m, name, out);
    else
        table_write_markdown(kind, m, out);
    int bad = fclose(out) ? report_fail(e, "%s: out of memory", name)
                          : figure_write(g, name, latex ? ".tex" : ".md", text, size, e) ||
                                gnuplot_keep(g, name, latex ? ".tex" : ".md", e);
    free(text);
    return bad ? -1 : 0;
}

int table_make(const struct table_kind *kind, const struct model *m, struct gnuplot *g, const char *path,
               struct report_error *e)
{
    char name[96];
    snprintf(name, sizeof(name), "%.64s-%s", m->result->suite, kind->name);
    if (!any_measured(kind, m)) {
        text_print(stderr, "pvbench: %s: no table %s: none of its workloads was measured", path, name);
        return 1;
    }
    return write_one(kind, m, g, name, true, e) || write_one(kind, m, g, name, false, e) ? -1 : 0;
}
