/*
 * lab_explain.c: see lab_explain.h. The plugin's lines are those of hypervisor-harness/lab/plugin/profile.h.
 */
#include "runner/machine/lab_explain.h"
#include "common/memory.h"
#include "runner/machine/profile_tree.h"
#include "runner/machine/symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX = 128, NODES_MAX = 1 << 20 };

#define MALFORMED "the emulator's plugin did not write in which functions the instructions are"

enum world { WORLD_GUEST, WORLD_HYPERVISOR, WORLD_KERNEL, WORLD_USER, WORLDS };

/* Of a region: all of its spans, and the two that differ most. */
enum { ALL, SHORTEST, LONGEST, PARTS_OF_REGION };

/* The plugin's. */
struct node {
    uint32_t parent;
    enum world world;
    uint64_t address, site; /* 0: where its world is entered */
};

struct reader {
    FILE *file;
    char line[LINE_MAX];
    bool waits; /* a line that was read is of what comes next */
    size_t segment;
    struct node *node;
    size_t nodes;
    struct symbols symbols[WORLDS];
    struct function_list functions;
    struct part {
        struct profile_tree tree;
        uint32_t *place; /* of the plugin's nodes in the tree, plus one */
        size_t places;
        uint64_t instructions; /* of the one span, of which a part is */
        bool seen;
    } part[PARTS_OF_REGION], *into;
};

/* --- names ------------------------------------------------------------------- */

static void read_symbols(struct reader *r, const struct boot_order *order, const struct observation *o)
{
    const struct recipe_host *host = order->hypervisor->lab->host;
    symbols_read_elf(&r->symbols[WORLD_GUEST], &order->image->file, "guest");
    if (!host) {
        symbols_read_elf(&r->symbols[WORLD_HYPERVISOR], &order->identity->file, order->hypervisor->name);
        return;
    }
    const struct host_words *h = lab_host_words(o);
    symbols_read_lines(&r->symbols[WORLD_HYPERVISOR], h->symbols.bytes, h->symbols.size, true);
    symbols_read_lines(&r->symbols[WORLD_KERNEL], h->symbols.bytes, h->symbols.size, false);
}

/* What has no name is told by whose it is. */
static uint32_t function_at(struct reader *r, enum world world, uint64_t address, uint64_t *start)
{
    static const char *const nameless[WORLDS] = {"guest", "hypervisor", "kernel", "programs"};
    const struct symbol *s = symbols_find(&r->symbols[world], address);
    *start = s ? s->address : address + 1;
    return s ? function_number(&r->functions, s->owner, s->name)
             : function_number(&r->functions, nameless[world], "(no name)");
}

/* --- the plugin's lines ------------------------------------------------------ */

static bool next_line(struct reader *r)
{
    if (!r->waits && !fgets(r->line, sizeof(r->line), r->file))
        return false;
    r->waits = false;
    return true;
}

static bool take_node(struct reader *r)
{
    static const char *const worlds[WORLDS] = {"guest", "hypervisor", "kernel", "user"};
    char world[16];
    uint32_t number, parent;
    uint64_t address, site;
    if (sscanf(r->line, "node %u %u %15s %" SCNx64 " %" SCNx64, &number, &parent, world, &address, &site) != 5 ||
        number != r->nodes || parent > number || number >= NODES_MAX)
        return false;
    if (number % 4096 == 0)
        r->node = memory_grown(r->node, (number + 4096) * sizeof(*r->node));
    for (unsigned i = 0; i < WORLDS; i++)
        if (strcmp(world, worlds[i]) == 0) {
            r->node[r->nodes++] = (struct node){parent, (enum world)i, address, site};
            return true;
        }
    return false;
}

/* The function at an address, below a place whose function may be another: then it was jumped to. */
static uint32_t place_below(struct reader *r, uint32_t place, enum world world, uint64_t address, uint64_t *start)
{
    const uint32_t function = function_at(r, world, address, start);
    if (place != PROFILE_NO_PARENT && r->into->tree.node[place].function == function)
        return place;
    return profile_child(&r->into->tree, place, function);
}

/* Those that nobody called have no place of their own: what is executed there are functions that nobody called. */
static uint32_t place_in_tree(struct reader *r, uint32_t number)
{
    const struct node *n = &r->node[number];
    uint64_t start;
    if (!n->address)
        return PROFILE_NO_PARENT;
    if (!r->into->place[number]) {
        const uint32_t caller = place_below(r, place_in_tree(r, n->parent), n->world, n->site, &start);
        const uint32_t function = function_at(r, n->world, n->address, &start);
        r->into->place[number] = profile_child(&r->into->tree, caller, function) + 1;
    }
    return r->into->place[number] - 1;
}

static void make_room(struct part *p, size_t nodes)
{
    if (p->places >= nodes)
        return;
    p->place = memory_grown(p->place, nodes * sizeof(*p->place));
    memset(p->place + p->places, 0, (nodes - p->places) * sizeof(*p->place));
    p->places = nodes;
}

static struct profile_node *node_at(struct reader *r, uint32_t number, uint64_t address, uint64_t *start)
{
    make_room(r->into, r->nodes);
    const uint32_t above = place_in_tree(r, number);
    const uint32_t place = place_below(r, above, r->node[number].world, address, start);
    return &r->into->tree.node[place];
}

static void count_at(struct reader *r, uint32_t number, uint64_t address, uint64_t count)
{
    uint64_t start;
    struct profile_node *n = node_at(r, number, address, &start);
    n->self += count;
    n->entered += address == start ? count : 0;
}

static void leave_at(struct reader *r, uint32_t number, uint64_t address, uint64_t count)
{
    uint64_t start;
    node_at(r, number, address, &start)->left += count;
}

static void begin_part(struct part *p)
{
    profile_tree_free(&p->tree);
    if (p->places)
        memset(p->place, 0, p->places * sizeof(*p->place));
}

/* A segment's extreme is the region's, if no other segment has one that is more extreme; else it goes nowhere. */
static bool take_extreme(struct reader *r)
{
    uint64_t instructions;
    const bool is_shortest = sscanf(r->line, "shortest %" SCNu64, &instructions) == 1;
    if (!is_shortest && sscanf(r->line, "longest %" SCNu64, &instructions) != 1)
        return false;
    struct part *p = &r->part[is_shortest ? SHORTEST : LONGEST];
    const bool is_more = !p->seen || (is_shortest ? instructions < p->instructions : instructions > p->instructions);
    r->into = is_more ? p : NULL;
    if (!is_more)
        return true;
    begin_part(p);
    p->seen = true;
    p->instructions = instructions;
    return true;
}

/* The lines of one segment, up to the next one's first. */
static bool take_segment(struct reader *r)
{
    uint32_t at = 0;
    uint64_t address, count;
    r->into = &r->part[ALL];
    if (!next_line(r) || strncmp(r->line, "segment ", 8) != 0)
        return false;
    while (next_line(r)) {
        if (strncmp(r->line, "segment ", 8) == 0 || strcmp(r->line, "end\n") == 0) {
            r->waits = true;
            break;
        }
        if (strncmp(r->line, "node ", 5) == 0) {
            if (!take_node(r))
                return false;
        } else if (sscanf(r->line, "at %u", &at) == 1) {
            if (at >= r->nodes)
                return false;
        } else if (sscanf(r->line, "left %" SCNx64 " %" SCNu64, &address, &count) == 2 && at < r->nodes) {
            if (r->into)
                leave_at(r, at, address, count);
        } else if (sscanf(r->line, "%" SCNx64 " %" SCNu64, &address, &count) == 2 && at < r->nodes) {
            if (r->into)
                count_at(r, at, address, count);
        } else if (take_extreme(r)) {
            at = 0;
        } else {
            return false;
        }
    }
    r->segment++;
    return r->waits;
}

/* --- the explanation --------------------------------------------------------- */

static json_t *part_json(const struct part *p)
{
    return json_pack("{s:I, s:o}", "instructions", (json_int_t)profile_total(&p->tree), "nodes",
                     profile_tree_json(&p->tree));
}

/* Of spans that are all as long as one another, none is the longest. */
static json_t *region_json(const struct reader *r, const json_t *measured)
{
    static const char *const names[] = {[SHORTEST] = "shortest", [LONGEST] = "longest"};
    json_t *region = part_json(&r->part[ALL]), *total = json_object_get(json_object_get(measured, "parts"), "total");
    if (total)
        json_object_set(region, "total", total);
    for (unsigned i = SHORTEST; i <= LONGEST && r->part[SHORTEST].instructions != r->part[LONGEST].instructions; i++)
        json_object_set_new(region, names[i], part_json(&r->part[i]));
    return region;
}

/* `measured`: what the result has of the region. */
static bool take_region(struct reader *r, size_t end, const json_t *measured, json_t *into, const char *name)
{
    bool good = true;
    for (unsigned i = 0; i < PARTS_OF_REGION; i++) {
        begin_part(&r->part[i]);
        r->part[i].seen = false;
        r->part[i].instructions = 0;
    }
    while (good && r->segment < end)
        good = take_segment(r);
    json_object_set_new(into, name, region_json(r, measured));
    return good;
}

static json_t *explain_bench(struct reader *r, const struct explain_segments *s)
{
    json_t *of = json_object(), *iterations = json_object_get(s->bench, "iterations");
    json_object_set(of, "name", json_object_get(s->bench, "name"));
    if (json_object_get(s->bench, "parameter"))
        json_object_set(of, "parameter", json_object_get(s->bench, "parameter"));
    json_object_set(of, "iterations", iterations);
    json_object_set(of, "ops_per_iteration", json_object_get(s->bench, "ops_per_iteration"));
    if (take_region(r, s->steady, json_object_get(s->bench, "cold"), of, "cold") &&
        take_region(r, s->end, s->bench, of, "steady"))
        return of;
    json_decref(of);
    return NULL;
}

static json_t *explain(struct reader *r, const struct explain_segments *segments, size_t count)
{
    json_t *benchmarks = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *bench = r->segment == segments[i].cold ? explain_bench(r, &segments[i]) : NULL;
        if (!bench) {
            json_decref(benchmarks);
            return NULL;
        }
        json_array_append_new(benchmarks, bench);
    }
    return json_pack("{s:o, s:o}", "functions", function_list_json(&r->functions), "benchmarks", benchmarks);
}

void lab_explain_tell(const struct boot_order *order, const struct observation *o,
                      const struct explain_segments *segments, size_t count, json_t *run)
{
    struct reader r = {0};
    char *path = path_of("%s/" EXPLAIN_FILE, order->dir);
    r.file = fopen(path, "re");
    read_symbols(&r, order, o);
    json_t *explanation = r.file ? explain(&r, segments, count) : NULL;
    json_object_set_new(run, "explanation", explanation ? explanation : json_pack("{s:s}", "unavailable", MALFORMED));
    if (r.file)
        fclose(r.file);
    for (unsigned i = 0; i < WORLDS; i++)
        symbols_free(&r.symbols[i]);
    function_list_free(&r.functions);
    for (unsigned i = 0; i < PARTS_OF_REGION; i++) {
        profile_tree_free(&r.part[i].tree);
        free(r.part[i].place);
    }
    free(r.node);
    free(path);
}
