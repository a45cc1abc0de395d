/*
 * lab_explain.c: see lab_explain.h. The plugin's lines are those of hypervisor-harness/lab/plugin/profile.h.
 */
#include "runner/machine/lab_explain.h"
#include "common/memory.h"
#include "runner/machine/kallsyms.h"
#include "runner/machine/lab_host.h"
#include "runner/machine/profile_code.h"
#include "runner/machine/profile_entries.h"
#include "runner/machine/profile_tree.h"
#include "runner/machine/programs.h"
#include "runner/machine/symbols.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_MAX = 128, NODES_MAX = 1 << 20 };

#define GUEST_KERNEL_OWNER "guest_kernel"
#define MALFORMED          "the emulator's plugin did not write in which functions the instructions are"

enum world { WORLD_GUEST, WORLD_GUEST_KERNEL, WORLD_HYPERVISOR, WORLD_KERNEL, WORLD_USER, WORLDS };

/* Of a region: all of its spans, and the two that differ most. */
enum { ALL, SHORTEST, LONGEST, PARTS_OF_REGION };

/* The plugin's. */
struct node {
    uint32_t parent;
    enum world world;
    uint64_t address, site; /* 0: where its world is entered */
};

/* Where what is executed stands, and for what. */
struct at {
    uint32_t node;
    unsigned cause;
};

struct reader {
    FILE *file;
    char line[LINE_MAX];
    bool waits; /* a line that was read is of what comes next */
    size_t segment;
    struct node *node;
    size_t nodes;
    struct symbols symbols[WORLDS];
    struct programs programs; /* of the host; none where there is none */
    struct function_list functions;
    struct profile_guest guest;
    char kind_name[PROFILE_CAUSES][64];
    uint32_t kind[PROFILE_CAUSES]; /* the function that stands for it, once its name is known */
    struct profile_entry entry[PROFILE_CAUSES];
    struct part {
        struct profile_tree tree;
        struct places {
            uint32_t *place; /* of the plugin's nodes in the tree, plus one */
            size_t count;
        } below[PROFILE_CAUSES]; /* what the guest was left for; 0: it was not */
        uint64_t instructions;   /* of the one span, of which a part is */
        bool seen;
    } part[PARTS_OF_REGION], *into; /* NULL: what is read is of none of them */
    struct profile_path *path;      /* it is of this one; NULL: it is not */
    struct profile_code code;       /* of the region, all spans together */
};

/* --- names ------------------------------------------------------------------- */

static void read_symbols(struct reader *r, const struct boot_order *order, const struct observation *o)
{
    const struct recipe_host *host = order->hypervisor->lab->host;
    /* Distributions' kernels have no names but those of their own table; the others have it, too. */
    kallsyms_read(&r->symbols[WORLD_GUEST_KERNEL], &order->image->kernel, GUEST_KERNEL_OWNER);
    symbols_read_elf(&r->symbols[WORLD_GUEST], &order->image->file, "guest");
    if (!host) {
        symbols_read_elf(&r->symbols[WORLD_HYPERVISOR], &order->identity->file, order->hypervisor->name);
        return;
    }
    const struct host_words *h = lab_host_words(o);
    programs_read(&r->programs, &order->identity->host->archive);
    symbols_read_lines(&r->symbols[WORLD_HYPERVISOR], h->symbols.bytes, h->symbols.size, true);
    symbols_read_lines(&r->symbols[WORLD_KERNEL], h->symbols.bytes, h->symbols.size, false);
}

/* What has no name is told by whose it is. */
static uint32_t function_at(struct reader *r, enum world world, uint64_t address, uint64_t *start)
{
    static const char *const nameless[WORLDS] = {"guest", GUEST_KERNEL_OWNER, "hypervisor", "kernel", "programs"};
    const struct symbol *s = symbols_find(&r->symbols[world], address);
    *start = s ? s->address : address + 1;
    return s ? function_number(&r->functions, s->owner, s->name)
             : function_number(&r->functions, nameless[world], SYMBOL_NAMELESS);
}

/* --- the plugin's lines ------------------------------------------------------ */

static bool next_line(struct reader *r)
{
    if (!r->waits && !fgets(r->line, sizeof(r->line), r->file))
        return false;
    r->waits = false;
    return true;
}

static bool take_code(struct reader *r)
{
    uint64_t address;
    int digits = 0;
    return sscanf(r->line, "code %" SCNx64 " %n", &address, &digits) == 1 && digits &&
           programs_code(&r->programs, address, r->line + digits);
}

static bool take_node(struct reader *r)
{
    static const char *const worlds[WORLDS] = {"guest", "guest_kernel", "hypervisor", "kernel", "user"};
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

/* Several causes may have one name. */
static uint32_t kind_of(struct reader *r, unsigned cause)
{
    if (!*r->kind_name[cause]) {
        profile_cause_name(cause, &r->guest, r->kind_name[cause], sizeof(r->kind_name[cause]));
        r->kind[cause] = function_number(&r->functions, "entry", r->kind_name[cause]);
    }
    return r->kind[cause];
}

/* An entry is a root: all that is executed for it stands below. */
static uint32_t root_of(struct reader *r, unsigned cause)
{
    return cause ? profile_child(&r->into->tree, PROFILE_NO_PARENT, kind_of(r, cause)) : PROFILE_NO_PARENT;
}

/* Those that nobody called have no place of their own: what is executed there are functions that nobody called. */
static uint32_t place_in_tree(struct reader *r, uint32_t number, unsigned cause)
{
    const struct node *n = &r->node[number];
    uint32_t *place = &r->into->below[cause].place[number];
    uint64_t start;
    if (!n->address)
        return root_of(r, cause);
    if (!*place) {
        const uint32_t caller = place_below(r, place_in_tree(r, n->parent, cause), n->world, n->site, &start);
        const uint32_t function = function_at(r, n->world, n->address, &start);
        *place = profile_child(&r->into->tree, caller, function) + 1;
    }
    return *place - 1;
}

static void make_room(struct places *p, size_t nodes)
{
    if (p->count >= nodes)
        return;
    p->place = memory_grown(p->place, nodes * sizeof(*p->place));
    memset(p->place + p->count, 0, (nodes - p->count) * sizeof(*p->place));
    p->count = nodes;
}

static struct profile_node *node_at(struct reader *r, const struct at *at, unsigned cause, uint64_t address,
                                    uint64_t *start)
{
    make_room(&r->into->below[cause], r->nodes);
    const uint32_t above = place_in_tree(r, at->node, cause);
    const uint32_t place = place_below(r, above, r->node[at->node].world, address, start);
    return &r->into->tree.node[place];
}

static void count_at(struct reader *r, const struct at *at, uint64_t address, uint64_t count)
{
    uint64_t start;
    if (r->path)
        profile_path_add(r->path, function_at(r, r->node[at->node].world, address, &start));
    if (!r->into)
        return;
    struct profile_node *n = node_at(r, at, at->cause, address, &start);
    n->self += count;
    n->entered += address == start ? count : 0;
    if (r->into == &r->part[ALL] && address >= start)
        profile_code_add(&r->code, n->function, start, address, count);
}

/* It is the guest that was left, whatever for. */
static void leave_at(struct reader *r, const struct at *at, uint64_t address, uint64_t count)
{
    uint64_t start;
    if (!r->into)
        return;
    node_at(r, at, 0, address, &start)->left += count;
    const uint32_t root = root_of(r, at->cause);
    if (root != PROFILE_NO_PARENT)
        r->into->tree.node[root].entered += count;
    if (r->into == &r->part[ALL])
        r->entry[at->cause].count += count;
}

static void begin_part(struct part *p)
{
    profile_tree_free(&p->tree);
    for (unsigned i = 0; i < PROFILE_CAUSES; i++)
        if (p->below[i].count)
            memset(p->below[i].place, 0, p->below[i].count * sizeof(*p->below[i].place));
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
    r->path = NULL;
    if (!is_more)
        return true;
    begin_part(p);
    p->seen = true;
    p->instructions = instructions;
    return true;
}

/* The like of one entry. */
static bool take_path(struct reader *r)
{
    uint64_t instructions;
    char how[8], word[16];
    if (sscanf(r->line, "%7s %15s %" SCNu64, how, word, &instructions) != 3)
        return false;
    const int cause = profile_cause(word);
    const bool is_least = strcmp(how, "least") == 0;
    if (cause < 0 || (!is_least && strcmp(how, "most") != 0))
        return false;
    struct profile_path *p = is_least ? &r->entry[cause].least : &r->entry[cause].most;
    r->into = NULL;
    r->path = profile_path_begin(p, is_least, instructions) ? p : NULL;
    return true;
}

static bool take_at(struct reader *r, struct at *at)
{
    char word[16];
    if (sscanf(r->line, "at %u %15s", &at->node, word) != 2)
        return false;
    const int cause = profile_cause(word);
    programs_find(&r->programs, &r->symbols[WORLD_USER]);
    at->cause = cause < 0 ? 0 : (unsigned)cause;
    return cause >= 0 && at->node < r->nodes;
}

/* What was executed at the place, or where the guest was left. */
static bool take_count(struct reader *r, const struct at *at)
{
    uint64_t address, count;
    if (at->node >= r->nodes)
        return false;
    if (sscanf(r->line, "left %" SCNx64 " %" SCNu64, &address, &count) == 2)
        leave_at(r, at, address, count);
    else if (sscanf(r->line, "%" SCNx64 " %" SCNu64, &address, &count) == 2)
        count_at(r, at, address, count);
    else
        return false;
    return true;
}

/* The lines of one segment, up to the next one's first. */
static bool take_segment(struct reader *r)
{
    struct at at = {0, 0};
    r->into = &r->part[ALL];
    r->path = NULL;
    if (!next_line(r) || strncmp(r->line, "segment ", 8) != 0)
        return false;
    while (next_line(r)) {
        if (strncmp(r->line, "segment ", 8) == 0 || strcmp(r->line, "end\n") == 0) {
            r->waits = true;
            break;
        }
        if (strncmp(r->line, "node ", 5) == 0   ? !take_node(r)
            : strncmp(r->line, "code ", 5) == 0 ? !take_code(r)
            : strncmp(r->line, "at ", 3) == 0   ? !take_at(r, &at)
                                                : !take_count(r, &at) && !take_extreme(r) && !take_path(r))
            return false;
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
static json_t *region_json(struct reader *r, const json_t *measured)
{
    static const char *const names[] = {[SHORTEST] = "shortest", [LONGEST] = "longest"};
    json_t *region = part_json(&r->part[ALL]), *total = json_object_get(json_object_get(measured, "parts"), "total");
    if (total)
        json_object_set(region, "total", total);
    json_object_set_new(region, "entries", profile_entries_json(r->entry, r->kind));
    json_object_set_new(region, "code", profile_code_json(&r->code));
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
    profile_entries_clear(r->entry);
    profile_code_clear(&r->code);
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

static void read_all(struct reader *r, const struct boot_order *order, const struct observation *o,
                     const struct explain_segments *segments, size_t count, json_t *run)
{
    read_symbols(r, order, o);
    r->guest.is_hvm = strcmp(guest_image_name(order->hypervisor, order->setting.guest[0].mode), "guest-hvm.elf") == 0;
    r->guest.is_kvms = strcmp(order->hypervisor->lab->layout, "linux") == 0;
    json_t *explanation = r->file ? explain(r, segments, count) : NULL;
    json_object_set_new(run, "explanation", explanation ? explanation : json_pack("{s:s}", "unavailable", MALFORMED));
}

static void free_reader(struct reader *r)
{
    for (unsigned i = 0; i < WORLDS; i++)
        symbols_free(&r->symbols[i]);
    programs_free(&r->programs);
    function_list_free(&r->functions);
    for (unsigned i = 0; i < PARTS_OF_REGION; i++) {
        profile_tree_free(&r->part[i].tree);
        for (unsigned cause = 0; cause < PROFILE_CAUSES; cause++)
            free(r->part[i].below[cause].place);
    }
    profile_entries_free(r->entry);
    profile_code_free(&r->code);
    free(r->node);
    free(r);
}

void lab_explain_tell(const struct boot_order *order, const struct observation *o,
                      const struct explain_segments *segments, size_t count, json_t *run)
{
    struct reader *r = memory_zeroed(1, sizeof(*r));
    char *path = path_of("%s/" EXPLAIN_FILE, order->dir);
    r->file = fopen(path, "re");
    read_all(r, order, o, segments, count, run);
    if (r->file)
        fclose(r->file);
    free_reader(r);
    free(path);
}
