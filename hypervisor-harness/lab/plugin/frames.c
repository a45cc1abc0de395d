/*
 * frames.c: see frames.h.
 *
 * Plugins of version 1 read no registers. But the return address that CALL writes and RET reads lies where the stack
 * pointer is, so each stack keeps its frames by the places of their return addresses, whoever leaves it in between and
 * comes back, and however: what lies below a place that is written or read is gone.
 */
#include "frames.h"

#include <stdlib.h>

enum { STACKS_MAX = 4096, NODES_MAX = 1 << 18, TABLE = NODES_MAX * 2, DEPTH_MAX = 4096 };

struct frame {
    uint64_t place; /* of the return address */
    uint32_t node;
};

/* An instruction; it lives as long as the emulator. */
struct call {
    uint64_t site, target; /* target 0: shows when it is executed */
};

struct stack {
    uint64_t id;
    unsigned depth, room;
    struct frame *frame;
};

static bool watching;
static struct stack stacks[STACKS_MAX], *latest = stacks;
static unsigned stack_count = 1;
static struct stack *called; /* where a frame waits to be told which function it is of */
static uint64_t called_from;

/* The roots, one a world, come first. Nothing stands in it before: it would be so much more of a library to hand over.
 */
static struct node nodes[NODES_MAX];
static uint32_t node_count = WORLDS, table[TABLE];

static enum world now = WORLD_HYPERVISOR;
/*
 * A guest's kernel that is entered from its programs has an empty stack, whatever was left there: Linux takes the
 * return address of what it calls first to another place (PUSH_AND_CLEAR_REGS in arch/x86/entry/calling.h), so that its
 * return is not seen. An exception begins on a small stack of the processor's and goes on upon the task's.
 */
#define ENTRY_STACKS(place) ((place) >> 39 == 0x1fffffc) /* arch/x86/include/asm/cpu_entry_area.h */
static bool begins;
static uint64_t begun_on; /* the stack's id; 0: on none yet */

static enum world of_guest; /* what was executed last of it */
static uint32_t node = WORLD_HYPERVISOR;
static uint32_t left_at[WORLDS] = {WORLD_GUEST, WORLD_GUEST_KERNEL, WORLD_HYPERVISOR, WORLD_KERNEL, WORLD_USER};

void frames_watch(bool on)
{
    watching = on;
    for (uint32_t world = 0; world < WORLDS; world++)
        nodes[world] = (struct node){world, (enum world)world, 0, 0};
}

/* --- the tree ---------------------------------------------------------------- */

static uint32_t child(uint32_t parent, uint64_t address, uint64_t site)
{
    uint64_t hash = ((address ^ site << 1) * 0x9e3779b97f4a7c15u ^ parent) * 0x9e3779b97f4a7c15u >> 32;
    for (;; hash++) {
        const uint32_t known = table[hash % TABLE];
        if (!known)
            break;
        if (nodes[known].parent == parent && nodes[known].address == address && nodes[known].site == site)
            return known;
    }
    if (node_count == NODES_MAX)
        return parent;
    nodes[node_count] = (struct node){parent, nodes[parent].world, address, site};
    return table[hash % TABLE] = node_count++;
}

const struct node *frames_nodes(uint32_t *count)
{
    *count = node_count;
    return nodes;
}

uint32_t frames_now(void)
{
    return node;
}

/* --- the stacks -------------------------------------------------------------- */

/* A stack of Linux's is 16 KiB and one of Xen's 32, at a multiple of that; others' lie alone far and wide. */
static uint64_t stack_id(uint64_t place)
{
    static const unsigned shift[] = {
        [WORLD_GUEST] = 20, [WORLD_GUEST_KERNEL] = 14, [WORLD_HYPERVISOR] = 15, [WORLD_KERNEL] = 14, [WORLD_USER] = 23};
    return (place >> shift[now]) * WORLDS + now;
}

static struct stack *stack_of(uint64_t place)
{
    const uint64_t id = stack_id(place);
    if (latest->id == id)
        return latest;
    for (unsigned i = 0; i < stack_count; i++)
        if (stacks[i].id == id)
            return latest = &stacks[i];
    if (stack_count == STACKS_MAX)
        stack_count = 1;
    latest = &stacks[stack_count++];
    latest->id = id;
    latest->depth = 0;
    return latest;
}

/* What lies below `place`, or there, is gone. */
static uint32_t unwind(struct stack *s, uint64_t place)
{
    while (s->depth && s->frame[s->depth - 1].place <= place)
        s->depth--;
    return s->depth ? s->frame[s->depth - 1].node : now;
}

static struct frame *push(struct stack *s)
{
    if (s->depth == s->room) {
        s->room = s->room * 2 + 16;
        s->frame = realloc(s->frame, s->room * sizeof(*s->frame));
        if (!s->frame)
            abort();
    }
    return &s->frame[s->depth++];
}

static void begin_on(struct stack *s, uint64_t place)
{
    if (s->id == begun_on)
        return;
    s->depth = 0;
    begun_on = s->id;
    begins = ENTRY_STACKS(place);
}

static void on_call(unsigned vcpu, uint32_t info, uint64_t place, void *data)
{
    (void)vcpu;
    if (!watching || !qemu_plugin_mem_is_store(info))
        return;
    struct stack *s = stack_of(place);
    if (begins)
        begin_on(s, place);
    const uint32_t caller = unwind(s, place);
    const struct call *call = data;
    if (s->depth == DEPTH_MAX)
        return;
    node = call->target ? child(caller, call->target, call->site) : caller;
    *push(s) = (struct frame){place, node};
    called = call->target ? NULL : s;
    called_from = call->site;
}

static void on_return(unsigned vcpu, uint32_t info, uint64_t place, void *data)
{
    (void)vcpu;
    (void)data;
    if (watching && !qemu_plugin_mem_is_store(info))
        node = unwind(stack_of(place), place);
}

void frames_block(const struct block *b)
{
    if (!called)
        return;
    struct frame *f = &called->frame[called->depth - 1];
    f->node = node = child(f->node, b->start, called_from);
    called = NULL;
}

/*
 * Whoever enters a hypervisor or a kernel from below begins a stack. A guest goes on where it was, and so does a kernel
 * that ran one, or that was interrupted by the hypervisor below it. A guest's kernel begins anew where it is entered
 * from its programs, whether by way of a hypervisor or not.
 */
void frames_change_world(enum world from, enum world to, enum layout layout)
{
    const bool goes_on = to == WORLD_GUEST || (to == WORLD_GUEST_KERNEL && of_guest == to) ||
                         (to == WORLD_KERNEL && from != WORLD_USER) ||
                         (to == WORLD_USER && layout == LAYOUT_XEN && from == WORLD_HYPERVISOR);
    called = NULL;
    if (world_is_guest(from))
        of_guest = from;
    left_at[from] = node;
    if (to == WORLD_GUEST_KERNEL && !goes_on) {
        begins = true;
        begun_on = 0;
    }
    now = to;
    node = goes_on ? left_at[to] : to;
}

/* --- what an instruction is -------------------------------------------------- */

static const uint8_t *behind_prefixes(const struct qemu_plugin_insn *insn, size_t *size)
{
    const uint8_t *code = qemu_plugin_insn_data(insn);
    for (*size = qemu_plugin_insn_size(insn); *size > 1; code++, (*size)--)
        if (*code != 0x3e && *code != 0x66 && *code != 0xf2 && *code != 0xf3 && (*code & 0xf0) != 0x40)
            break;
    return code;
}

static bool is_call(const struct qemu_plugin_insn *insn, struct call *call)
{
    size_t size;
    const uint8_t *code = behind_prefixes(insn, &size);
    call->site = qemu_plugin_insn_vaddr(insn);
    if (*code == 0xe8 && size == 5) {
        const int32_t distance = (int32_t)(code[1] | code[2] << 8 | code[3] << 16 | (uint32_t)code[4] << 24);
        call->target = call->site + qemu_plugin_insn_size(insn) + (uint64_t)(int64_t)distance;
        return true;
    }
    return *code == 0xff && size > 1 && (code[1] >> 3 & 7) == 2;
}

static bool is_return(const struct qemu_plugin_insn *insn)
{
    size_t size;
    const uint8_t *code = behind_prefixes(insn, &size);
    return *code == 0xc3 || *code == 0xc2;
}

void frames_translate(struct qemu_plugin_insn *insn)
{
    struct call call = {0, 0};
    if (is_return(insn))
        qemu_plugin_register_vcpu_mem_cb(insn, on_return, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, NULL);
    if (!is_call(insn, &call))
        return;
    struct call *kept = malloc(sizeof(*kept));
    if (!kept)
        abort();
    *kept = call;
    qemu_plugin_register_vcpu_mem_cb(insn, on_call, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW, kept);
}
