/* profile.c: see profile.h. */
#include "profile.h"

#include <stdlib.h>
#include <string.h>

/* A block, executed below one node. */
struct cell {
    struct block *block;
    uint32_t node;
    uint64_t whole; /* times, in this segment */
    int64_t *steps; /* what differs before an instruction: of those executions that were parts of it */
    uint32_t *left; /* times, of each instruction, that the guest was left there for whoever is below it */
};

/* Where it ends before it begins, the guest was left: at that instruction, or behind it. */
struct piece {
    struct block *block;
    uint32_t node, from, to;
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
static struct piece current;
static bool recording;
static uint32_t nodes_written;

void profile_write_to(FILE *f)
{
    file = f;
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

static size_t hash_of(const struct block *b, uint32_t node)
{
    return (size_t)((((uint64_t)(uintptr_t)b ^ (uint64_t)node << 40) * 0x9e3779b97f4a7c15u) >> 20);
}

static uint32_t *place_of(const struct block *b, uint32_t node)
{
    for (size_t i = hash_of(b, node);; i++) {
        uint32_t *at = &table[i % table_size];
        if (!*at || (cells[*at - 1].block == b && cells[*at - 1].node == node))
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
        *place_of(cells[i].block, cells[i].node) = (uint32_t)i + 1;
}

static struct cell *cell_of(struct block *b, uint32_t node)
{
    if (cell_count * 2 >= table_size)
        widen();
    uint32_t *at = place_of(b, node);
    if (!*at) {
        cells = grown(cells, cell_count, &cell_room, sizeof(*cells));
        cells[cell_count] = (struct cell){.block = b, .node = node};
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

static void count_piece(const struct piece *p)
{
    struct cell *c = cell_of(p->block, p->node);
    if (p->from > p->to) {
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
        add((struct piece){current.block, current.node, current.from, (uint32_t)to});
}

/* What is intercepted is not done; what asks for the hypervisor, such as SYSCALL, is, and is the last of its block. */
static void add_leaving(uint64_t done)
{
    const uint64_t last = current.block->instructions - 1, at = done < last ? done : last;
    add((struct piece){current.block, current.node, (uint32_t)at + 1, (uint32_t)at});
}

void profile_block(struct block *b, uint64_t done)
{
    if (!file)
        return;
    add_piece(done);
    if (recording && current.block && current.block->world == WORLD_GUEST && b->world != WORLD_GUEST)
        add_leaving(done);
    current = (struct piece){.block = b, .node = frames_now()};
}

void profile_start(uint64_t position)
{
    span.count = ended = 0;
    current.from = (uint32_t)position;
    recording = file;
}

void profile_end(uint64_t position)
{
    add_piece(position);
    ended = span.count;
    current.from = (uint32_t)position;
}

static void keep(struct list *l)
{
    while (l->room < span.count)
        l->piece = grown(l->piece, l->room, &l->room, sizeof(*l->piece));
    memcpy(l->piece, span.piece, span.count * sizeof(*span.piece));
    l->count = span.count;
    l->instructions = span.instructions;
}

void profile_close(bool good)
{
    recording = false;
    span.count = good ? ended : 0;
    span.instructions = 0;
    for (size_t i = 0; i < span.count; i++) {
        count_piece(&span.piece[i]);
        if (span.piece[i].to > span.piece[i].from)
            span.instructions += span.piece[i].to - span.piece[i].from;
    }
    if (span.count && (!shortest.count || span.instructions < shortest.instructions))
        keep(&shortest);
    if (span.count && (!longest.count || span.instructions > longest.instructions))
        keep(&longest);
    span.count = ended = 0;
}

/* --- a segment --------------------------------------------------------------- */

static void write_nodes(void)
{
    static const char *const worlds[] = {
        [WORLD_GUEST] = "guest", [WORLD_HYPERVISOR] = "hypervisor", [WORLD_KERNEL] = "kernel", [WORLD_USER] = "user"};
    uint32_t count;
    const struct node *n = frames_nodes(&count);
    for (; nodes_written < count; nodes_written++)
        fprintf(file, "node %u %u %s %lx %lx\n", nodes_written, n[nodes_written].parent, worlds[n[nodes_written].world],
                n[nodes_written].address, n[nodes_written].site);
}

static void write_cell(const struct cell *c)
{
    uint64_t at = c->block->start;
    int64_t more = 0;
    fprintf(file, "at %u\n", c->node);
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

static void write_list(const char *name, const struct list *l)
{
    for (size_t i = 0; i < l->count; i++)
        count_piece(&l->piece[i]);
    fprintf(file, "%s %lu\n", name, l->instructions);
    write_cells();
}

/* Which of several is the shortest of a benchmark's segments is seen by who reads them all. */
void profile_segment(uint64_t spans)
{
    if (!file)
        return;
    fprintf(file, "segment %lu\n", spans);
    write_nodes();
    write_cells();
    if (shortest.count) {
        write_list("shortest", &shortest);
        write_list("longest", &longest);
    }
    shortest.count = longest.count = 0;
}
