/* profile.c: see profile.h. */
#include "profile.h"
#include "causes.h"

#include <stdlib.h>
#include <string.h>

/* A block, executed below one node, for one cause. */
struct cell {
    struct block *block;
    uint32_t node;
    enum cause cause; /* CAUSE_NONE: by the guest itself */
    uint64_t whole;   /* times, in this segment */
    int64_t *steps;   /* what differs before an instruction: of those executions that were parts of it */
    uint32_t *left;   /* times, of each instruction, that the guest was left there for whoever is below it */
};

/* Where it ends before it begins, the guest was left: at that instruction, or behind it. */
struct piece {
    struct block *block;
    uint32_t node, from, to;
    enum cause cause;
};

static FILE *file;

static struct cell *cells;
static uint32_t *table; /* numbers of cells, plus one */
static size_t cell_count, cell_room, table_size;

/* Executed since a span began; those behind the first `ended` since it was last said to end. */
static struct list {
    struct piece *piece;
    size_t count, room;
    uint64_t instructions;
} span, shortest, longest;
static size_t ended;
/* Of each cause, the entry that executed least of this segment's, and most. */
static struct list least[CAUSES], most[CAUSES];
static struct piece current;
static enum cause cause; /* what is executed outside of the guest is for that */
/* Where the guest was left: the place in the span, and the address behind that instruction; 0: not in this span. */
static size_t left_at;
static uint64_t left_next;
static bool recording;
static uint32_t nodes_written;

void profile_write_to(FILE *f)
{
    file = f;
}

/* Of so many bytes no two programs have the same at the same place of a page, but for what a compiler adds to each. */
struct code {
    unsigned size;
    uint8_t bytes[40];
};

void profile_translate(struct qemu_plugin_tb *tb, struct block *b)
{
    if (b->world != WORLD_USER)
        return;
    struct code *c = b->code = calloc(1, sizeof(*c));
    if (!c)
        abort();
    for (size_t i = 0; i < b->instructions && c->size + b->size[i] <= sizeof(c->bytes); c->size += b->size[i++])
        memcpy(c->bytes + c->size, qemu_plugin_insn_data(qemu_plugin_tb_get_insn(tb, i)), b->size[i]);
}

static void *grown(void *array, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room * 2 + 1024;
    array = realloc(array, *room * size);
    if (!array)
        abort();
    return array;
}

/* --- the cells --------------------------------------------------------------- */

static size_t hash_of(const struct cell *c)
{
    const uint64_t key = (uint64_t)(uintptr_t)c->block ^ (uint64_t)c->node << 40 ^ (uint64_t)c->cause << 33;
    return (size_t)((key * 0x9e3779b97f4a7c15u) >> 20);
}

static bool is_cell(const struct cell *c, const struct cell *wanted)
{
    return c->block == wanted->block && c->node == wanted->node && c->cause == wanted->cause;
}

static uint32_t *place_of(const struct cell *wanted)
{
    for (size_t i = hash_of(wanted);; i++) {
        uint32_t *at = &table[i % table_size];
        if (!*at || is_cell(&cells[*at - 1], wanted))
            return at;
    }
}

static void widen(void)
{
    free(table);
    table_size = table_size * 2 + 65536;
    table = calloc(table_size, sizeof(*table));
    if (!table)
        abort();
    for (size_t i = 0; i < cell_count; i++)
        *place_of(&cells[i]) = (uint32_t)i + 1;
}

static struct cell *cell_of(const struct piece *p)
{
    const struct cell wanted = {.block = p->block, .node = p->node, .cause = p->cause};
    if (cell_count * 2 >= table_size)
        widen();
    uint32_t *at = place_of(&wanted);
    if (!*at) {
        cells = grown(cells, cell_count, &cell_room, sizeof(*cells));
        cells[cell_count] = wanted;
        *at = (uint32_t)++cell_count;
    }
    return &cells[*at - 1];
}

static void *counters(void *array, uint64_t count, size_t size)
{
    if (!array)
        array = calloc(count, size);
    if (!array)
        abort();
    return array;
}

static bool is_leaving(const struct piece *p)
{
    return p->from > p->to;
}

static uint64_t size_of(const struct piece *p)
{
    return is_leaving(p) ? 0 : p->to - p->from;
}

static void count_piece(const struct piece *p)
{
    struct cell *c = cell_of(p);
    if (is_leaving(p)) {
        c->left = counters(c->left, p->block->instructions, sizeof(*c->left));
        c->left[p->to]++;
        return;
    }
    if (p->from == 0 && p->to == p->block->instructions) {
        c->whole++;
        return;
    }
    c->steps = counters(c->steps, p->block->instructions + 1, sizeof(*c->steps));
    c->steps[p->from]++;
    c->steps[p->to]--;
}

/* --- a span ------------------------------------------------------------------ */

static void add(struct piece p)
{
    span.piece = grown(span.piece, span.count, &span.room, sizeof(*span.piece));
    span.piece[span.count++] = p;
}

static void add_piece(uint64_t to)
{
    if (recording && current.block && to > current.from)
        add((struct piece){current.block, current.node, current.from, (uint32_t)to,
                           world_is_guest(current.block->world) ? CAUSE_NONE : cause});
}

/* What is intercepted is not done; what asks for the hypervisor, such as SYSCALL, is, and is the last of its block. */
static void add_leaving(uint64_t done)
{
    const uint64_t last = current.block->instructions - 1, at = done < last ? done : last;
    cause = cause_of(current.block, done);
    left_at = span.count;
    left_next = current.block->start;
    for (uint64_t i = 0; i <= at; i++)
        left_next += current.block->size[i];
    add((struct piece){current.block, current.node, (uint32_t)at + 1, (uint32_t)at, cause});
}

/* The guest goes on: behind an access that faulted, if the hypervisor has carried it out; else where that is handled.
 */
static void note_return(const struct block *b)
{
    if (cause == CAUSE_ACCESS && left_next && b->start == left_next)
        for (size_t i = left_at; i < span.count; i++)
            span.piece[i].cause = CAUSE_CARRIED_OUT;
    left_next = 0;
}

void profile_block(struct block *b, uint64_t done)
{
    if (!file)
        return;
    add_piece(done);
    if (recording && current.block && world_is_guest(current.block->world) && !world_is_guest(b->world))
        add_leaving(done);
    if (recording && world_is_guest(b->world) && current.block && !world_is_guest(current.block->world))
        note_return(b);
    current = (struct piece){.block = b, .node = frames_now()};
}

void profile_start(uint64_t position)
{
    span.count = ended = 0;
    left_next = 0;
    current.from = (uint32_t)position;
    recording = file;
}

void profile_end(uint64_t position)
{
    add_piece(position);
    ended = span.count;
    current.from = (uint32_t)position;
}

static void keep(struct list *l, const struct piece *piece, size_t count, uint64_t instructions)
{
    while (l->room < count)
        l->piece = grown(l->piece, l->room, &l->room, sizeof(*l->piece));
    memcpy(l->piece, piece, count * sizeof(*piece));
    l->count = count;
    l->instructions = instructions;
}

/* `shorter`, `longer`: what executed least so far, and most. */
static void keep_extremes(struct list *shorter, struct list *longer, const struct piece *piece, size_t count,
                          uint64_t instructions)
{
    if (count && (!shorter->count || instructions < shorter->instructions))
        keep(shorter, piece, count, instructions);
    if (count && (!longer->count || instructions > longer->instructions))
        keep(longer, piece, count, instructions);
}

/* From where the guest was left to where it goes on. Returns that place. */
static size_t close_entry(size_t from)
{
    const enum cause of = span.piece[from].cause;
    uint64_t instructions = 0;
    size_t to = from + 1;
    for (; to < span.count && span.piece[to].cause && !is_leaving(&span.piece[to]); to++)
        instructions += size_of(&span.piece[to]);
    keep_extremes(&least[of], &most[of], &span.piece[from + 1], to - from - 1, instructions);
    return to;
}

void profile_close(bool good)
{
    recording = false;
    span.count = good ? ended : 0;
    span.instructions = 0;
    for (size_t i = 0; i < span.count; i++) {
        count_piece(&span.piece[i]);
        span.instructions += size_of(&span.piece[i]);
    }
    keep_extremes(&shortest, &longest, span.piece, span.count, span.instructions);
    for (size_t i = 0; i < span.count;)
        i = is_leaving(&span.piece[i]) ? close_entry(i) : i + 1;
    span.count = ended = 0;
}

/* --- a segment --------------------------------------------------------------- */

static void write_nodes(void)
{
    static const char *const worlds[] = {[WORLD_GUEST] = "guest",
                                         [WORLD_GUEST_KERNEL] = "guest_kernel",
                                         [WORLD_HYPERVISOR] = "hypervisor",
                                         [WORLD_KERNEL] = "kernel",
                                         [WORLD_USER] = "user"};
    uint32_t count;
    const struct node *n = frames_nodes(&count);
    for (; nodes_written < count; nodes_written++)
        fprintf(file, "node %u %u %s %lx %lx\n", nodes_written, n[nodes_written].parent, worlds[n[nodes_written].world],
                n[nodes_written].address, n[nodes_written].site);
}

static void write_code(struct block *b)
{
    if (!b->code)
        return;
    fprintf(file, "code %lx ", b->start);
    for (unsigned i = 0; i < b->code->size; i++)
        fprintf(file, "%02x", b->code->bytes[i]);
    fputc('\n', file);
    free(b->code);
    b->code = NULL;
}

static void write_cell(const struct cell *c)
{
    uint64_t at = c->block->start;
    int64_t more = 0;
    fprintf(file, "at %u %s\n", c->node, cause_word(c->cause));
    for (uint64_t i = 0; i < c->block->instructions; at += c->block->size[i++]) {
        more += c->steps ? c->steps[i] : 0;
        if (c->whole + (uint64_t)more)
            fprintf(file, "%lx %lu\n", at, c->whole + (uint64_t)more);
        if (c->left && c->left[i])
            fprintf(file, "left %lx %u\n", at, c->left[i]);
    }
}

static void write_cells(void)
{
    for (size_t i = 0; i < cell_count; i++) {
        write_cell(&cells[i]);
        free(cells[i].steps);
        free(cells[i].left);
    }
    cell_count = 0;
    if (table_size)
        memset(table, 0, table_size * sizeof(*table));
}

/* It is the next segment's again. */
static void write_list(const char *name, const char *of, struct list *l)
{
    for (size_t i = 0; i < l->count; i++)
        count_piece(&l->piece[i]);
    if (l->count)
        fprintf(file, "%s%s %lu\n", name, of, l->instructions);
    write_cells();
    l->count = 0;
}

static void write_entries(void)
{
    for (unsigned i = 0; i < CAUSES; i++) {
        write_list("least ", cause_word((enum cause)i), &least[i]);
        write_list("most ", cause_word((enum cause)i), &most[i]);
    }
}

/* Which of several is the shortest of a benchmark's segments is seen by who reads them all. */
void profile_segment(uint64_t spans)
{
    if (!file)
        return;
    fprintf(file, "segment %lu\n", spans);
    for (size_t i = 0; i < cell_count; i++)
        write_code(cells[i].block);
    write_nodes();
    write_cells();
    write_list("shortest", "", &shortest);
    write_list("longest", "", &longest);
    write_entries();
}
